"""`/admin/tenants/{id}/members|modules|usage` and `/admin/roles`: the inside of a tenant."""

from typing import Annotated, Any
from uuid import UUID

import orjson
from fastapi import Path, Response

from metatron.kernel.clock import utc_now
from metatron.kernel.context import Context
from metatron.kernel.database.database import Database
from metatron.kernel.errors import NotFound
from metatron.kernel.http.access import operator
from metatron.kernel.http.routing import Router
from metatron.kernel.http.unit import Db, Read, Unit
from metatron.platform.tenancy import admin_attended_pages as pages
from metatron.platform.tenancy import admin_attended_schemas as schemas
from metatron.platform.tenancy.admin_answers import JSON
from metatron.platform.tenancy.admin_scope import demand_reach, scope_arguments
from metatron.platform.tenancy.errors import ModuleNeeded
from metatron.platform.tenancy.facts import TenantFacts, tenant_by_id
from metatron.platform.tenancy.limits import Limits, limits_of
from metatron.platform.tenancy.meters import measured
from metatron.platform.tenancy.pages import Page
from metatron.platform.tenancy.rights import SYSTEM_ROLES, rights, system_role_id
from metatron.platform.tenancy.schemas import ModuleChange, ModuleItem, ModuleList
from metatron.platform.tenancy.switches import list_modules, switch_module

router = Router(door="system", tags=["admin"])
READ, WRITE = "tenants:read", "tenants:write"
ModuleName = Annotated[str, Path(max_length=60)]


@router.get("/admin/tenants/{tenant_id}/members", response_model=schemas.AttendedMemberPage)
@operator(READ, raises=(NotFound,))
async def get_tenant_members(tenant_id: UUID, read: Read, database: Db, page: Page) -> Response:
    """List a tenant's members with their roles, the first to join first."""
    await reached(database, read.context, READ, tenant_id)
    found = await read.direct.json(read.context, pages.MEMBERS, *page.arguments(), tenant_id)
    return Response(found, media_type=JSON)


@router.get("/admin/tenants/{tenant_id}/usage")
@operator(READ, raises=(NotFound,))
async def get_tenant_usage(tenant_id: UUID, read: Read, database: Db) -> schemas.Usage:
    """Tell a tenant's limits and what it uses of them, where that is measured."""
    await reached(database, read.context, READ, tenant_id)
    raw = await read.direct.json(read.context, pages.USAGE, tenant_id)
    assert raw is not None, "the tenant was found a moment ago"
    found: dict[str, Any] = orjson.loads(raw)
    limits = limits_of(found["tier"], found["limits"]).model_dump()
    used = {"users": found["users"], **await measured(database, tenant_id)}
    items = [
        schemas.UsageItem(
            name=name, used=used.get(name), allowed=limits[name], is_own=name in found["limits"]
        )
        for name in Limits.model_fields
    ]
    return schemas.Usage(
        items=items, key_count=found["keys"], key_last_used_at=found["key_last_used_at"]
    )


@router.get("/admin/tenants/{tenant_id}/modules")
@operator(READ, raises=(NotFound,))
async def get_tenant_modules(tenant_id: UUID, database: Db, unit: Unit) -> ModuleList:
    """List a tenant's modules with what depends on what, and their configuration."""
    await reached(database, unit.context, READ, tenant_id)
    items = await list_modules(unit.session, unit.context.for_tenant(tenant_id))
    return ModuleList(items=[ModuleItem(**item) for item in items])


@router.patch("/admin/tenants/{tenant_id}/modules/{name}")
@operator(WRITE, raises=(NotFound, ModuleNeeded))
async def patch_tenant_module(
    tenant_id: UUID, name: ModuleName, body: ModuleChange, database: Db, unit: Unit
) -> ModuleItem:
    """Switch a tenant's module on or off, or configure it."""
    await reached(database, unit.context, WRITE, tenant_id)
    shown = await switch_module(
        unit.session,
        unit.context.for_tenant(tenant_id),
        name=name,
        is_enabled=body.is_enabled,
        configuration=body.configuration,
        now=utc_now(),
    )
    return ModuleItem(**shown)


@router.get("/admin/roles")
@operator(READ)
async def get_role_overview(
    read: Read, database: Db, account_id: UUID | None = None
) -> schemas.RoleOverview:
    """Show the built-in roles with their rights, and the roles tenants made, within the scope."""
    scope = await scope_arguments(database, read.context, READ)
    raw = await read.direct.json(read.context, pages.ROLES, *scope, account_id)
    found: dict[str, Any] = orjson.loads(raw or b"{}")
    by_role = rights().by_role
    items = [
        schemas.RoleOverviewItem(
            id=system_role_id(name),
            name=name,
            description=description,
            permissions=sorted(by_role.get(name, ())),
            member_count=found["members"].get(name, 0),
        )
        for name, description in SYSTEM_ROLES.items()
    ]
    custom = [schemas.CustomRoleItem.model_validate(item) for item in found["custom"]]
    return schemas.RoleOverview(items=items, custom=custom)


async def reached(
    database: Database, context: Context, permission: str, tenant_id: UUID
) -> TenantFacts:
    """Return a tenant within the operator's scope; raise `NotFound` for any other."""
    facts = await tenant_by_id(database, tenant_id)
    if facts is None:
        raise NotFound
    await demand_reach(
        database, context, permission, tenant_id=tenant_id, account_id=facts.account_id
    )
    return facts

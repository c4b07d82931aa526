"""`/admin/tenants`: tenants within the operator's scope."""

from typing import Annotated, Literal
from uuid import UUID

from fastapi import Header, Response

from metatron.kernel.context import Context
from metatron.kernel.database.database import Database
from metatron.kernel.errors import NotFound, VersionConflict
from metatron.kernel.http.access import operator
from metatron.kernel.http.routing import Router
from metatron.kernel.http.unit import Db, Read, Unit
from metatron.platform.tenancy import admin_pages, admin_schemas
from metatron.platform.tenancy.admin_answers import JSON, Search, one, written
from metatron.platform.tenancy.admin_moving import ask_for_move
from metatron.platform.tenancy.admin_scope import demand_reach, scope_arguments
from metatron.platform.tenancy.errors import AddressTaken, TransitionRefused
from metatron.platform.tenancy.facts import tenant_by_id
from metatron.platform.tenancy.maintenance import begin_maintenance, end_maintenance
from metatron.platform.tenancy.pages import Page
from metatron.platform.tenancy.suspension import (
    activate_tenant,
    change_tenant,
    delete_tenant,
    suspend_tenant,
)

router = Router(door="system", tags=["admin"])
IfMatch = Annotated[str | None, Header()]
READ, WRITE, MOVE = "tenants:read", "tenants:write", "tenants:move"
State = Literal["provisioning", "active", "migrating", "suspended", "moving", "failed"]
Placement = Literal["pooled", "dedicated"]


@router.get("/admin/tenants", response_model=admin_schemas.TenantPage)
@operator(READ)
async def get_tenants(
    read: Read,
    database: Db,
    page: Page,
    *,
    q: Search = None,
    state: State | None = None,
    tier: admin_schemas.Tier | None = None,
    environment: admin_schemas.Environment | None = None,
    placement: Placement | None = None,
    account_id: UUID | None = None,
) -> Response:
    """List tenants, the oldest first; `q` looks in names and short names."""
    scope = await scope_arguments(database, read.context, READ)
    wanted = (q, state, tier, environment, placement, account_id)
    found = await read.direct.json(
        read.context, admin_pages.TENANTS, *page.arguments(), *scope, *wanted
    )
    return Response(found, media_type=JSON)


@router.get("/admin/tenants/{tenant_id}", response_model=admin_schemas.TenantItem)
@operator(READ, raises=(NotFound,))
async def get_tenant(tenant_id: UUID, read: Read, database: Db) -> Response:
    """Show a tenant."""
    await _demand(database, read.context, READ, tenant_id)
    return await one(read, admin_pages.ONE_TENANT, tenant_id)


@router.patch("/admin/tenants/{tenant_id}", response_model=admin_schemas.TenantItem)
@operator(WRITE, raises=(NotFound, AddressTaken, VersionConflict))
async def patch_tenant(
    tenant_id: UUID,
    body: admin_schemas.TenantChange,
    database: Db,
    unit: Unit,
    if_match: IfMatch = None,
) -> Response:
    """Change a tenant's plan, limits or addresses."""
    await _demand(database, unit.context, WRITE, tenant_id)
    await change_tenant(
        unit.session,
        unit.context,
        tenant_id=tenant_id,
        changes=body.model_dump(exclude_unset=True),
        if_match=if_match,
        now=unit.now,
    )
    return await written(unit, admin_pages.ONE_TENANT, tenant_id)


@router.delete("/admin/tenants/{tenant_id}", status_code=204)
@operator(WRITE, raises=(NotFound, TransitionRefused))
async def remove_tenant(tenant_id: UUID, database: Db, unit: Unit) -> None:
    """Make a tenant vanish for everybody; its rows stay."""
    await _demand(database, unit.context, WRITE, tenant_id)
    await delete_tenant(unit.session, unit.context, tenant_id=tenant_id, now=unit.now)


@router.post("/admin/tenants/{tenant_id}/suspend", response_model=admin_schemas.TenantItem)
@operator(WRITE, raises=(NotFound, TransitionRefused))
async def post_suspend(
    tenant_id: UUID,
    database: Db,
    unit: Unit,
    body: admin_schemas.SuspensionGiven | None = None,
) -> Response:
    """Let nobody of the tenant in; whoever is refused is told the reason."""
    await _demand(database, unit.context, WRITE, tenant_id)
    reason = None if body is None else body.reason
    await suspend_tenant(
        unit.session, unit.context, tenant_id=tenant_id, reason=reason, now=unit.now
    )
    return await written(unit, admin_pages.ONE_TENANT, tenant_id)


@router.post("/admin/tenants/{tenant_id}/activate", response_model=admin_schemas.TenantItem)
@operator(WRITE, raises=(NotFound, TransitionRefused))
async def post_activate(tenant_id: UUID, database: Db, unit: Unit) -> Response:
    """End a suspension."""
    await _demand(database, unit.context, WRITE, tenant_id)
    await activate_tenant(unit.session, unit.context, tenant_id=tenant_id, now=unit.now)
    return await written(unit, admin_pages.ONE_TENANT, tenant_id)


@router.post("/admin/tenants/{tenant_id}/maintenance", response_model=admin_schemas.TenantItem)
@operator(WRITE, raises=(NotFound, TransitionRefused))
async def post_maintenance(
    tenant_id: UUID, body: admin_schemas.MaintenanceGiven, database: Db, unit: Unit
) -> Response:
    """Let nobody but operators in until it ends; whoever waits is told the note."""
    await _demand(database, unit.context, WRITE, tenant_id)
    await begin_maintenance(
        unit.session, unit.context, tenant_id=tenant_id, note=body.note, now=unit.now
    )
    return await written(unit, admin_pages.ONE_TENANT, tenant_id)


@router.post("/admin/tenants/{tenant_id}/maintenance/end", response_model=admin_schemas.TenantItem)
@operator(WRITE, raises=(NotFound, TransitionRefused))
async def post_maintenance_end(tenant_id: UUID, database: Db, unit: Unit) -> Response:
    """Let a tenant's people in again."""
    await _demand(database, unit.context, WRITE, tenant_id)
    await end_maintenance(unit.session, unit.context, tenant_id=tenant_id, now=unit.now)
    return await written(unit, admin_pages.ONE_TENANT, tenant_id)


@router.post("/admin/tenants/{tenant_id}/move", status_code=202)
@operator(MOVE, raises=(NotFound, TransitionRefused))
async def post_move(
    tenant_id: UUID, body: admin_schemas.MoveGiven, database: Db, unit: Unit
) -> admin_schemas.MoveAccepted:
    """Move a tenant to a database of its own, or back; a worker does it."""
    await _demand(database, unit.context, MOVE, tenant_id)
    await ask_for_move(unit.session, unit.context, tenant_id=tenant_id, to=body.to, now=unit.now)
    return admin_schemas.MoveAccepted(tenant_id=tenant_id, to=body.to)


async def _demand(database: Database, context: Context, permission: str, tenant_id: UUID) -> None:
    facts = await tenant_by_id(database, tenant_id)
    if facts is None:
        raise NotFound
    await demand_reach(
        database, context, permission, tenant_id=tenant_id, account_id=facts.account_id
    )

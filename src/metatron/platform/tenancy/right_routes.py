"""HTTP edge of roles, permissions and API keys."""

from typing import Annotated
from uuid import UUID

import orjson
from fastapi import Header, Response

from metatron.kernel.errors import NotFound, VersionConflict
from metatron.kernel.etag import etag
from metatron.kernel.http.access import requires, signed_in
from metatron.kernel.http.routing import Router
from metatron.kernel.http.unit import Read, Unit
from metatron.platform.tenancy import schemas
from metatron.platform.tenancy.api_keys import create_api_key, revoke_api_key, rotate_api_key
from metatron.platform.tenancy.errors import (
    GrantAboveOwnRights,
    NameTaken,
    RoleInUse,
    SystemRoleFixed,
    TransitionRefused,
    UnknownPermission,
)
from metatron.platform.tenancy.facts import KEY_ENDS_AT
from metatron.platform.tenancy.pages import Page, paged
from metatron.platform.tenancy.rights import SYSTEM_ROLES, rights, system_role_id
from metatron.platform.tenancy.roles import change_role, create_role, delete_role
from metatron.platform.tenancy.tables import ApiKey, Role

router = Router(door="home", tags=["organisation"])
IfMatch = Annotated[str | None, Header()]
JSON = "application/json"

_ROLES = paged(
    "r.id, r.name, r.description, r.is_system, r.permissions, r.version",
    """(select s.place, s.id, s.name, s.description, true as is_system, s.permissions,
               1::bigint as version
        from jsonb_to_recordset($6::jsonb)
          as s(place int, id uuid, name text, description text, permissions text[])
        union all
        select 1000, c.id, c.name, c.description, false, c.permissions, c.version
        from tenancy.role c where c.tenant_id = bound.t::uuid) r where true""",
    ("r.place", "r.id"),
    ("int", "uuid"),
)
_KEYS = paged(
    f"""k.id, k.name, k.prefix, k.application_id, k.kind, k.scopes, k.created_at, k.expires_at,
       k.last_used_at, k.ip_allow_list, k.replaced_by,
       case when k.state = 'active' and {KEY_ENDS_AT} <= now() then 'expired' else k.state end
         as state""",
    """tenancy.api_key k join tenancy.tenant t on t.id = k.tenant_id
       where k.tenant_id = bound.t::uuid""",
    ("k.created_at", "k.id"),
    ("timestamptz", "uuid"),
)


def _system_roles() -> str:
    return orjson.dumps(
        [
            {
                "place": place,
                "id": str(system_role_id(name)),
                "name": name,
                "description": description,
                "permissions": sorted(rights().by_role[name]),
            }
            for place, (name, description) in enumerate(SYSTEM_ROLES.items())
        ]
    ).decode()


@router.get("/roles", response_model=schemas.RolePage)
@requires("tenancy:members")
async def get_roles(read: Read, page: Page) -> Response:
    """List the built-in roles, then the organisation's own."""
    arguments = page.arguments("int", "uuid")
    found = await read.direct.json(read.context, _ROLES, *arguments, _system_roles())
    return Response(found, media_type=JSON)


@router.post("/roles", status_code=201)
@requires("tenancy:roles", raises=(UnknownPermission, GrantAboveOwnRights, NameTaken))
async def post_role(body: schemas.NewRole, unit: Unit, response: Response) -> schemas.RoleItem:
    """Make a role of rights that the maker holds."""
    role = await create_role(unit.session, unit.context, **body.model_dump(), now=unit.now)
    return _role(role, response)


@router.patch("/roles/{role_id}")
@requires(
    "tenancy:roles",
    raises=(
        NotFound, SystemRoleFixed, UnknownPermission, GrantAboveOwnRights, NameTaken,
        VersionConflict,
    ),
)  # fmt: skip
async def patch_role(
    role_id: UUID,
    body: schemas.RoleChange,
    unit: Unit,
    response: Response,
    if_match: IfMatch = None,
) -> schemas.RoleItem:
    """Change a custom role."""
    role = await change_role(
        unit.session,
        unit.context,
        role_id=role_id,
        **body.model_dump(),
        if_match=if_match,
        now=unit.now,
    )
    return _role(role, response)


@router.delete("/roles/{role_id}", status_code=204)
@requires("tenancy:roles", raises=(NotFound, SystemRoleFixed, RoleInUse))
async def delete_role_route(role_id: UUID, unit: Unit) -> None:
    """Delete a custom role that nobody carries."""
    await delete_role(unit.session, unit.context, role_id=role_id, now=unit.now)


def _role(role: Role, response: Response) -> schemas.RoleItem:
    response.headers["etag"] = etag(role.version)
    return schemas.RoleItem(
        id=role.id,
        name=role.name,
        description=role.description,
        is_system=False,
        permissions=list(role.permissions),
        version=role.version,
    )


@router.get("/permissions")
@signed_in()
async def get_permissions() -> schemas.PermissionList:
    """List all rights there are."""
    return schemas.PermissionList(
        items=[
            schemas.PermissionItem(name=p.name, description=p.description, module=module.name)
            for module in rights().modules
            for p in module.permissions
        ]
    )


@router.get("/api-keys", response_model=schemas.ApiKeyPage)
@requires("tenancy:api_keys")
async def get_api_keys(read: Read, page: Page) -> Response:
    """List the API keys, without their secrets."""
    found = await read.direct.json(read.context, _KEYS, *page.arguments())
    return Response(found, media_type=JSON)


@router.post("/api-keys", status_code=201)
@requires(
    "tenancy:manage_api_keys",
    raises=(NotFound, UnknownPermission, GrantAboveOwnRights),
    idempotency="ignored",
)
async def post_api_key(body: schemas.NewApiKey, unit: Unit) -> schemas.ApiKeyMade:
    """Make an API key; its text is in this answer and nowhere else."""
    key, text = await create_api_key(unit.session, unit.context, **body.model_dump(), now=unit.now)
    return _made(key, text)


@router.post("/api-keys/{key_id}/rotate", status_code=201)
@requires(
    "tenancy:manage_api_keys",
    raises=(NotFound, TransitionRefused, GrantAboveOwnRights),
    idempotency="ignored",
)
async def post_api_key_rotation(
    key_id: UUID, body: schemas.Rotation, unit: Unit
) -> schemas.ApiKeyMade:
    """Make a key's successor; the old one stays good for the overlap."""
    key, text = await rotate_api_key(
        unit.session,
        unit.context,
        key_id=key_id,
        overlap_seconds=body.overlap_seconds,
        now=unit.now,
    )
    return _made(key, text)


@router.delete("/api-keys/{key_id}", status_code=204)
@requires("tenancy:manage_api_keys", raises=(NotFound,))
async def delete_api_key(key_id: UUID, unit: Unit) -> None:
    """End an API key at once."""
    await revoke_api_key(unit.session, unit.context, key_id=key_id, now=unit.now)


def _made(key: ApiKey, text: str) -> schemas.ApiKeyMade:
    shown = {name: getattr(key, name) for name in schemas.ApiKeyItem.model_fields}
    return schemas.ApiKeyMade(**shown, key=text)

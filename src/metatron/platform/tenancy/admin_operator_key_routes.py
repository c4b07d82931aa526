"""`/admin/keys`: API keys of programs that run the platform, each with its scope and its end."""

from uuid import UUID

from fastapi import Response

from metatron.kernel.errors import NotFound
from metatron.kernel.http.access import operator
from metatron.kernel.http.routing import Router
from metatron.kernel.http.unit import Db, Read, Unit
from metatron.platform.tenancy import operator_key_pages as pages
from metatron.platform.tenancy import operator_key_schemas as schemas
from metatron.platform.tenancy.admin_answers import JSON
from metatron.platform.tenancy.admin_grants import checked_grant
from metatron.platform.tenancy.admin_keys import make_admin_key, revoke_admin_key
from metatron.platform.tenancy.admin_scope import acting_operator, admin_key_in_reach
from metatron.platform.tenancy.errors import GrantAboveOwnRights, KeyMakesNoKey, TransitionRefused
from metatron.platform.tenancy.pages import Page

router = Router(door="system", tags=["admin"])
READ, WRITE = "operators:read", "operators:write"


@router.get("/admin/keys", response_model=schemas.AdminKeyPage)
@operator(READ)
async def get_admin_keys(read: Read, database: Db, page: Page) -> Response:
    """List admin API keys, the newest first; a limited caller sees those within their scope."""
    scope = (await acting_operator(database, read.context)).scope_of(READ)
    found = await read.direct.json(read.context, pages.KEYS, *page.arguments(), *scope)
    return Response(found, media_type=JSON)


# The answer holds the key: it is not kept for repeats.
@router.post("/admin/keys", status_code=201)
@operator(WRITE, raises=(GrantAboveOwnRights, KeyMakesNoKey), idempotency="ignored")
async def post_admin_key(
    body: schemas.NewAdminKey, database: Db, unit: Unit
) -> schemas.AdminKeyMade:
    """Make an admin API key; its text is in this answer and nowhere else."""
    key, text = await make_admin_key(
        unit.session,
        unit.context,
        await acting_operator(database, unit.context),
        name=body.name,
        kind=body.kind,
        grants=[checked_grant(g.scope, g.subject_ids, g.resource, g.action) for g in body.grants],
        expires_at=body.expires_at,
        now=unit.now,
    )
    return schemas.AdminKeyMade(id=key.id, prefix=key.prefix, expires_at=key.expires_at, key=text)


@router.delete("/admin/keys/{key_id}", status_code=204)
@operator(WRITE, raises=(NotFound, GrantAboveOwnRights, TransitionRefused))
async def delete_admin_key(key_id: UUID, database: Db, unit: Unit) -> None:
    """End an admin API key at once."""
    await admin_key_in_reach(database, unit.context, WRITE, key_id)
    giver = await acting_operator(database, unit.context)
    await revoke_admin_key(unit.session, unit.context, giver, key_id=key_id, now=unit.now)

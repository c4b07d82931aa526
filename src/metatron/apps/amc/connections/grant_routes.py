"""Routes of a client's grants."""

from typing import Any
from uuid import UUID

import orjson
from starlette.responses import Response

from metatron.apps.amc.connections import grant_schemas, granting
from metatron.apps.amc.connections.errors import InstanceNotFound
from metatron.apps.amc.edge import IfMatch, answer_json
from metatron.apps.amc.permissions import MANAGE, READ
from metatron.kernel.context import Context
from metatron.kernel.database.database import Database
from metatron.kernel.database.session import session_now
from metatron.kernel.errors import VersionConflict
from metatron.kernel.http.access import requires
from metatron.kernel.http.routing import Router
from metatron.kernel.http.unit import Db, Who
from metatron.platform.tenancy.interface import members_allowed, roles_of

router = Router(prefix="/amc/instances/{instance_id}", tags=["amc instances"])
# People live in the home database, wherever the organisation's own rows are.
_NAMES = "select id, display_name, email from identity.pub_user where id = any($1::uuid[])"


@router.get("/grants", response_model=grant_schemas.GrantsAnswer)
@requires(MANAGE, raises=(InstanceNotFound,))
async def show_amc_grants(instance_id: UUID, who: Who, database: Db) -> Response:
    """Show who may work with a client; while nobody is named, everybody who may use AMC."""
    return await _shown(database, who, instance_id)


@router.put("/grants", response_model=grant_schemas.GrantsAnswer)
@requires(MANAGE, raises=(InstanceNotFound, VersionConflict))
async def save_amc_grants(
    instance_id: UUID,
    body: grant_schemas.GrantsBody,
    who: Who,
    database: Db,
    if_match: IfMatch = None,
) -> Response:
    """Replace a client's grants, whole and at once."""
    known = granting.Known(
        frozenset(await members_allowed(database, who.tenant_id, frozenset({READ}))),
        frozenset(await roles_of(database, who.tenant_id)),
    )
    async with database.transaction(who) as session:
        await granting.save_grants(
            session,
            who,
            instance_id=instance_id,
            users={each.user_id: each.level for each in body.users},
            roles={each.role_id: each.level for each in body.roles},
            known=known,
            if_match=if_match,
            now=await session_now(session),
        )
    return await _shown(database, who, instance_id)


async def _shown(database: Database, context: Context, instance_id: UUID) -> Response:
    direct = await database.direct(context)
    found = await direct.json(context, granting.GRANTS, instance_id)
    if found is None:
        raise InstanceNotFound
    row: dict[str, Any] = orjson.loads(found)
    ids = [UUID(each["user_id"]) for each in row["users"]]
    people = {each["id"]: each for each in await database.system.fetch(_NAMES, ids)}
    for each, user_id in zip(row["users"], ids, strict=True):
        person = people.get(user_id)
        each["display_name"] = person and person["display_name"]
        each["email"] = person and person["email"]
    names = await roles_of(database, context.tenant_id) if row["roles"] else {}
    for each in row["roles"]:
        each["name"] = names.get(UUID(each["role_id"]))
    return answer_json(row, version=row["version"])

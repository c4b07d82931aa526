"""Giving clients to people and roles."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import orjson
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from metatron.apps.amc.connections.errors import InstanceNotFound
from metatron.apps.amc.connections.events import InstanceGrantsChanged
from metatron.apps.amc.connections.grants import Level
from metatron.apps.amc.connections.tables import Instance
from metatron.apps.amc.permissions import MANAGE
from metatron.kernel.context import Context
from metatron.kernel.database.direct import BOUND
from metatron.kernel.errors import InvalidInput
from metatron.kernel.etag import check_if_match
from metatron.kernel.events.event import publish
from metatron.kernel.ids import new_id

GRANTS = (
    BOUND
    + """ select json_build_object('instance_id', i.id, 'version', i.grants_version,
  'users', coalesce((select json_agg(json_build_object('user_id', g.user_id, 'level', g.level)
    order by g.id) from amc.instance_grant g
    where g.tenant_id = i.tenant_id and g.instance_id = i.id and g.user_id is not null), '[]'),
  'roles', coalesce((select json_agg(json_build_object('role_id', g.role_id, 'level', g.level)
    order by g.id) from amc.instance_grant g
    where g.tenant_id = i.tenant_id and g.instance_id = i.id and g.role_id is not null), '[]')
)::text from bound, lateral (select i.tenant_id, i.id, i.grants_version from amc.instance i
  where i.tenant_id = bound.t::uuid and i.id = $2 limit 1) i"""
)
"""$2 the client."""
_FORGET = text(
    "delete from amc.instance_grant where tenant_id = :tenant_id and instance_id = :instance_id"
)
_GRANT = text("""
insert into amc.instance_grant (tenant_id, id, instance_id, user_id, role_id, level)
select cast(:tenant_id as uuid), x.id, cast(:instance_id as uuid), x.user_id, x.role_id, x.level
from jsonb_to_recordset(cast(:rows as jsonb)) x (id uuid, user_id uuid, role_id uuid, level text)
""")


@dataclass(frozen=True, slots=True)
class Known:
    """Whom a client can be given to: members who may use AMC, and the organisation's roles."""

    users: frozenset[UUID]
    roles: frozenset[UUID]


async def save_grants(
    session: AsyncSession,
    context: Context,
    *,
    instance_id: UUID,
    users: Mapping[UUID, Level],
    roles: Mapping[UUID, Level],
    known: Known,
    if_match: str | None,
    now: datetime,
) -> int:
    """Replace a client's grants, whole; none at all opens it to everybody. Returns their version.

    Raises:
        PermissionDenied: the actor may not set up clients.
        InstanceNotFound: no client of this organisation has the id.
        VersionConflict: somebody changed the grants since (those never set have version 0).
        InvalidInput: a person who may not use AMC here, or a role that is none.
    """
    context.demand(MANAGE)
    key = (context.tenant_id, instance_id)
    instance = await session.get(Instance, key, with_for_update=True)
    if instance is None:
        raise InstanceNotFound
    check_if_match(if_match, instance.grants_version)
    if not users.keys() <= known.users:
        hint = "Choose members of this organisation who may use AMC."
        raise InvalidInput.field("body.users", "unknown_member", hint)
    if not roles.keys() <= known.roles:
        hint = "Choose roles of this organisation."
        raise InvalidInput.field("body.roles", "unknown_role", hint)
    await _replace(session, context, instance_id, users, roles)
    instance.grants_version += 1
    await session.flush()
    event = InstanceGrantsChanged(aggregate_id=instance_id, users=len(users), roles=len(roles))
    await publish(session, context, event, now=now)
    return instance.grants_version


async def _replace(
    session: AsyncSession,
    context: Context,
    instance_id: UUID,
    users: Mapping[UUID, Level],
    roles: Mapping[UUID, Level],
) -> None:
    where: dict[str, Any] = {"tenant_id": context.tenant_id, "instance_id": instance_id}
    await session.execute(_FORGET, where)
    rows = [
        {"id": new_id(), "user_id": user_id, "level": level} for user_id, level in users.items()
    ] + [{"id": new_id(), "role_id": role_id, "level": level} for role_id, level in roles.items()]
    await session.execute(_GRANT, where | {"rows": orjson.dumps(rows).decode()})

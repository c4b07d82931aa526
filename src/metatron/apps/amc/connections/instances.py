"""What people set on an instance, which they know as a client."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from metatron.apps.amc.connections.errors import InstanceNotFound
from metatron.apps.amc.connections.events import InstanceChanged
from metatron.apps.amc.connections.grants import demand_client
from metatron.apps.amc.connections.queries import INSTANCE_ROW
from metatron.apps.amc.connections.tables import Instance
from metatron.apps.amc.permissions import MANAGE, READ
from metatron.kernel.clock import is_time_zone
from metatron.kernel.context import Context
from metatron.kernel.errors import InvalidInput, PermissionDenied
from metatron.kernel.etag import check_if_match
from metatron.kernel.events.event import publish

_FAVOUR = text("""
insert into amc.instance_favourite (tenant_id, instance_id, user_id)
values (:tenant_id, :instance_id, :user_id) on conflict do nothing
""")
_FORGET = text("""
delete from amc.instance_favourite
where tenant_id = :tenant_id and instance_id = :instance_id and user_id = :user_id
""")


async def change_instance(
    session: AsyncSession,
    context: Context,
    *,
    instance_id: UUID,
    fields: Mapping[str, Any],
    if_match: str | None,
    now: datetime,
) -> Instance:
    """Set any of `active`, `time_zone` (IANA), `brands`, `extra_columns` and `is_sandbox`.

    Raises:
        PermissionDenied: the actor may not set up clients.
        InstanceNotFound: no instance of this organisation has the id.
        VersionConflict: somebody changed it since.
        InvalidInput: there is no such zone.
    """
    context.demand(MANAGE)
    key = (context.tenant_id, instance_id)
    instance = await session.get(Instance, key, with_for_update=True)
    if instance is None:
        raise InstanceNotFound
    check_if_match(if_match, instance.version)
    given = dict(fields)
    if "extra_columns" in given:
        named = given["extra_columns"].items()
        given["extra_columns"] = {what: name for what, name in named if name is not None}
    if "brands" in given:
        given["brands"] = list(dict.fromkeys(given["brands"]))
    if not is_time_zone(given.get("time_zone", "UTC")):
        raise InvalidInput.field(
            "body.time_zone", "unknown_time_zone", "Give a zone such as Europe/Berlin."
        )
    changed = [name for name, value in given.items() if getattr(instance, name) != value]
    if not changed:
        return instance
    for name in changed:
        setattr(instance, name, given[name])
    instance.version += 1
    await session.flush()
    event = InstanceChanged(aggregate_id=instance.id, fields=sorted(changed))
    await publish(session, context, event, now=now)
    return instance


async def set_favourite(
    session: AsyncSession, context: Context, *, instance_id: UUID, is_favourite: bool
) -> None:
    """Put an instance among the person's favourites, or take it out.

    Raises:
        PermissionDenied: the actor may not see clients, or is no person.
        InstanceNotFound: no instance of this organisation has the id.
    """
    context.demand(READ)
    await demand_client(session, context, instance_id)
    if context.actor_kind != "user" or context.actor_id is None:
        raise PermissionDenied(READ)
    key = {
        "tenant_id": context.tenant_id,
        "instance_id": instance_id,
        "user_id": context.actor_id,
    }
    await session.execute(_FAVOUR if is_favourite else _FORGET, key)


async def shown(session: AsyncSession, context: Context, instance_id: UUID) -> dict[str, Any]:
    """Return an instance as the session's transaction sees it.

    Raises:
        InstanceNotFound: no instance of this organisation has the id.
    """
    values = {"tenant_id": context.tenant_id, "user_id": context.actor_id, "id": instance_id}
    found = (await session.execute(INSTANCE_ROW, values)).scalar_one_or_none()
    if found is None:
        raise InstanceNotFound
    return dict(found)

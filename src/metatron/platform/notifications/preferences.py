"""How each kind of mail reaches somebody: at once, once a day, or not at all."""

from collections.abc import Iterable
from datetime import datetime
from typing import Literal
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from metatron.kernel.context import Context
from metatron.kernel.errors import ImpersonationForbidden, NotFound, PermissionDenied
from metatron.kernel.events.event import publish
from metatron.platform.notifications.events import PreferenceChanged
from metatron.platform.notifications.templates import known_kinds

Delivery = Literal["at_once", "daily", "off"]
_CHOSEN = text("""
select user_id, kind, delivery from notifications.preference
where tenant_id = :tenant_id and user_id = any(cast(:users as uuid[]))
""")
_CHOOSE = text("""
insert into notifications.preference (tenant_id, user_id, kind, delivery, updated_at)
values (:tenant_id, :user_id, :kind, :delivery, :now)
on conflict (tenant_id, user_id, kind)
do update set delivery = excluded.delivery, updated_at = excluded.updated_at
""")


async def chosen(
    session: AsyncSession, context: Context, users: Iterable[UUID]
) -> dict[tuple[UUID, str], Delivery]:
    """Return what some people chose, by person and kind; nothing chosen means at once."""
    key = {"tenant_id": context.tenant_id, "users": sorted(users)}
    return {(row.user_id, row.kind): row.delivery for row in await session.execute(_CHOSEN, key)}


async def choose(
    session: AsyncSession, context: Context, *, kind: str, delivery: Delivery, now: datetime
) -> None:
    """Choose for oneself how a kind of mail arrives.

    Raises:
        NotFound: there is no such kind; what moves money or tells a step is of none.
        PermissionDenied: whoever asks is no person.
        ImpersonationForbidden: an operator in somebody's name, whom mails are to tell of it.
    """
    if context.actor_kind != "user" or context.actor_id is None:
        raise PermissionDenied("notifications:choose")
    if context.impersonator_id is not None:
        raise ImpersonationForbidden
    if kind not in {each.name for each in known_kinds()}:
        raise NotFound
    values = {
        "tenant_id": context.tenant_id,
        "user_id": context.actor_id,
        "kind": kind,
        "delivery": delivery,
        "now": now,
    }
    await session.execute(_CHOOSE, values)
    event = PreferenceChanged(aggregate_id=context.actor_id, kind=kind, delivery=delivery)
    await publish(session, context, event, now=now)

"""Windows of maintenance: what fires in one is recorded and told to nobody, while it lasts."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import orjson
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from metatron.kernel.context import Context
from metatron.kernel.errors import InvalidInput, NotFound
from metatron.kernel.events.event import publish
from metatron.kernel.ids import new_id
from metatron.platform.health.alert_rules import FIGURES
from metatron.platform.health.events import MaintenanceEnded, MaintenancePlanned

LONGEST = timedelta(days=30)
FURTHEST = timedelta(days=366)
_NOW = text("""
select w.id from health.maintenance_window w
where w.starts_at <= now() and w.ends_at > now()
  and (w.rules is null or :rule = any(w.rules))
  and (w.tenant_id is null or w.tenant_id = cast(:tenant_id as uuid))
order by w.ends_at desc limit 1
""")
_UNTOLD = text("""
select a.id, a.rule, a.threshold, a.value, a.tenant_id, r.for_seconds from health.alert a
join health.alert_rule r on r.name = a.rule
where a.resolved_at is null and a.told_at is null and not exists (
  select from health.maintenance_window w
  where w.starts_at <= now() and w.ends_at > now()
    and (w.rules is null or a.rule = any(w.rules))
    and (w.tenant_id is null or w.tenant_id = a.tenant_id))
order by a.id for update of a
""")
_TOLD = text("update health.alert set told_at = now() where id = :id")
_ADD = text("""
insert into health.maintenance_window
  (id, title, starts_at, ends_at, rules, tenant_id, created_by, created_at)
values (:id, :title, :starts_at, :ends_at, :rules, :tenant_id, :created_by, :now)
""")
_FIND = text("select starts_at, ends_at from health.maintenance_window where id = :id for update")
_END = text("""
update health.maintenance_window set ends_at = :now, starts_at = least(starts_at, :now)
where id = :id
""")
WINDOWS = """
select coalesce(json_agg(w.item order by w.starts_at desc, w.id), '[]')::text from (
  select w.starts_at, w.id, json_build_object('id', w.id, 'title', w.title,
    'starts_at', w.starts_at, 'ends_at', w.ends_at, 'rules', w.rules, 'tenant_id', w.tenant_id,
    'state', case when w.ends_at <= now() then 'ended' when w.starts_at > now() then 'planned'
      else 'running' end,
    'silenced', (select count(*) from health.alert a where a.silenced_by = w.id)) item
  from health.maintenance_window w where $1::uuid is null or w.id = $1
  order by w.starts_at desc limit 100) w
"""


async def window_over(session: AsyncSession, rule: str, tenant_id: UUID | None) -> UUID | None:
    """Return the window that keeps alerts of a rule (about a tenant) silent now, if any."""
    found = await session.scalar(_NOW, {"rule": rule, "tenant_id": tenant_id})
    return None if found is None else UUID(str(found))


async def untold(session: AsyncSession) -> list[Any]:
    """Return the alerts still firing that no window keeps silent any more; they count as told."""
    rows = list((await session.execute(_UNTOLD)).all())
    for row in rows:
        await session.execute(_TOLD, {"id": row.id})
    return rows


async def plan_window(
    session: AsyncSession,
    context: Context,
    *,
    title: str,
    starts_at: datetime,
    ends_at: datetime,
    rules: Sequence[str] | None,
    tenant_id: UUID | None,
    now: datetime,
) -> UUID:
    """Plan a window; returns its id.

    Args:
        session: a transaction of the system role.
        context: the operator, in the platform's tenant.
        title: what is done in it.
        starts_at: aware; may have passed.
        ends_at: aware, after now and after the start, at most 30 days later.
        rules: names in `FIGURES`; None for all.
        tenant_id: only alerts about this tenant; None for all, the platform's own too.
        now: the instant on the real clock.

    Raises:
        InvalidInput: the instants or the rules do not fit.
    """
    if ends_at <= now or ends_at <= starts_at:
        raise InvalidInput.field("body.ends_at", "too_early", "It ends after it begins, and later.")
    if ends_at - starts_at > LONGEST or starts_at - now > FURTHEST:
        hint = "At most 30 days, begun within a year."
        raise InvalidInput.field("body.ends_at", "too_late", hint)
    unknown = sorted(set(rules or ()) - FIGURES.keys())
    if unknown:
        raise InvalidInput.field("body.rules", "unknown_rule", f"Nothing watches {unknown[0]}.")
    window_id = new_id()
    row = {
        "id": window_id, "title": title, "starts_at": starts_at, "ends_at": ends_at,
        "rules": list(rules) if rules else None, "tenant_id": tenant_id,
        "created_by": context.actor_id, "now": now,
    }  # fmt: skip
    await session.execute(_ADD, row)
    event = MaintenancePlanned(aggregate_id=window_id, starts_at=starts_at, ends_at=ends_at)
    await publish(session, context, event, now=now)
    return window_id


async def end_window(
    session: AsyncSession, context: Context, *, window_id: UUID, now: datetime
) -> None:
    """End a window now, or call off one that has not begun.

    Raises:
        NotFound: there is none of this id that is still to end.
    """
    row = (await session.execute(_FIND, {"id": window_id})).one_or_none()
    if row is None or row.ends_at <= now:
        raise NotFound
    await session.execute(_END, {"id": window_id, "now": now})
    await publish(session, context, MaintenanceEnded(aggregate_id=window_id), now=now)


async def listed_windows(pool: Any, window_id: UUID | None = None) -> list[dict[str, Any]]:
    """Return the hundred newest windows, or one, with how many alerts each kept silent."""
    found: list[dict[str, Any]] = orjson.loads(await pool.fetchval(WINDOWS, window_id))
    return found

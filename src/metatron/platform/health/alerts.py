"""Alerts: raised and ended by the worker after each sample, told to operators by mail."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Row, text
from sqlalchemy.ext.asyncio import AsyncSession

from metatron.kernel.context import Context, system_context
from metatron.kernel.database.database import Database
from metatron.kernel.database.session import session_now
from metatron.kernel.errors import InvalidInput, NotFound
from metatron.kernel.etag import check_if_match
from metatron.kernel.events.event import publish
from metatron.kernel.ids import PLATFORM_TENANT_ID, new_id
from metatron.platform.health.alert_rules import FIGURES, Watched, judge
from metatron.platform.health.events import AlertFired, AlertResolved, AlertRuleChanged
from metatron.platform.health.silence import untold, window_over
from metatron.platform.health.telling import tell_fired, tell_resolved
from metatron.platform.tenancy.interface import TenantFacts, tenants_by_id

_FIGURES = text("""
select s.cpu_percent as cpu, s.memory_percent as memory, s.storage_percent as storage,
       s.database_ms as database, s.p95_ms as response, s.dead_letters,
       case when s.dead_letters is not null then coalesce(s.queue_oldest_seconds, 0) end as queue,
       (select 100.0 * sum(e.errors) / nullif(sum(e.requests), 0) from health.sample e
        where e.taken_at > now() - interval '60 seconds') as error_rate
from health.sample s where s.taken_at > now() - interval '60 seconds'
order by s.taken_at desc limit 1
""")
_RULES = text("""
select r.*, a.id as alert_id from health.alert_rule r
left join health.alert a on a.rule = r.name and a.resolved_at is null and a.tenant_id is null
order by r.name for update of r
""")
_NOTE = text("""
update health.alert_rule set value = :value, seen_at = now(), breached_at = :breached_at,
  calm_at = :calm_at where name = :name
""")
_PEAK = text("""
update health.alert set highest_value = greatest(highest_value, :value) where id = :id
""")
_FIRE = text("""
insert into health.alert (id, rule, threshold, value, highest_value, fired_at, tenant_id,
  silenced_by, told_at)
values (:id, :rule, :threshold, :value, :value, now(), :tenant_id, cast(:silenced_by as uuid),
  case when cast(:silenced_by as uuid) is null then now() end)
""")
_RESOLVE = text("update health.alert set resolved_at = now() where id = :id returning told_at")
_CHANGE = text("""
update health.alert_rule set is_enabled = :is_enabled, threshold = :threshold,
  clears_below = :clears_below, for_seconds = :for_seconds, version = version + 1
where name = :name
""")


async def look(database: Database) -> None:
    """Judge the newest figures by every rule; what fires or ends is announced and mailed."""
    context = system_context()
    async with database.transaction(context, door="system") as session:
        now = await session_now(session)
        found = (await session.execute(_FIGURES)).mappings().one_or_none()
        figures: dict[str, Any] = dict(found) if found is not None else {}
        for rule in (await session.execute(_RULES)).all():
            if rule.name not in FIGURES or FIGURES[rule.name].of_tenant:
                continue
            raw = figures.get(rule.name)
            await _judge(session, context, rule, None if raw is None else float(raw), now)
        await _tell_the_silenced(database, session, context, now)


async def _judge(
    session: AsyncSession, context: Context, rule: Row[Any], value: float | None, now: datetime
) -> None:
    watched = Watched(
        rule.is_enabled,
        rule.threshold,
        rule.clears_below,
        rule.for_seconds,
        rule.alert_id is not None,
        rule.breached_at,
        rule.calm_at,
    )
    verdict = judge(watched, value, now)
    kept = {"breached_at": verdict.breached_at, "calm_at": verdict.calm_at}
    await session.execute(_NOTE, {"name": rule.name, "value": value, **kept})
    if rule.alert_id is not None and value is not None:
        await session.execute(_PEAK, {"id": rule.alert_id, "value": value})
    if verdict.step == "fire":
        assert value is not None, "nothing fires without a value"
        await fire(session, context, rule, value, now)
    elif verdict.step == "resolve":
        await resolve(session, context, rule.name, rule.alert_id, now)


async def fire(
    session: AsyncSession,
    context: Context,
    rule: Row[Any],
    value: float,
    now: datetime,
    *,
    tenant: TenantFacts | None = None,
) -> None:
    """Raise an alert about the platform, or about one tenant; announce and mail it."""
    alert_id, tenant_id = new_id(), tenant.id if tenant is not None else None
    silenced_by = await window_over(session, rule.name, tenant_id)
    row = {"id": alert_id, "rule": rule.name, "threshold": rule.threshold, "value": value}
    await session.execute(_FIRE, row | {"tenant_id": tenant_id, "silenced_by": silenced_by})
    event = AlertFired(
        aggregate_id=alert_id,
        rule=rule.name,
        value=value,
        threshold=rule.threshold,
        tenant_of_alert_id=tenant_id,
        silenced_by_id=silenced_by,
    )
    await publish(session, context, event, now=now)
    if silenced_by is not None:
        return
    await tell_fired(
        session, context, alert_id=alert_id, rule=rule.name, value=value,
        threshold=rule.threshold, for_seconds=rule.for_seconds, tenant_id=tenant_id,
        tenant_name=tenant.name if tenant is not None else None, now=now,
    )  # fmt: skip


async def _tell_the_silenced(
    database: Database, session: AsyncSession, context: Context, now: datetime
) -> None:
    """Tell of what fired in a window that is over, and fires still."""
    rows = await untold(session)
    ids = {UUID(str(row.tenant_id)) for row in rows if row.tenant_id is not None}
    facts = await tenants_by_id(database, ids)
    for row in rows:
        tenant = facts.get(row.tenant_id)
        await tell_fired(
            session, context, alert_id=row.id, rule=row.rule, value=row.value,
            threshold=row.threshold, for_seconds=row.for_seconds, tenant_id=row.tenant_id,
            tenant_name=tenant.name if tenant is not None else None, now=now,
        )  # fmt: skip


async def resolve(
    session: AsyncSession,
    context: Context,
    rule_name: str,
    alert_id: UUID,
    now: datetime,
    *,
    tenant_id: UUID | None = None,
    tenant_name: str | None = None,
) -> None:
    """End an alert; announce it, and tell that it is over whom its beginning was told."""
    told_at = await session.scalar(_RESOLVE, {"id": alert_id})
    event = AlertResolved(aggregate_id=alert_id, rule=rule_name, tenant_of_alert_id=tenant_id)
    await publish(session, context, event, now=now)
    if told_at is None:
        return
    await tell_resolved(
        session, context, alert_id=alert_id, rule=rule_name, tenant_id=tenant_id,
        tenant_name=tenant_name, now=now,
    )  # fmt: skip


async def change_rule(
    session: AsyncSession,
    context: Context,
    *,
    name: str,
    changes: dict[str, Any],
    if_match: str | None,
    now: datetime,
) -> None:
    """Change when a figure becomes an alert.

    Args:
        session: a transaction of the system role.
        context: the operator, in the platform's tenant.
        name: a name in `FIGURES`.
        changes: any of is_enabled, threshold, clears_below (in the figure's unit), for_seconds.
        if_match: the version it was read at.
        now: the instant on the real clock.

    Raises:
        NotFound: there is no such rule.
        InvalidInput: it would clear above its threshold.
        VersionConflict: it has changed since it was read.
    """
    rules = {row.name: row for row in (await session.execute(_RULES)).all()}
    if name not in rules:
        raise NotFound
    rule = rules[name]
    check_if_match(if_match, rule.version)
    fields = ("is_enabled", "threshold", "clears_below", "for_seconds")
    wanted = {field: changes.get(field, getattr(rule, field)) for field in fields}
    if wanted["clears_below"] > wanted["threshold"]:
        hint = "An alert ends below its threshold."
        raise InvalidInput.field("body.clears_below", "above_threshold", hint)
    changed = [field for field in fields if wanted[field] != getattr(rule, field)]
    if not changed:
        return
    await session.execute(_CHANGE, {"name": name, **wanted})
    event = AlertRuleChanged(aggregate_id=PLATFORM_TENANT_ID, rule=name, fields=changed)
    await publish(session, context, event, now=now)

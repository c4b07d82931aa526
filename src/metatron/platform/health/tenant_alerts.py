"""Alerts about single tenants: errors, slow answers, silence. Judged once a minute."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Row, text
from sqlalchemy.ext.asyncio import AsyncSession

from metatron.kernel.context import Context, system_context
from metatron.kernel.database.database import Database
from metatron.kernel.database.session import session_now
from metatron.platform.health.alert_rules import FIGURES, Watched, judge
from metatron.platform.health.alerts import fire, resolve
from metatron.platform.tenancy.interface import TenantFacts, tenants_by_id

RULES = tuple(name for name, figure in FIGURES.items() if figure.of_tenant)
FEWEST, FEWEST_BEFORE_SILENCE = 20, 60
_FIGURES = text("""
with recent as (
  select tenant_id, sum(requests) as requests, sum(errors) as errors, sum(seconds) as seconds
  from health.tenant_traffic where minute > now() - interval '5 minutes' group by tenant_id
), last as (
  select tenant_id, max(minute) as minute from health.tenant_traffic group by tenant_id
)
select last.tenant_id,
  case when r.requests >= :fewest then 100.0 * r.errors / r.requests end as tenant_errors,
  case when r.requests >= :fewest then 1000.0 * r.seconds / r.requests end as tenant_response,
  -- Who was heard just now is not silent, however seldom they ask.
  case when last.minute > now() - interval '10 minutes'
         or (select sum(t.requests) from health.tenant_traffic t
             where t.tenant_id = last.tenant_id and t.minute > last.minute - interval '1 hour')
         >= :fewest_before
       then extract(epoch from now() - last.minute) end as tenant_silence
from last left join recent r on r.tenant_id = last.tenant_id
""")
_RULES = text("select * from health.alert_rule where name = any(:names) order by name for update")
_WAITING = text("select tenant_id, rule, breached_at, calm_at from health.tenant_watch")
_FIRING = text("""
select tenant_id, rule, id from health.alert
where resolved_at is null and tenant_id is not null
""")
_NOTE = text("update health.alert_rule set value = :value, seen_at = now() where name = :name")
_KEEP = text("""
insert into health.tenant_watch (tenant_id, rule, breached_at, calm_at)
values (:tenant_id, :rule, :breached_at, :calm_at)
on conflict (tenant_id, rule) do update set breached_at = excluded.breached_at,
  calm_at = excluded.calm_at
""")
_FORGET = text("delete from health.tenant_watch where tenant_id = :tenant_id and rule = :rule")
_PEAK = text("""
update health.alert set highest_value = greatest(highest_value, :value) where id = :id
""")


@dataclass(frozen=True, slots=True)
class _Known:
    """What is known of all tenants at one instant."""

    figures: Mapping[UUID, Mapping[str, Any]]
    waiting: Mapping[tuple[UUID, str], Row[Any]]
    firing: Mapping[tuple[UUID, str], UUID]
    facts: Mapping[UUID, TenantFacts]

    def value(self, tenant_id: UUID, rule: str) -> float | None:
        """Return a tenant's figure, None when it is not measured or nobody is to be let in."""
        facts = self.facts.get(tenant_id)
        raw = self.figures.get(tenant_id, {}).get(rule)
        if raw is None or facts is None or not facts.is_open:
            return None
        if rule == "tenant_silence" and facts.environment != "production":
            return None
        return float(raw)


async def look_at_tenants(database: Database) -> None:
    """Judge every tenant's figures by the rules; what fires or ends is announced and mailed."""
    context = system_context()
    async with database.transaction(context, door="system") as session:
        now = await session_now(session)
        rules = (await session.execute(_RULES, {"names": list(RULES)})).all()
        known = await _known(database, session)
        for rule in rules:
            tenants = {*known.figures, *(t for t, name in known.firing if name == rule.name)}
            values = [known.value(tenant_id, rule.name) for tenant_id in tenants]
            measured = [value for value in values if value is not None]
            note = {"name": rule.name, "value": max(measured, default=None)}
            await session.execute(_NOTE, note)
            for tenant_id in sorted(tenants):
                await _judge(session, context, known, rule, tenant_id=tenant_id, now=now)


async def _known(database: Database, session: AsyncSession) -> _Known:
    least = {"fewest": FEWEST, "fewest_before": FEWEST_BEFORE_SILENCE}
    figures = {
        row["tenant_id"]: dict(row) for row in (await session.execute(_FIGURES, least)).mappings()
    }
    firing = {(row.tenant_id, row.rule): row.id for row in (await session.execute(_FIRING)).all()}
    waiting = {(row.tenant_id, row.rule): row for row in (await session.execute(_WAITING)).all()}
    facts = await tenants_by_id(database, {*figures, *(tenant_id for tenant_id, _ in firing)})
    return _Known(figures, waiting, firing, facts)


async def _judge(
    session: AsyncSession,
    context: Context,
    known: _Known,
    rule: Row[Any],
    *,
    tenant_id: UUID,
    now: datetime,
) -> None:
    key = tenant_id, rule.name
    waits, alert_id = known.waiting.get(key), known.firing.get(key)
    facts, value = known.facts.get(tenant_id), known.value(tenant_id, rule.name)
    watched = Watched(
        # An alert about a tenant that is gone ends as one of a rule that is switched off.
        rule.is_enabled and facts is not None,
        rule.threshold,
        rule.clears_below,
        rule.for_seconds,
        alert_id is not None,
        waits.breached_at if waits is not None else None,
        waits.calm_at if waits is not None else None,
    )
    verdict = judge(watched, value, now)
    name = {"tenant_id": tenant_id, "rule": rule.name}
    if verdict.breached_at is not None or verdict.calm_at is not None:
        kept = {"breached_at": verdict.breached_at, "calm_at": verdict.calm_at}
        await session.execute(_KEEP, name | kept)
    elif waits is not None:
        await session.execute(_FORGET, name)
    if alert_id is not None and value is not None:
        await session.execute(_PEAK, {"id": alert_id, "value": value})
    if verdict.step == "fire":
        assert value is not None, "nothing fires without a value"
        await fire(session, context, rule, value, now, tenant=facts)
    elif verdict.step == "resolve":
        assert alert_id is not None, "only what fires can end"
        called = facts.name if facts is not None else "a deleted organisation"
        await resolve(
            session, context, rule.name, alert_id, now, tenant_id=tenant_id, tenant_name=called
        )

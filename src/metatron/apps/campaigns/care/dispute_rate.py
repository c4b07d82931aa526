"""The rate of card disputes, and what is done when it reaches the card networks' marks."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from metatron.apps.campaigns.care.exceptions import Found, notice
from metatron.apps.campaigns.care.tables import CardDispute
from metatron.apps.campaigns.events import DisputeRateReached
from metatron.kernel.context import Context
from metatron.kernel.events.event import publish

Level = Literal["normal", "warning", "critical"]
WINDOW_DAYS = 30
MARKS: tuple[tuple[int, Level], ...] = ((100, "critical"), (75, "warning"))
"""In basis points: 1 % and 0.75 % of the captured commitments."""

_COUNTS = text("""
select
  (select count(*) from campaigns.card_dispute d
   where d.tenant_id = :tenant_id and d.opened_at > :since and d.opened_at <= :now) disputes,
  (select count(*) from campaigns.transition t
   where t.tenant_id = :tenant_id and t.machine = 'commitment' and t.name = 'confirm_capture'
     and t.at > :since and t.at <= :now) captures
""")


@dataclass(frozen=True, slots=True)
class DisputeRate:
    """Disputes opened and commitments captured within the last `window_days`."""

    disputes: int
    captures: int
    window_days: int
    rate_basis_points: int | None
    """Rounded down; None while nothing was captured."""
    level: Level


async def dispute_rate(session: AsyncSession, context: Context, *, now: datetime) -> DisputeRate:
    """Return the organisation's rate of disputes."""
    values = {
        "tenant_id": context.tenant_id,
        "since": now - timedelta(days=WINDOW_DAYS),
        "now": now,
    }
    row = (await session.execute(_COUNTS, values)).one()
    level: Level = "normal"
    for mark, name in MARKS:
        if row.disputes and row.disputes * 10_000 >= mark * row.captures:
            level = name
            break
    rate = row.disputes * 10_000 // row.captures if row.captures else None
    return DisputeRate(row.disputes, row.captures, WINDOW_DAYS, rate, level)


async def watch(
    session: AsyncSession, context: Context, dispute: CardDispute, *, now: datetime
) -> None:
    """Announce the rate and put it on the register when it is at a mark after a new dispute."""
    rate = await dispute_rate(session, context, now=now)
    if rate.level == "normal":
        return
    found = Found(
        category="participant_dispute",
        severity="critical" if rate.level == "critical" else "high",
        title=f"The rate of card disputes is {rate.level}",
        detail=f"{rate.disputes} disputes of {rate.captures} captured commitments in "
        f"{rate.window_days} days.",
        cause=f"dispute_rate/{rate.level}",
    )
    await notice(session, context, found=found, source_id=dispute.id, now=now)
    event = DisputeRateReached(
        aggregate_id=context.tenant_id,
        level=rate.level,
        disputes=rate.disputes,
        captures=rate.captures,
    )
    await publish(session, context, event, now=now)

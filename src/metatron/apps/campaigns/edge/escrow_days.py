"""What the provider held for a campaign, day by day, as the ledger had booked it."""

from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from metatron.apps.campaigns.machine.transitions import TERMINAL
from metatron.apps.campaigns.money import books
from metatron.apps.campaigns.rules.tenant_settings import read_settings
from metatron.apps.campaigns.tables import Campaign
from metatron.kernel.context import Context
from metatron.platform.ledger import interface as ledger

MOST_DAYS = 90
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)


async def escrow_days(
    session: AsyncSession, context: Context, campaign: Campaign, *, now: datetime
) -> dict[str, Any]:
    """Return the balance of the campaign's accounts at the provider at the end of each day."""
    provider = (await read_settings(session, context)).provider
    chart = books.chart_of(campaign, provider)
    accounts = [chart.clearing(campaign.id).id, chart.escrow(campaign.id).id]
    # The ledger books by the database's clock; an organisation's own may be ahead of it.
    ahead = now - (await session.execute(text("select now()"))).scalar_one()
    zone = ZoneInfo(campaign.time_zone)
    last = campaign.last_at if campaign.state in TERMINAL["campaign"] else now
    opened = (campaign.opens_at or campaign.created_at).astimezone(zone).date()
    days = days_shown(opened, last.astimezone(zone).date())
    ends = [min(end_of_day(day, zone), now) - ahead for day in days]
    found = await ledger.balances_over(
        session, context, account_ids=accounts, timestamps=[_nanoseconds(each) for each in ends]
    )
    return {
        "currency": campaign.currency,
        "time_zone": campaign.time_zone,
        "days": [
            {"on": day, "held_minor": sum(_held(each) for each in balances)}
            for day, balances in zip(days, found, strict=True)
        ],
    }


def days_shown(first: date, last: date) -> list[date]:
    """Return the days from the first to the last one, the newest ninety at most."""
    first = min(max(first, last - timedelta(days=MOST_DAYS - 1)), last)
    return [first + timedelta(days=n) for n in range((last - first).days + 1)]


def end_of_day(day: date, zone: ZoneInfo) -> datetime:
    """Return the last instant of a day in a zone; days of a clock change are not 24 hours long."""
    midnight = datetime.combine(day + timedelta(days=1), time(), zone)
    return midnight.astimezone(UTC) - _MICROSECOND


def _held(balance: ledger.AccountBalance | None) -> int:
    return balance.debits_posted - balance.credits_posted if balance else 0


def _nanoseconds(instant: datetime) -> int:
    return (instant - _EPOCH) // _MICROSECOND * 1_000

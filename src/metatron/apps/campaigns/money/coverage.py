"""The coverage rule: the provider always holds what is held for members, supplier and bond.

Fees of the provider come out of the same money. The bond bears them in the same chain in which they
are booked; where it cannot, the gap blocks every release until somebody pays into the bond.
"""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import structlog
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from metatron.apps.campaigns.errors import CoverageGap
from metatron.apps.campaigns.events import CoverageGapFound, CoverageRestored
from metatron.apps.campaigns.money.accounts import MONEY_LEDGER, Kind
from metatron.apps.campaigns.tables import Campaign
from metatron.kernel.context import Context
from metatron.kernel.events.event import publish, publish_all
from metatron.kernel.events.jobs import enqueue_all
from metatron.platform.ledger import interface as ledger

log = structlog.get_logger(__name__)
RELEASE_JOB = "campaigns.end_inspection"
COVERING = frozenset(
    {
        Kind.PROVIDER_CLEARING, Kind.PROVIDER_ESCROW, Kind.DISPUTE_RECEIVABLE,
        Kind.SUPPLIER_RECEIVABLE,
    }
)  # fmt: skip
COVERED = frozenset(
    {
        Kind.COMMITMENT_ESCROW, Kind.COMMITMENT_REFUND_DUE, Kind.COMMITMENT_HOLD,
        Kind.CAMPAIGN_PAYABLE, Kind.CAMPAIGN_BONUS, Kind.ORGANISER_BOND,
    }
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Coverage:
    """Posted sums of a currency in minor units: what covers, and what is to be covered."""

    currency: str
    covering_minor: int
    covered_minor: int

    @property
    def missing_minor(self) -> int:
        """Return the gap, 0 when there is none."""
        return max(0, self.covered_minor - self.covering_minor)


async def coverage(
    session: AsyncSession, context: Context, *, currency: str = ""
) -> list[Coverage]:
    """Return the organisation's coverage in each currency, or in one, from one snapshot."""
    wanted = ledger.TrialBalanceFilter(ledger=MONEY_LEDGER, currency=currency)
    sums: dict[str, list[int]] = {}
    for line in await ledger.trial_balance(session, context, filter=wanted):
        both = sums.setdefault(line.currency, [0, 0])
        if line.code in COVERING:
            both[0] += line.debits_posted - line.credits_posted
        if line.code in COVERED:
            both[1] += line.credits_posted - line.debits_posted
    return [Coverage(name, *both) for name, both in sums.items()]


async def missing(session: AsyncSession, context: Context, currency: str) -> int:
    """Return the gap in a currency, in minor units."""
    return sum(each.missing_minor for each in await coverage(session, context, currency=currency))


async def demand_covered(session: AsyncSession, context: Context, campaign: Campaign) -> None:
    """Refuse a release while there is a gap.

    Raises:
        CoverageGap: the gap and its currency.
    """
    gap = await missing(session, context, campaign.currency)
    if gap:
        raise CoverageGap(gap, campaign.currency)


async def block_if_uncovered(
    session: AsyncSession, context: Context, campaign: Campaign, *, now: datetime
) -> bool:
    """Tell whether a gap blocks the locked campaign's release; the first time, raise the alert."""
    gap = await missing(session, context, campaign.currency)
    if not gap:
        campaign.coverage_gap_at = None
        return False
    if campaign.coverage_gap_at is None:
        campaign.coverage_gap_at = now
        await alert(session, context, campaign.id, campaign.currency, gap, now=now)
    return True


async def alert(
    session: AsyncSession,
    context: Context,
    about: UUID,
    currency: str,
    gap: int,
    *,
    now: datetime,
) -> None:
    """Announce a gap, for people and for whatever watches the log.

    `about`: the campaign; for a fee of the organisation itself, that fee.
    """
    log.error(
        "campaigns_coverage_gap",
        tenant_id=str(context.tenant_id),
        currency=currency,
        missing_minor=gap,
    )
    event = CoverageGapFound(aggregate_id=about, currency=currency, missing_minor=gap)
    await publish(session, context, event, now=now)


async def go_on_if_covered(
    session: AsyncSession, context: Context, currency: str, *, now: datetime
) -> None:
    """Have blocked releases taken up again once the gap is covered."""
    if await missing(session, context, currency):
        return
    query = select(Campaign.id).where(
        Campaign.tenant_id == context.tenant_id,
        Campaign.currency == currency,
        Campaign.coverage_gap_at.is_not(None),
    )
    blocked = (await session.execute(query)).scalars().all()
    events = [CoverageRestored(aggregate_id=each, currency=currency) for each in blocked]
    await publish_all(session, context, events, now=now)
    await enqueue_all(session, context, RELEASE_JOB, [{"campaign_id": each} for each in blocked])

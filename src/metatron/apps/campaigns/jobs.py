"""The module's jobs; thin, each calls a use case."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from metatron.apps.campaigns.care import late_payments
from metatron.apps.campaigns.delivery import fulfilment, milestone_rows, milestones, shares
from metatron.apps.campaigns.gathering import closing, funding, review, status
from metatron.apps.campaigns.machine import telling
from metatron.apps.campaigns.machine.messages import TELL
from metatron.apps.campaigns.money import (
    bulk_ranges,
    bulk_refunds,
    completion,
    payouts,
    refunding,
    release,
)
from metatron.apps.campaigns.rules.milestones import PLAN_JOB
from metatron.apps.campaigns.supply import allocation, consenting, proposals, supplier
from metatron.kernel.context import Context
from metatron.kernel.database.database import Database
from metatron.kernel.events.jobs import Job, Together


async def open_campaign(
    session: AsyncSession, context: Context, *, campaign_id: str, now: datetime
) -> None:
    """Open a scheduled campaign."""
    await review.open_campaign(session, context, campaign_id=UUID(campaign_id), now=now)


async def close(
    session: AsyncSession, context: Context, *, campaign_id: str, now: datetime
) -> None:
    """Close a campaign at its deadline."""
    await closing.close_at_deadline(session, context, campaign_id=UUID(campaign_id), now=now)


async def decide(
    session: AsyncSession, context: Context, *, campaign_id: str, now: datetime
) -> None:
    """Decide a closed campaign."""
    await closing.decide(session, context, campaign_id=UUID(campaign_id), now=now)


async def expire_supplier_window(
    session: AsyncSession, context: Context, *, campaign_id: str, now: datetime
) -> None:
    """Take the supplier's silence for a refusal."""
    await supplier.expire_supplier_window(session, context, campaign_id=UUID(campaign_id), now=now)


async def expire_proposal(
    session: AsyncSession, context: Context, *, proposal_id: str, now: datetime
) -> None:
    """Let a supplier's proposal expire."""
    await proposals.expire_proposal(session, context, proposal_id=UUID(proposal_id), now=now)


async def refund_all(
    session: AsyncSession, context: Context, *, campaign_id: str, trigger: str, now: datetime
) -> None:
    """Refund the next commitments of an ending campaign."""
    await refunding.refund_all(
        session, context, campaign_id=UUID(campaign_id), trigger=trigger, now=now
    )


async def refund_many(
    session: AsyncSession, context: Context, *, now: datetime, **given: Any
) -> None:
    """Begin a bulk refund that was approved; one begun before there were lanes goes on in them."""
    del now
    asked = bulk_ranges.Asked.read(given)
    await bulk_ranges.share_out(session, context, asked=asked)


async def refund_range(
    session: AsyncSession, context: Context, *, now: datetime, **given: Any
) -> None:
    """Refund the next batch of a lane of a bulk refund."""
    asked = bulk_ranges.Asked.read(given)
    await bulk_ranges.refund_many(session, context, asked=asked, now=now)


async def finish(
    session: AsyncSession, context: Context, *, campaign_id: str, now: datetime
) -> None:
    """End a campaign of which nothing is open."""
    await completion.finish(session, context, campaign_id=UUID(campaign_id), now=now)


async def end_inspection(
    session: AsyncSession,
    context: Context,
    *,
    campaign_id: str,
    going_on: bool = False,
    now: datetime,
) -> None:
    """Release escrow, or hold it."""
    await release.end_inspection(
        session, context, campaign_id=UUID(campaign_id), going_on=going_on, now=now
    )


async def look_for_late_payment(
    session: AsyncSession,
    context: Context,
    *,
    payout_id: str | None = None,
    campaign_id: str | None = None,
    now: datetime,
) -> None:
    """Put on the register what was not paid, or not released, in time."""
    if payout_id is not None:
        await late_payments.look_for_late_payment(
            session, context, payout_id=UUID(payout_id), now=now
        )
    if campaign_id is not None:
        await late_payments.look_for_late_release(
            session, context, campaign_id=UUID(campaign_id), now=now
        )


async def tell(
    database: Database, context: Context, *, subject_id: str, ordinal: int, now: datetime
) -> None:
    """Send a step's messages."""
    await telling.tell(database, context, subject_id=UUID(subject_id), ordinal=ordinal, now=now)


async def collect(
    session: AsyncSession, context: Context, *, campaign_id: str, now: datetime
) -> None:
    """Have the next commitments captured."""
    await funding.collect(session, context, campaign_id=UUID(campaign_id), now=now)


async def let_go(
    session: AsyncSession, context: Context, *, campaign_id: str, now: datetime
) -> None:
    """End the next commitments of which nothing was taken."""
    await funding.let_go(session, context, campaign_id=UUID(campaign_id), now=now)


async def charge_again(
    session: AsyncSession, context: Context, *, commitment_id: str, now: datetime
) -> None:
    """Ask a payment method again."""
    await funding.charge_again(session, context, commitment_id=UUID(commitment_id), now=now)


async def allocate(
    session: AsyncSession, context: Context, *, campaign_id: str, now: datetime
) -> None:
    """Allocate the next held commitments."""
    await allocation.allocate(session, context, campaign_id=UUID(campaign_id), now=now)


async def count_consents(
    session: AsyncSession, context: Context, *, campaign_id: str, now: datetime
) -> None:
    """Decide a part once the time to agree is over."""
    await consenting.count_consents(session, context, campaign_id=UUID(campaign_id), now=now)


async def tell_status(
    session: AsyncSession, context: Context, *, campaign_id: str, now: datetime
) -> None:
    """Tell the weekly status."""
    await status.tell_status(session, context, campaign_id=UUID(campaign_id), now=now)


async def plan_milestones(
    session: AsyncSession, context: Context, *, campaign_id: str, now: datetime
) -> None:
    """Make the rows of published milestones."""
    await milestone_rows.plan_milestones(session, context, campaign_id=UUID(campaign_id), now=now)


async def auto_approve(
    session: AsyncSession, context: Context, *, milestone_id: str, now: datetime
) -> None:
    """Release a share whose evidence stood for its time."""
    await milestones.auto_approve(session, context, milestone_id=UUID(milestone_id), now=now)


async def release_shares(
    session: AsyncSession, context: Context, *, milestone_id: str, now: datetime
) -> None:
    """Release the next commitments' parts of a milestone's share."""
    await shares.release_shares(session, context, milestone_id=UUID(milestone_id), now=now)


JOBS = (
    Job(PLAN_JOB, plan_milestones),
    Job(milestones.AUTO_JOB, auto_approve),
    Job(shares.SHARE_JOB, release_shares),
    Job(allocation.ALLOCATE_JOB, allocate),
    Job(consenting.CONSENT_JOB, count_consents),
    Job(status.STATUS_JOB, tell_status),
    Job(funding.COLLECT_JOB, collect),
    Job(funding.LET_GO_JOB, let_go),
    Job(funding.CHARGE_JOB, charge_again),
    Job(review.OPEN_JOB, open_campaign),
    Job(review.CLOSE_JOB, close),
    Job(closing.DECIDE_JOB, decide),
    Job(closing.SILENCE_JOB, expire_supplier_window),
    Job(proposals.EXPIRE_JOB, expire_proposal),
    Job(refunding.REFUND_JOB, refund_all),
    Job(bulk_refunds.BULK_JOB, refund_many),
    Job(bulk_ranges.RANGE_JOB, refund_range),
    Job(completion.FINISH_JOB, finish),
    Job(fulfilment.INSPECTION_JOB, end_inspection),
    Job(payouts.LATE_JOB, look_for_late_payment),
    Job(TELL, tell, transactional=False, together=Together(telling.tell_all)),
)

"""Refunds: always in full, by themselves, to the original method; a refused one stays visible."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from metatron.apps.campaigns.machine.locking import lock_campaign, lock_commitment
from metatron.apps.campaigns.machine.steps import advance, advance_all, refuse_step, step_or_refuse
from metatron.apps.campaigns.money import books
from metatron.apps.campaigns.money.completion import FINISH_JOB
from metatron.apps.campaigns.money.journal import Booking
from metatron.apps.campaigns.permissions import SETTLE
from metatron.apps.campaigns.tables import Campaign, Commitment
from metatron.kernel.context import Context
from metatron.kernel.events.jobs import enqueue
from metatron.kernel.ids import new_id
from metatron.platform.payments.interface import InstructionKind, request_instruction

REFUND_JOB = "campaigns.refund_all"
AT_ONCE = 50
COMMITMENT_TARGET = "campaigns.commitment"
REASON_OF_OUTCOME = {
    "goal_missed": "campaign_failed",
    "declined": "supplier_unable",
    "supplier_silent": "supplier_unable",
    "cancelled": "admin_manual",
}


async def begin_refunds(
    session: AsyncSession,
    context: Context,
    campaign: Campaign,
    commitments: Sequence[Commitment],
    *,
    step: str,
    reason_code: str,
    trigger: str,
    now: datetime,
    reason: str | None = None,
    by_system: bool = True,
    also: Sequence[Booking] = (),
) -> None:
    """Set apart what is captured of each locked commitment and instruct its full refund.

    Args:
        session: the transaction, in which campaign and commitments are locked.
        context: who causes it.
        campaign: theirs.
        commitments: all in a state from which `step` leads to `refund_due`, with money captured.
        step: the step each takes.
        reason_code: one of the doctrine's refund reasons.
        trigger: what set it off, a name under `member.trigger`.
        now: the instant on the tenant's clock.
        reason: in words, where the step needs one.
        by_system: False when the actor's own right is needed.
        also: further entries for the same call to the ledger.
    """
    journal = await books.journal_for(session, context, campaign, trigger=trigger, now=now)
    bookings = list(also)
    for commitment in commitments:
        assert commitment.captured_minor
        commitment.refund_reason = reason_code
        commitment.refund_transfer_id = new_id()
        commitment.refund_attempts += 1
        bookings.append(journal.decide_refund(commitment, commitment.captured_minor))
        bookings.append(journal.refund(commitment, "pending", commitment.captured_minor))
    await books.book(session, context, bookings)
    for commitment in commitments:
        await _instruct(session, context, commitment, now)
    await advance_all(
        session, context, commitments, step, now=now, reason=reason, by_system=by_system
    )


async def _instruct(
    session: AsyncSession, context: Context, commitment: Commitment, now: datetime
) -> None:
    assert commitment.refund_transfer_id is not None
    assert commitment.captured_minor is not None
    await request_instruction(
        session,
        context,
        kind=InstructionKind.REFUND,
        target_kind=COMMITMENT_TARGET,
        target_id=commitment.id,
        amount_minor=commitment.captured_minor,
        currency=commitment.currency,
        ledger_transfer_id=commitment.refund_transfer_id,
        source_reference=commitment.provider_reference,
        now=now,
    )


async def refund_all(
    session: AsyncSession, context: Context, *, campaign_id: UUID, trigger: str, now: datetime
) -> None:
    """Refund the next commitments of an ending campaign, and ask for more until none is held.

    Each run is a transaction of its own, so that it can be stopped and taken up anywhere.
    """
    campaign = await lock_campaign(session, context, campaign_id, shared=True)
    if campaign.state not in {"failing", "cancelling"}:
        return
    query = (
        select(Commitment)
        .where(
            Commitment.tenant_id == context.tenant_id,
            Commitment.campaign_id == campaign_id,
            Commitment.state == "held",
        )
        .order_by(Commitment.placed_at, Commitment.id)
        .limit(AT_ONCE)
        .with_for_update(key_share=True)
        .execution_options(populate_existing=True)
    )
    held = (await session.execute(query)).scalars().all()
    if not held:
        await enqueue(session, context, FINISH_JOB, campaign_id=campaign_id)
        return
    reason_code = REASON_OF_OUTCOME[campaign.outcome or "cancelled"]
    await begin_refunds(
        session, context, campaign, held, step="refund", reason_code=reason_code,
        trigger=trigger, now=now,
    )  # fmt: skip
    await enqueue(session, context, REFUND_JOB, campaign_id=campaign_id, trigger=trigger)


async def retry_refund(
    session: AsyncSession, context: Context, *, commitment_id: UUID, now: datetime
) -> Commitment:
    """Instruct a refused refund again, under a new key.

    Raises:
        CommitmentNotFound: no such commitment.
        TransitionNotAllowed: its refund was not refused.
    """
    context.demand(SETTLE)
    campaign, commitment = await lock_commitment(session, context, commitment_id)
    step_or_refuse(commitment, "retry_refund")
    await _retry(session, context, campaign, [commitment], now)
    return commitment


async def retry_refunds(
    session: AsyncSession, context: Context, *, campaign_id: UUID, reason: str | None, now: datetime
) -> Campaign:
    """Instruct every refused refund of an ending campaign again.

    Raises:
        TransitionNotAllowed: none was refused.
        ReasonRequired: without a reason.
    """
    campaign = await lock_campaign(session, context, campaign_id)
    step_or_refuse(campaign, "retry_refunds")
    query = (
        select(Commitment)
        .where(
            Commitment.tenant_id == context.tenant_id,
            Commitment.campaign_id == campaign_id,
            Commitment.state == "refund_failed",
        )
        .with_for_update(key_share=True)
        .execution_options(populate_existing=True)
    )
    refused = (await session.execute(query)).scalars().all()
    if not refused:
        raise refuse_step(campaign, "The provider has refused no refund.")
    await advance(session, context, campaign, "retry_refunds", reason=reason, now=now)
    await _retry(session, context, campaign, refused, now)
    return campaign


async def _retry(
    session: AsyncSession,
    context: Context,
    campaign: Campaign,
    commitments: Sequence[Commitment],
    now: datetime,
) -> None:
    journal = await books.journal_for(session, context, campaign, trigger="retry", now=now)
    bookings = []
    for commitment in commitments:
        assert commitment.captured_minor is not None
        commitment.refund_transfer_id = new_id()
        commitment.refund_attempts += 1
        bookings.append(journal.refund(commitment, "pending", commitment.captured_minor))
    await books.book(session, context, bookings)
    for commitment in commitments:
        await _instruct(session, context, commitment, now)
    await advance_all(session, context, commitments, "retry_refund", now=now)

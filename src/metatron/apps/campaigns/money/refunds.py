"""Refunds to the original method: whole ones by themselves, parts while a commitment goes on."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import Uuid, any_, cast, select
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.ext.asyncio import AsyncSession

from metatron.apps.campaigns.errors import RefundExceedsEscrow
from metatron.apps.campaigns.machine.locking import lock_campaign, lock_commitment
from metatron.apps.campaigns.machine.steps import advance, advance_all, refuse_step, step_or_refuse
from metatron.apps.campaigns.money import books
from metatron.apps.campaigns.money.journal import Booking, cause_of
from metatron.apps.campaigns.money.refund_rows import (
    COMMITMENT_TARGET,
    Approved,
    Decided,
    amount_in_words,
    announce,
    decide,
    failed_refunds,
    instructed,
)
from metatron.apps.campaigns.permissions import SETTLE
from metatron.apps.campaigns.tables import Campaign, Commitment, Refund
from metatron.kernel.context import Context

__all__ = [
    "COMMITMENT_TARGET", "begin_refunds", "instruct_again", "retry_refund", "retry_refunds",
    "return_part",
]  # fmt: skip


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
    approved: Approved | None = None,
) -> list[Refund]:
    """Set apart all that is in escrow for each locked commitment and instruct its refund.

    Args:
        session: the transaction, in which campaign and commitments are locked.
        context: who causes it.
        campaign: theirs.
        commitments: all in a state from which `step` leads to `refund_due`, with money in escrow.
        step: the step each takes.
        reason_code: one of the doctrine's refund reasons.
        trigger: what set it off, a name under `member.trigger`.
        now: the instant on the tenant's clock.
        reason: in words, where the step needs one.
        by_system: False when the actor's own right is needed.
        also: further entries for the same call to the ledger.
        approved: the approval behind it.

    Raises:
        RefundExceedsEscrow: nothing is in escrow for one of them.
    """
    for commitment in commitments:
        step_or_refuse(commitment, step)
    decided = []
    in_escrow = await books.escrow_of(session, context, campaign, commitments)
    for commitment, amount_minor in zip(commitments, in_escrow, strict=True):
        if amount_minor <= 0:
            raise RefundExceedsEscrow
        decided.append(
            decide(
                context, commitment, amount_minor, whole=True, reason_code=reason_code,
                reason=reason, trigger=trigger, approved=approved, now=now,
            )
        )  # fmt: skip
    async with instructed(session, context, campaign, decided, trigger=trigger, now=now, also=also):
        # Not earlier: the session would write it by a statement for each.
        for commitment in commitments:
            commitment.refund_reason = reason_code
        await advance_all(
            session, context, commitments, step, now=now, reason=reason, by_system=by_system
        )
    return [refund for _, refund in decided]


async def return_part(
    session: AsyncSession,
    context: Context,
    campaign: Campaign,
    *,
    parts: Sequence[tuple[Commitment, int]],
    reason_code: str,
    trigger: str,
    now: datetime,
    reason: str | None = None,
    approved: Approved | None = None,
    leave_out: bool = False,
    are_locked: bool = False,
) -> list[Refund]:
    """Refund a part of what is in escrow for each commitment; its state stays as it is.

    Several parts of a commitment may be under way, each by a call of its own. Whose right it is to
    decide so is the caller's to check. The number of statements does not grow with `parts`.

    Args:
        session: the transaction, in which the campaign is locked; commitments are locked here.
        context: who causes it.
        campaign: theirs.
        parts: different commitments, held or allocated, each with minor units of its currency.
        reason_code: one of the doctrine's refund reasons.
        trigger: what set it off, a name under `member.trigger`.
        now: the instant on the tenant's clock.
        reason: a sentence for the members, stored with the transfer; else that of the code.
        approved: the approval behind it.
        leave_out: skip commitments with no more than their part in escrow instead of refusing all.
        are_locked: the commitments are locked already.

    Raises:
        RefundExceedsEscrow: a part is all that is in escrow, or more; nothing is booked. To return
            all of it, refund the whole.
        TransitionNotAllowed: a commitment is neither held nor allocated.
    """
    amounts = {commitment.id: amount_minor for commitment, amount_minor in parts}
    assert len(amounts) == len(parts), "a commitment has one part in a call"
    assert all(amount_minor > 0 for amount_minor in amounts.values())
    if not parts:
        return []
    locked: Sequence[Commitment] = [commitment for commitment, _ in parts]
    if not are_locked:
        locked = await _lock(session, context, campaign, sorted(amounts))
    for commitment in locked:
        step_or_refuse(commitment, "return_part")
    in_escrow = await books.escrow_of(session, context, campaign, locked)
    pairs = zip(locked, in_escrow, strict=True)
    enough = [one for one, left in pairs if amounts[one.id] < left]
    if len(enough) < len(locked) and not leave_out:
        raise RefundExceedsEscrow
    decided = [
        decide(
            context, one, amounts[one.id], whole=False, reason_code=reason_code,
            reason=reason, trigger=trigger, approved=approved, now=now,
        )
        for one in enough
    ]  # fmt: skip
    async with instructed(session, context, campaign, decided, trigger=trigger, now=now):
        await _advance_parts(session, context, decided, "return_part", now=now, by_system=True)
    return [refund for _, refund in decided]


async def _lock(
    session: AsyncSession, context: Context, campaign: Campaign, ids: Sequence[UUID]
) -> Sequence[Commitment]:
    query = (
        select(Commitment)
        .where(
            Commitment.tenant_id == context.tenant_id,
            Commitment.campaign_id == campaign.id,
            Commitment.id == any_(cast(list(ids), ARRAY(Uuid))),
        )
        .order_by(Commitment.id)
        .with_for_update(key_share=True)
        .execution_options(populate_existing=True)
    )
    found = (await session.execute(query)).scalars().all()
    assert len(found) == len(ids), "every commitment is one of the campaign's"
    return found


async def _advance_parts(
    session: AsyncSession,
    context: Context,
    decided: Sequence[Decided],
    step: str,
    *,
    now: datetime,
    by_system: bool = False,
) -> None:
    """Take a step of parts, once for each commitment, saying how much it is about."""
    commitments = {commitment.id: commitment for commitment, _ in decided}
    sums = dict.fromkeys(commitments, 0)
    causes = {}
    for commitment, refund in decided:
        sums[commitment.id] += refund.amount_minor
        causes[commitment.id] = cause_of(refund)
    reasons = {
        each.id: amount_in_words(sums[each.id], each.currency, causes[each.id])
        for each in commitments.values()
    }
    await advance_all(
        session, context, list(commitments.values()), step, now=now, reasons=reasons,
        by_system=by_system,
    )  # fmt: skip
    await announce(session, context, [refund for _, refund in decided], now=now)


async def retry_refund(
    session: AsyncSession, context: Context, *, commitment_id: UUID, now: datetime
) -> Commitment:
    """Instruct the refused refunds of a commitment again, each under a new key.

    Raises:
        CommitmentNotFound: no such commitment.
        TransitionNotAllowed: none of its refunds was refused.
    """
    context.demand(SETTLE)
    campaign, commitment = await lock_commitment(session, context, commitment_id)
    refused = await failed_refunds(session, context, commitment_id=commitment_id)
    if not refused:
        raise refuse_step(commitment, "The provider has refused no refund of this commitment.")
    await instruct_again(session, context, campaign, refused, now=now)
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
    refused = await failed_refunds(session, context, campaign_id=campaign_id)
    if not refused:
        raise refuse_step(campaign, "The provider has refused no refund.")
    await advance(session, context, campaign, "retry_refunds", reason=reason, now=now)
    await instruct_again(session, context, campaign, refused, now=now)
    return campaign


async def instruct_again(
    session: AsyncSession,
    context: Context,
    campaign: Campaign,
    refused: Sequence[Decided],
    *,
    now: datetime,
) -> None:
    """Instruct locked, refused refunds again, each under a new key; the actor settles."""
    wholes = [commitment for commitment, refund in refused if refund.whole]
    parts = [each for each in refused if not each[1].whole]
    async with instructed(session, context, campaign, refused, trigger="retry", now=now):
        if wholes:
            await advance_all(session, context, wholes, "retry_refund", now=now)
        if parts:
            await _advance_parts(session, context, parts, "retry_part", now=now)

"""What the provider's answers about refunds do. Each is booked once, whatever is repeated."""

from datetime import datetime
from typing import Literal
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from metatron.apps.campaigns.machine.locking import lock_commitment
from metatron.apps.campaigns.machine.steps import advance
from metatron.apps.campaigns.money import books
from metatron.apps.campaigns.money.completion import look_for_finish
from metatron.apps.campaigns.money.refund_rows import (
    amount_in_words,
    announce,
    refund_by_transfer,
)
from metatron.apps.campaigns.tables import Campaign
from metatron.kernel.context import Context


async def refund_confirmed(
    session: AsyncSession,
    context: Context,
    *,
    commitment_id: UUID,
    transfer_id: UUID,
    now: datetime,
) -> None:
    """Book a refund that has reached the original method."""
    campaign = await _resolve(session, context, commitment_id, transfer_id, "confirmed", now)
    if campaign is not None:
        await look_for_finish(session, context, campaign)


async def refund_failed(
    session: AsyncSession,
    context: Context,
    *,
    commitment_id: UUID,
    transfer_id: UUID,
    now: datetime,
) -> None:
    """Book that a refund was refused: it stays due, and visible."""
    await _resolve(session, context, commitment_id, transfer_id, "failed", now)


async def refund_returned(
    session: AsyncSession,
    context: Context,
    *,
    commitment_id: UUID,
    transfer_id: UUID,
    now: datetime,
) -> None:
    """Book a refund that came back after its confirmation: it is due again, and visible.

    The confirmation may not have been booked yet; then it is booked first.
    """
    await _resolve(session, context, commitment_id, transfer_id, "confirmed", now)
    campaign, commitment = await lock_commitment(session, context, commitment_id)
    refund = await refund_by_transfer(session, context, commitment_id, transfer_id)
    if refund is None or refund.state != "confirmed":
        return
    journal = await books.journal_for(session, context, campaign, trigger="refusal", now=now)
    await books.book(session, context, [journal.refund_came_back(commitment, refund)])
    refund.state, refund.resolved_at = "failed", None
    refund.came_back_minor += refund.amount_minor
    refund.version += 1
    step = "refund_came_back" if refund.whole else "part_came_back"
    words = None if refund.whole else amount_in_words(refund.amount_minor, refund.currency)
    await advance(session, context, commitment, step, now=now, reason=words, by_system=True)
    await announce(session, context, [refund], now=now)


async def _resolve(  # noqa: PLR0917 - the two above, in one sequence of locks
    session: AsyncSession,
    context: Context,
    commitment_id: UUID,
    transfer_id: UUID,
    answer: Literal["confirmed", "failed"],
    now: datetime,
) -> Campaign | None:
    campaign, commitment = await lock_commitment(session, context, commitment_id)
    refund = await refund_by_transfer(session, context, commitment_id, transfer_id)
    if refund is None or refund.state != "instructed":
        return None
    confirmed = answer == "confirmed"
    trigger = "provider" if confirmed else "refusal"
    journal = await books.journal_for(session, context, campaign, trigger=trigger, now=now)
    booking = journal.refund(commitment, refund, "post" if confirmed else "void")
    await books.book(session, context, [booking])
    refund.state = answer
    refund.resolved_at = now if confirmed else None
    refund.version += 1
    step = ("confirm" if confirmed else "reject") + ("_refund" if refund.whole else "_part")
    words = None if refund.whole else amount_in_words(refund.amount_minor, refund.currency)
    await advance(session, context, commitment, step, now=now, reason=words, by_system=True)
    await announce(session, context, [refund], now=now)
    return campaign

"""What the provider's answers about refunds do. Each is booked once, whatever is repeated."""

from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from metatron.apps.campaigns.machine.locking import lock_commitment
from metatron.apps.campaigns.machine.steps import advance
from metatron.apps.campaigns.money import books
from metatron.apps.campaigns.money.completion import look_for_finish
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
    campaign, commitment = await lock_commitment(session, context, commitment_id)
    if commitment.refund_transfer_id != transfer_id or commitment.state != "refund_due":
        return
    assert commitment.captured_minor is not None
    journal = await books.journal_for(session, context, campaign, trigger="provider", now=now)
    await books.book(
        session, context, [journal.refund(commitment, "post", commitment.captured_minor)]
    )
    await advance(session, context, commitment, "confirm_refund", now=now, by_system=True)
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
    campaign, commitment = await lock_commitment(session, context, commitment_id)
    if commitment.refund_transfer_id != transfer_id or commitment.state != "refund_due":
        return
    assert commitment.captured_minor is not None
    journal = await books.journal_for(session, context, campaign, trigger="refusal", now=now)
    await books.book(
        session, context, [journal.refund(commitment, "void", commitment.captured_minor)]
    )
    await advance(session, context, commitment, "reject_refund", now=now, by_system=True)

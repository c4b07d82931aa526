"""What the provider's answers about captures do, each once, whatever is repeated or comes late."""

from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from metatron.apps.campaigns.gathering.closing import DECIDE_JOB
from metatron.apps.campaigns.machine.locking import count_commitments, lock_commitment, take_turn
from metatron.apps.campaigns.machine.steps import advance
from metatron.apps.campaigns.machine.transitions import IN_FLIGHT
from metatron.apps.campaigns.money import books
from metatron.apps.campaigns.money.completion import look_for_finish
from metatron.apps.campaigns.money.refunds import begin_refunds
from metatron.apps.campaigns.tables import Campaign
from metatron.kernel.context import Context
from metatron.kernel.events.jobs import enqueue

GATHERING = frozenset({"live", "paused", "closing"})


async def capture_confirmed(
    session: AsyncSession,
    context: Context,
    *,
    commitment_id: UUID,
    transfer_id: UUID,
    amount_minor: int,
    provider_reference: str | None,
    now: datetime,
) -> None:
    """Book what arrived in escrow; hold it, or send it straight back when it does not count.

    It does not count when the member withdrew meanwhile, when it arrived short, or when the
    campaign has been decided. `amount_minor`: what the provider captured.
    """
    campaign, commitment = await lock_commitment(session, context, commitment_id)
    if commitment.capture_transfer_id != transfer_id or commitment.captured_minor is not None:
        return
    if commitment.state not in {"authorising", "withdrawn"}:
        return
    journal = await books.journal_for(session, context, campaign, trigger="provider", now=now)
    commitment.captured_minor = amount_minor
    commitment.provider_reference = provider_reference
    was_withdrawn = commitment.state == "withdrawn"
    counts = (
        not was_withdrawn
        and amount_minor == commitment.amount_minor
        and campaign.state in GATHERING
    )
    bookings = [
        journal.capture(commitment, "post", amount_minor),
        journal.make_available(commitment, amount_minor),
    ]
    if not was_withdrawn:
        bookings.append(journal.commit_units(commitment, "post" if counts else "void"))
    await books.book(session, context, bookings)
    if counts:
        await advance(session, context, commitment, "confirm_capture", now=now, by_system=True)
    else:
        withdrawn = ("refund_withdrawn", "participant_request", "withdraw")
        useless = ("return_capture", "commitment_cancelled", "provider")
        step, reason_code, trigger = withdrawn if was_withdrawn else useless
        await begin_refunds(
            session, context, campaign, [commitment], step=step, reason_code=reason_code,
            trigger=trigger, now=now,
        )  # fmt: skip
    await _look_for_decision(session, context, campaign)


async def capture_failed(
    session: AsyncSession,
    context: Context,
    *,
    commitment_id: UUID,
    transfer_id: UUID,
    now: datetime,
) -> None:
    """End a commitment whose money the provider could not take; the units are free again."""
    campaign, commitment = await lock_commitment(session, context, commitment_id)
    if commitment.capture_transfer_id != transfer_id or commitment.captured_minor is not None:
        return
    if commitment.state not in {"authorising", "withdrawn"}:
        return
    journal = await books.journal_for(session, context, campaign, trigger="refusal", now=now)
    bookings = [journal.capture(commitment, "void", commitment.amount_minor)]
    if commitment.state == "authorising":
        bookings.append(journal.commit_units(commitment, "void"))
    await books.book(session, context, bookings)
    commitment.captured_minor = 0
    await advance(session, context, commitment, "lapse", now=now, by_system=True)
    await _look_for_decision(session, context, campaign)


async def _look_for_decision(session: AsyncSession, context: Context, campaign: Campaign) -> None:
    """Ask for the decision if this was the last capture under way; for the end, if it is ending."""
    if campaign.state == "closing":
        await take_turn(session, f"campaigns/{campaign.id}/decision")
        if not await count_commitments(session, context, campaign.id, IN_FLIGHT):
            await enqueue(session, context, DECIDE_JOB, campaign_id=campaign.id)
    await look_for_finish(session, context, campaign)

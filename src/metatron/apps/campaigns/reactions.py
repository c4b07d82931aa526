"""What the provider's answers do. Each is booked once, whatever is repeated or out of sequence."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from metatron.apps.campaigns import books
from metatron.apps.campaigns.closing import DECIDE_JOB
from metatron.apps.campaigns.completion import look_for_end
from metatron.apps.campaigns.journal import Journal
from metatron.apps.campaigns.locking import count_commitments, lock_commitment, take_turn
from metatron.apps.campaigns.refunds import begin_refunds
from metatron.apps.campaigns.steps import advance
from metatron.apps.campaigns.tables import Campaign, Commitment
from metatron.apps.campaigns.tenant_settings import read_settings
from metatron.apps.campaigns.transitions import IN_FLIGHT
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
    journal = await _journal(session, context, campaign, "provider", now)
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
    journal = await _journal(session, context, campaign, "refusal", now)
    bookings = [journal.capture(commitment, "void", commitment.amount_minor)]
    if commitment.state == "authorising":
        bookings.append(journal.commit_units(commitment, "void"))
    await books.book(session, context, bookings)
    commitment.captured_minor = 0
    await advance(session, context, commitment, "lapse", now=now, by_system=True)
    await _look_for_decision(session, context, campaign)


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
    journal = await _journal(session, context, campaign, "provider", now)
    await books.book(
        session, context, [journal.refund(commitment, "post", commitment.captured_minor)]
    )
    await advance(session, context, commitment, "confirm_refund", now=now, by_system=True)
    await _look_for_finish(session, context, campaign)


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
    journal = await _journal(session, context, campaign, "refusal", now)
    await books.book(
        session, context, [journal.refund(commitment, "void", commitment.captured_minor)]
    )
    await advance(session, context, commitment, "reject_refund", now=now, by_system=True)


async def _journal(
    session: AsyncSession, context: Context, campaign: Campaign, trigger: str, now: datetime
) -> Journal:
    settings = await read_settings(session, context)
    chart = books.chart_of(campaign, settings.provider)
    return Journal(chart, campaign, trigger=trigger, now=now)


async def _look_for_decision(session: AsyncSession, context: Context, campaign: Campaign) -> None:
    """Ask for the decision if this was the last capture under way; for the end, if it is ending."""
    if campaign.state == "closing":
        await take_turn(session, f"campaigns/{campaign.id}/decision")
        if not await count_commitments(session, context, campaign.id, IN_FLIGHT):
            await enqueue(session, context, DECIDE_JOB, campaign_id=campaign.id)
    await _look_for_finish(session, context, campaign)


async def _look_for_finish(session: AsyncSession, context: Context, campaign: Campaign) -> None:
    if campaign.state in {"failing", "cancelling", "inspecting"}:
        await look_for_end(session, context, campaign.id)


async def commitments_of_payout(
    session: AsyncSession, context: Context, payout_id: UUID
) -> list[Commitment]:
    """Lock and return the commitments that a payment to the supplier settles."""
    query = (
        select(Commitment)
        .where(
            Commitment.tenant_id == context.tenant_id,
            Commitment.payout_id == payout_id,
            Commitment.state == "released",
        )
        .with_for_update(key_share=True)
        .execution_options(populate_existing=True)
    )
    return list((await session.execute(query)).scalars())

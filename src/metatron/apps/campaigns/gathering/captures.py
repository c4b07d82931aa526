"""What the provider's answers about captures do, each once, whatever is repeated or comes late."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from metatron.apps.campaigns.gathering.closing import DECIDE_JOB
from metatron.apps.campaigns.gathering.funding import (
    CHARGE_JOB,
    COLLECT_JOB,
    LET_GO_JOB,
    TRY_AGAIN_AFTER,
    give_back,
    let_units_go,
    units_are_posted,
)
from metatron.apps.campaigns.machine.locking import (
    count_commitments,
    lock_commitment,
    lock_commitments,
    take_turn,
)
from metatron.apps.campaigns.machine.steps import advance, advance_all
from metatron.apps.campaigns.machine.transitions import IN_FLIGHT
from metatron.apps.campaigns.money import books
from metatron.apps.campaigns.money.completion import look_for_finish
from metatron.apps.campaigns.money.journal import Booking, Journal
from metatron.apps.campaigns.money.refunds import begin_refunds
from metatron.apps.campaigns.tables import Campaign, Commitment
from metatron.kernel.context import Context
from metatron.kernel.events.jobs import enqueue

GATHERING = frozenset({"live", "paused", "closing"})


@dataclass(frozen=True, slots=True)
class Arrived:
    """What the provider captured for one commitment; `amount_minor` in its currency."""

    context: Context
    commitment_id: UUID
    transfer_id: UUID
    amount_minor: int
    provider_reference: str | None


@dataclass(frozen=True, slots=True)
class Matched:
    """An awaited amount with what it is for, locked."""

    campaign: Campaign
    commitment: Commitment
    came: Arrived

    @property
    def counts(self) -> bool:
        """Tell whether it arrived in full and in time, and nobody withdrew meanwhile."""
        return (
            self.commitment.state != "withdrawn"
            and self.came.amount_minor == self.commitment.amount_minor
            and self.campaign.state in GATHERING
        )

    def note(self) -> None:
        """Write it down on the commitment."""
        self.commitment.provider_reference = self.came.provider_reference
        self.commitment.captured_minor = self.came.amount_minor


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
    came = Arrived(context, commitment_id, transfer_id, amount_minor, provider_reference)
    awaited = await lock_arrived(session, context, arrived=[came])
    await book_arrived(session, context, awaited, now=now)


async def lock_arrived(
    session: AsyncSession, context: Context, *, arrived: Sequence[Arrived]
) -> list[Matched]:
    """Lock the different commitments that await what arrived."""
    by_id = {came.commitment_id: came for came in arrived}
    assert len(by_id) == len(arrived), "a commitment has one capture in a call"
    locked = await lock_commitments(session, context, list(by_id))
    return [
        Matched(campaign, commitment, by_id[commitment.id])
        for campaign, commitment in locked
        if _is_awaited(commitment, by_id[commitment.id])
    ]


async def book_arrived(
    session: AsyncSession, context: Context, awaited: Sequence[Matched], *, now: datetime
) -> None:
    """Book what `lock_arrived` returned, each as by `capture_confirmed`.

    The number of statements does not grow with that of the amounts that count. Afterwards the
    campaign's accounts are locked to the end of the transaction.
    """
    counting = [matched for matched in awaited if matched.counts]
    for useless in [matched for matched in awaited if not matched.counts]:
        await _send_back(session, useless, now)
    await _hold(session, context, counting, now)
    for campaign in {matched.campaign.id: matched.campaign for matched in awaited}.values():
        await _look_for_decision(session, context, campaign)


def _is_awaited(commitment: Commitment, came: Arrived) -> bool:
    return (
        commitment.capture_transfer_id == came.transfer_id
        and commitment.captured_minor is None
        and commitment.state in {"authorising", "withdrawn"}
    )


async def _hold(
    session: AsyncSession, context: Context, matched: Sequence[Matched], now: datetime
) -> None:
    """Count what arrived in full and in time."""
    if not matched:
        return
    bookings = []
    for campaign_id in dict.fromkeys(each.campaign.id for each in matched):
        of_campaign = [each for each in matched if each.campaign.id == campaign_id]
        campaign = of_campaign[0].campaign
        journal = await books.journal_for(session, context, campaign, trigger="provider", now=now)
        for each in of_campaign:
            bookings += _arrival(journal, each)
            bookings += _units(journal, campaign, each.commitment, counts=True)
    for each in matched:
        each.note()
    await advance_all(
        session, context, [each.commitment for each in matched], "confirm_capture", now=now,
        contexts={each.commitment.id: each.came.context for each in matched}, by_system=True,
    )  # fmt: skip
    # Last: from here to its end the transaction keeps everybody else off the campaign's rows.
    await books.book(session, context, bookings)


async def _send_back(session: AsyncSession, matched: Matched, now: datetime) -> None:
    """Return what does not count."""
    campaign, commitment = matched.campaign, matched.commitment
    context = matched.came.context
    journal = await books.journal_for(session, context, campaign, trigger="provider", now=now)
    was_withdrawn = commitment.state == "withdrawn"
    bookings = _arrival(journal, matched)
    if not was_withdrawn:
        bookings += _units(journal, campaign, commitment, counts=False)
    matched.note()
    await books.book(session, context, bookings)
    withdrawn = ("refund_withdrawn", "participant_request", "withdraw")
    useless = ("return_capture", "commitment_cancelled", "provider")
    step, reason_code, trigger = withdrawn if was_withdrawn else useless
    await begin_refunds(
        session, context, campaign, [commitment], step=step, reason_code=reason_code,
        trigger=trigger, now=now,
    )  # fmt: skip


def _arrival(journal: Journal, matched: Matched) -> list[Booking]:
    amount_minor = matched.came.amount_minor
    return [
        journal.capture(matched.commitment, "post", amount_minor),
        journal.make_available(matched.commitment, amount_minor),
    ]


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
    if _may_try_again(campaign, commitment, now):
        await books.book(session, context, bookings)
        commitment.capture_transfer_id = None
        await advance(session, context, commitment, "retry_charge", now=now, by_system=True)
        await enqueue(
            session, context, CHARGE_JOB, run_at=now + TRY_AGAIN_AFTER, commitment_id=commitment.id
        )
        return
    if commitment.state == "authorising":
        bookings.append(let_units_go(journal, campaign, commitment))
    await books.book(session, context, bookings)
    commitment.captured_minor = 0
    step = "end_withdrawn" if commitment.state == "withdrawn" else "lapse"
    await advance(session, context, commitment, step, now=now, by_system=True)
    await _look_for_decision(session, context, campaign)


def _may_try_again(campaign: Campaign, commitment: Commitment, now: datetime) -> bool:
    return (
        campaign.funding_mode == "charge_on_success"
        and campaign.state == "closing"
        and commitment.state == "authorising"
        and campaign.collect_until is not None
        and now + TRY_AGAIN_AFTER < campaign.collect_until
    )


def _units(
    journal: Journal, campaign: Campaign, commitment: Commitment, *, counts: bool
) -> list[Booking]:
    """Return the entry that counts the units, or lets them go; none when they count already."""
    if not counts:
        return [let_units_go(journal, campaign, commitment)]
    if units_are_posted(campaign, commitment):
        return []
    return [journal.commit_units(commitment, "post")]


async def authorisation_confirmed(
    session: AsyncSession,
    context: Context,
    *,
    commitment_id: UUID,
    transfer_id: UUID,
    provider_reference: str | None,
    now: datetime,
) -> None:
    """Count the units of a reserved amount; give it back when it does not count any more."""
    campaign, commitment = await lock_commitment(session, context, commitment_id)
    if commitment.capture_transfer_id != transfer_id or commitment.authorised_reference is not None:
        return
    if commitment.state not in {"authorising", "withdrawn"} or provider_reference is None:
        return
    journal = await books.journal_for(session, context, campaign, trigger="provider", now=now)
    if commitment.state == "withdrawn":
        commitment.authorised_reference = provider_reference
        await give_back(session, context, campaign, commitment, now=now)
    else:
        await books.book(session, context, [journal.commit_units(commitment, "post")])
        commitment.authorised_reference = provider_reference
        step = "confirm_authorisation"
        await advance(session, context, commitment, step, now=now, by_system=True)
        await _follow_campaign(session, context, campaign)
    await _look_for_decision(session, context, campaign)


async def reservation_ended(
    session: AsyncSession,
    context: Context,
    campaign: Campaign,
    commitment: Commitment,
    *,
    now: datetime,
) -> None:
    """End a locked, authorised commitment whose reservation is gone at the provider already."""
    journal = await books.journal_for(session, context, campaign, trigger="outside", now=now)
    void = journal.capture(commitment, "void", commitment.amount_minor)
    await books.book(session, context, [let_units_go(journal, campaign, commitment), void])
    commitment.captured_minor = 0
    await advance(session, context, commitment, "lapse", now=now, by_system=True)
    await _look_for_decision(session, context, campaign)


async def _follow_campaign(session: AsyncSession, context: Context, campaign: Campaign) -> None:
    """Have a late reservation treated like the others of a campaign that closed meanwhile."""
    if campaign.state == "closing":
        await enqueue(session, context, COLLECT_JOB, campaign_id=campaign.id)
    elif campaign.state not in {"live", "paused"}:
        await enqueue(session, context, LET_GO_JOB, campaign_id=campaign.id)


async def _look_for_decision(session: AsyncSession, context: Context, campaign: Campaign) -> None:
    """Ask for the decision if this was the last capture under way; for the end, if it is ending."""
    if campaign.state == "closing":
        await take_turn(session, f"campaigns/{campaign.id}/decision")
        if not await count_commitments(session, context, campaign.id, IN_FLIGHT):
            await enqueue(session, context, DECIDE_JOB, campaign_id=campaign.id)
    await look_for_finish(session, context, campaign)

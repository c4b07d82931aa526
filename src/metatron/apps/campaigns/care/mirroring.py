"""Bringing the books to what was done at the provider: a refund by hand, a reservation ended."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from metatron.apps.campaigns.care.entries import decided_outside, refunded_outside
from metatron.apps.campaigns.care.tables import ProviderAction
from metatron.apps.campaigns.gathering import captures
from metatron.apps.campaigns.machine.steps import advance
from metatron.apps.campaigns.machine.transitions import IN_FLIGHT
from metatron.apps.campaigns.money import books
from metatron.apps.campaigns.money.accounts import derived_id
from metatron.apps.campaigns.money.completion import look_for_finish
from metatron.apps.campaigns.money.holding import free_held, held_apart, hold_again
from metatron.apps.campaigns.money.journal import Booking
from metatron.apps.campaigns.money.refund_rows import amount_in_words, announce, decide
from metatron.apps.campaigns.tables import Campaign, Commitment, Refund
from metatron.apps.campaigns.wording import texts
from metatron.kernel.context import Context

Verdict = Literal["mirrored", "wait"]


@dataclass(frozen=True, slots=True)
class Fits:
    """What became of an action: `why` is given when it fits nothing in the books.

    `beyond_minor`: what a refund took beyond what is held for its commitment.
    """

    verdict: Verdict | None
    why: str | None = None
    beyond_minor: int = 0


@dataclass(frozen=True, slots=True)
class _Reach:
    """Which refused refunds a refund settles, and what is left of it against what is held."""

    settled: Sequence[Refund]
    rest_minor: int
    held_minor: int


MIRRORED, WAIT = Fits("mirrored"), Fits("wait")


async def mirror_reservation_end(
    session: AsyncSession,
    context: Context,
    campaign: Campaign,
    commitment: Commitment,
    *,
    now: datetime,
) -> Fits:
    """Let a commitment lapse whose reservation was let go, or ran out, at the provider.

    An answer to an instruction of ours that is under way goes first: it says the same.
    """
    if commitment.state == "lapsed":
        return MIRRORED
    if commitment.state == "authorised":
        await captures.reservation_ended(session, context, campaign, commitment, now=now)
        return MIRRORED
    if commitment.state in IN_FLIGHT | {"withdrawn"} and commitment.captured_minor is None:
        return WAIT
    return Fits(None, f"The reservation ended, yet the commitment is {commitment.state}.")


async def mirror_refund(
    session: AsyncSession,
    context: Context,
    campaign: Campaign,
    commitment: Commitment,
    action: ProviderAction,
    *,
    now: datetime,
    bond_bears: bool = False,
) -> Fits:
    """Book a refund made at the provider's own desk.

    While the provider has an instruction about the commitment to answer, this waits: so the books
    come out alike in whatever sequence the provider's messages arrive. It settles refused refunds
    first, the oldest first and each as a whole, then takes from escrow. What is more than that fits
    nothing, unless `bond_bears`: then all that is held is booked, and the rest left to the caller.
    """
    if action.currency != commitment.currency:
        return Fits(None, "The currency is not that of the commitment.")
    reach = await _reach(session, context, campaign, commitment, action)
    if reach is None:
        return WAIT
    settled, rest, in_reach = reach.settled, reach.rest_minor, reach.held_minor
    beyond = max(0, rest - in_reach)
    if beyond and not bond_bears:
        return Fits(None, f"It is more than what is held for the commitment ({commitment.state}).")
    rest -= beyond
    made = None
    if rest:
        await free_held(session, context, campaign, [commitment], trigger="outside", now=now)
        made = _row(context, commitment, action, rest, whole=rest == in_reach, now=now)
    await _book(session, context, campaign, commitment, action, settled, made, now)
    if commitment.state == "allocated":
        await hold_again(session, context, campaign, commitment, now=now)
    await look_for_finish(session, context, campaign)
    return Fits("mirrored", beyond_minor=beyond)


async def reach_beyond(
    session: AsyncSession,
    context: Context,
    campaign: Campaign,
    commitment: Commitment,
    action: ProviderAction,
) -> int | None:
    """Return the minor units a refund took beyond what is held; None while it has to wait."""
    if action.currency != commitment.currency:
        return action.amount_minor
    reach = await _reach(session, context, campaign, commitment, action)
    return None if reach is None else max(0, reach.rest_minor - reach.held_minor)


async def _reach(
    session: AsyncSession,
    context: Context,
    campaign: Campaign,
    commitment: Commitment,
    action: ProviderAction,
) -> _Reach | None:
    if commitment.state in IN_FLIGHT | {"withdrawn"} and commitment.captured_minor is None:
        return None
    if commitment.state == "disputed":
        return None
    refunds = await unconfirmed(session, context, commitment)
    if any(refund.state != "failed" for refund in refunds):
        return None
    settled, rest = [], action.amount_minor
    for refund in refunds:
        if refund.amount_minor <= rest:
            settled.append(refund)
            rest -= refund.amount_minor
    held = 0
    if commitment.state in {"held", "allocated"}:
        [in_escrow] = await books.escrow_of(session, context, campaign, [commitment])
        held = in_escrow + await held_apart(session, context, commitment)
    return _Reach(settled, rest, held)


async def unconfirmed(
    session: AsyncSession, context: Context, commitment: Commitment
) -> Sequence[Refund]:
    """Lock and return the commitment's refunds that are not confirmed, the oldest first."""
    query = (
        select(Refund)
        .where(
            Refund.tenant_id == context.tenant_id,
            Refund.commitment_id == commitment.id,
            Refund.state != "confirmed",
        )
        .order_by(Refund.created_at, Refund.id)
        .with_for_update(key_share=True)
        .execution_options(populate_existing=True)
    )
    return (await session.execute(query)).scalars().all()


def _row(
    context: Context,
    commitment: Commitment,
    action: ProviderAction,
    amount_minor: int,
    *,
    whole: bool,
    now: datetime,
) -> Refund:
    # Before the decision a whole refund lets the units go; afterwards they stay allocated.
    code = "commitment_cancelled" if commitment.state == "held" else "admin_manual"
    _, refund = decide(
        context, commitment, amount_minor, whole=whole, reason_code=code,
        reason=texts("member.part_cause")["outside"], trigger="outside", approved=None, now=now,
    )  # fmt: skip
    refund.id = derived_id(action.id, "refund")
    refund.transfer_id = derived_id(action.id, "refunded")
    refund.state, refund.resolved_at = "confirmed", now
    return refund


async def _book(  # noqa: PLR0917 - what is locked, and what it is to become
    session: AsyncSession,
    context: Context,
    campaign: Campaign,
    commitment: Commitment,
    action: ProviderAction,
    settled: Sequence[Refund],
    made: Refund | None,
    now: datetime,
) -> None:
    journal = await books.journal_for(session, context, campaign, trigger="outside", now=now)
    bookings: list[Booking] = []
    for refund in settled:
        transfer_id = derived_id(action.id, f"settled/{refund.id}")
        bookings.append(refunded_outside(journal, commitment, transfer_id, refund.amount_minor))
        refund.state, refund.resolved_at = "confirmed", now
        refund.version += 1
    if made is not None:
        assert made.transfer_id is not None
        bookings.append(decided_outside(journal, commitment, action.id, made.amount_minor))
        bookings.append(refunded_outside(journal, commitment, made.transfer_id, made.amount_minor))
        if made.whole and commitment.state == "held":
            bookings.append(journal.free_units(commitment))
    await books.book(session, context, bookings)
    all_rows = [*settled, *([made] if made is not None else [])]
    if made is not None:
        session.add(made)
    await session.flush()
    for refund in all_rows:
        step = "mirror_refund" if refund.whole else "mirror_part"
        if refund.whole:
            commitment.refund_reason = refund.reason_code
        words = None
        if not refund.whole:
            words = amount_in_words(refund.amount_minor, refund.currency)
        await advance(session, context, commitment, step, now=now, reason=words, by_system=True)
    await announce(session, context, all_rows, now=now)

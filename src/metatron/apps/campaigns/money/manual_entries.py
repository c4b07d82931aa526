"""Entries by hand: asked for by one person with a reason, booked when another one approves.

Money the provider's statement shows and nobody owns goes to suspense. What arrived is given from
there to the organisation's bond, what left is borne by it; or the entry is taken back by one that
reverses it. A fee recorded wrongly is made right by an entry of the difference. Nothing is ever
changed.
"""

from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from metatron.apps.campaigns.events import ManualEntryBooked
from metatron.apps.campaigns.money import books, coverage
from metatron.apps.campaigns.money.accounts import Chart
from metatron.apps.campaigns.money.charges import bond_left, lock_bond
from metatron.apps.campaigns.money.errors import ManualEntryNotFound, ManualEntryNotPossible
from metatron.apps.campaigns.money.fee_corrections import book_correction, plan_correction
from metatron.apps.campaigns.money.manual_booking import booking_of, sides
from metatron.apps.campaigns.money.manual_tables import ManualEntry, ManualKind
from metatron.apps.campaigns.permissions import SETTLE
from metatron.apps.campaigns.wording import show_money
from metatron.kernel.context import Context
from metatron.kernel.events.event import publish
from metatron.kernel.ids import new_id
from metatron.platform.approvals.interface import (
    Approval,
    ApprovalAction,
    register_action,
    request_approval,
)
from metatron.platform.payments import interface as payments

MANUAL_ACTION = "campaigns.manual_entry"
FEE = "fee"
type Wish = Literal["suspense", "to_bond", "by_bond", "correction"]
_TOLD: dict[ManualKind, str] = {
    "suspense_in": "book {amount} that arrived without an owner ({reference}) to suspense",
    "suspense_out": "book {amount} that left without a known cause ({reference}) to suspense",
    "suspense_cleared": "give {amount} from suspense ({reference}) to the organisation's bond",
    "suspense_borne": "let the bond bear {amount} that left without a known cause ({reference})",
    "correction": "take back the entry of {amount} ({reference}) by one that reverses it",
    "fee_lowered": "lower the recorded fee {reference} by {amount}",
    "fee_raised": "raise the recorded fee {reference} by {amount}",
}
_EFFECTS: dict[str, str] = {
    "suspense": "It stands in suspense, and the difference with the statement is settled.",
    "to_bond": "It leaves suspense and is the organisation's bond from then on.",
    "by_bond": "The bond bears it; the gap it made is closed, and releases that waited go on.",
    "correction": "An entry the other way round takes the first one back; both stay in the books.",
}
_WAS_AND_RIGHT = ("was_minor", "right_minor")
_FOLLOWS: dict[str, ManualKind] = {"to_bond": "suspense_cleared", "by_bond": "suspense_borne"}


async def ask_entry(
    session: AsyncSession,
    context: Context,
    *,
    wish: Wish,
    subject_id: UUID,
    reason: str,
    now: datetime,
) -> Approval:
    """Ask a second person for an entry by hand, whatever rule the organisation has set.

    Args:
        session: the business transaction.
        context: who asks.
        wish: `suspense` books a difference with a statement, `to_bond` clears what is in suspense,
            `by_bond` has the bond bear what left, `correction` reverses an entry booked by hand.
        subject_id: the difference, or the entry.
        reason: why; it is told with the transfer.
        now: the instant on the tenant's clock.

    Raises:
        BreakNotFound, ManualEntryNotFound: there is none under this id.
        ManualEntryNotPossible: it is settled, cleared or taken back, or nobody's line.
    """
    context.demand(SETTLE)
    planned = await _planned(session, context, wish, subject_id)
    payload = {"wish": wish, "subject_id": str(subject_id), "reason": reason}
    return await _ask(session, context, planned, subject_id, payload, now)


async def ask_fee_correction(
    session: AsyncSession,
    context: Context,
    *,
    charge_id: UUID,
    right_minor: int,
    reason: str,
    now: datetime,
) -> Approval:
    """Ask a second person for the entry that makes a recorded fee `right_minor` minor units.

    Raises:
        ChargeNotFound: there is no such fee.
        ManualEntryNotPossible: it stands at that already, or is a loss.
    """
    context.demand(SETTLE)
    planned = await plan_correction(session, context, charge_id=charge_id, right_minor=right_minor)
    down = planned.kind == "fee_lowered"
    was_minor = right_minor + (planned.amount_minor if down else -planned.amount_minor)
    payload = {
        "wish": FEE, "subject_id": str(charge_id), "reason": reason,
        "right_minor": right_minor, "was_minor": was_minor,
    }  # fmt: skip
    return await _ask(session, context, planned, charge_id, payload, now)


async def _ask(  # noqa: PLR0917 - one request and what it would book
    session: AsyncSession,
    context: Context,
    planned: ManualEntry,
    subject_id: UUID,
    payload: dict[str, Any],
    now: datetime,
) -> Approval:
    words = _TOLD[planned.kind].format(
        amount=show_money(planned.amount_minor, planned.currency), reference=planned.reference
    )
    return await request_approval(
        session,
        context,
        action=MANUAL_ACTION,
        subject_kind="manual_entry",
        subject_id=subject_id,
        payload=payload,
        summary=f"By hand: {words}.",
        reason=payload["reason"][:1_000],
        amount_minor=planned.amount_minor,
        currency=planned.currency,
        now=now,
    )


async def execute_entry(
    session: AsyncSession,
    context: Context,
    *,
    payload: dict[str, Any],
    approval: Approval,
    now: datetime,
) -> dict[str, Any]:
    """Book what was asked for, judged anew; raises as `ask_entry` does."""
    assert approval.currency is not None
    await lock_bond(session, context, approval.currency)
    subject_id = UUID(payload["subject_id"])
    if payload["wish"] == FEE:
        made = await plan_correction(
            session, context, charge_id=subject_id, right_minor=payload["right_minor"],
            was_minor=payload["was_minor"],
        )  # fmt: skip
    else:
        made = await _planned(session, context, payload["wish"], subject_id)
    made.reason, made.booked_at, made.approval_id = payload["reason"], now, approval.id
    made.requested_by, made.approved_by = approval.requested_by, context.actor_id
    session.add(made)
    await session.flush()
    if made.charge_id is not None:
        await book_correction(session, context, made, now=now)
    else:
        await _book(session, context, made, now)
    event = ManualEntryBooked(
        aggregate_id=made.id, kind=made.kind, amount_minor=made.amount_minor,
        currency=made.currency, about_id=made.about_id, break_id=made.break_id,
        charge_id=made.charge_id, approval_id=approval.id,
    )  # fmt: skip
    await publish(session, context, event, now=now)
    return {"entry_id": str(made.id), "kind": made.kind}


def describe_entry(payload: dict[str, Any]) -> str:
    """Say what approving will do."""
    if payload["wish"] != FEE:
        return _EFFECTS[payload["wish"]]
    was, right = (show_money(payload[name], payload["currency"]) for name in _WAS_AND_RIGHT)
    is_lower = payload["right_minor"] < payload["was_minor"]
    bond = "gets back what it bore too much" if is_lower else "bears the difference while it lasts"
    return (
        f"The fee stood at {was} and stands at {right} afterwards; what was recorded stays. The "
        f"bond {bond}."
    )


async def _book(session: AsyncSession, context: Context, made: ManualEntry, now: datetime) -> None:
    taken_back = None
    if made.kind == "correction":
        assert made.about_id is not None
        taken_back = await _entry(session, context, made.about_id)
    if made.break_id is not None:
        await payments.resolve_break(
            session, context, break_id=made.break_id, resolution="booked", reason=made.reason,
            now=now,
        )  # fmt: skip
    chart = Chart(context.tenant_id, made.currency, made.provider)
    accounts = sides(chart, taken_back.kind if taken_back else made.kind)
    await books.open_accounts(session, context, list(accounts))
    await books.book(session, context, [booking_of(made, taken_back, now)])
    gap = await coverage.missing(session, context, made.currency)
    if gap and made.kind == "suspense_out":
        await coverage.alert(session, context, made.id, made.currency, gap, now=now)
    await coverage.go_on_if_covered(session, context, made.currency, now=now)


async def _planned(
    session: AsyncSession, context: Context, wish: str, subject_id: UUID
) -> ManualEntry:
    """Return the row as it would be booked, without its people and reason."""
    if wish == "suspense":
        return await _of_difference(session, context, subject_id)
    about = await _entry(session, context, subject_id)
    followers = await _followers(session, context, subject_id)
    if followers:
        raise ManualEntryNotPossible("It was cleared or taken back before.")
    if wish == "to_bond" and about.kind != "suspense_in":
        raise ManualEntryNotPossible("Only money that arrived is given to the bond.")
    if wish == "by_bond":
        await _demand_bearable(session, context, about)
    if about.charge_id is not None:
        raise ManualEntryNotPossible("Correct the fee itself again: say what it should be.")
    if wish == "correction" and about.kind == "correction":
        raise ManualEntryNotPossible("A correction is not taken back: book the right entry.")
    return ManualEntry(
        tenant_id=context.tenant_id, id=new_id(), about_id=about.id,
        kind=_FOLLOWS.get(wish, "correction"),
        amount_minor=about.amount_minor, currency=about.currency, provider=about.provider,
        reference=about.reference,
    )  # fmt: skip


async def _demand_bearable(session: AsyncSession, context: Context, about: ManualEntry) -> None:
    if about.kind != "suspense_out":
        raise ManualEntryNotPossible("The bond bears only money that left without a cause.")
    left = await bond_left(session, context, Chart(context.tenant_id, about.currency, ""))
    if left < about.amount_minor:
        raise ManualEntryNotPossible("The bond holds less than that: pay into it first.")


async def _of_difference(session: AsyncSession, context: Context, break_id: UUID) -> ManualEntry:
    found = await payments.statement_difference(session, context, break_id=break_id)
    if not found.is_open:
        raise ManualEntryNotPossible("The difference is settled.")
    if found.kind != "missing_with_us" or not found.found_minor:
        raise ManualEntryNotPossible("The line has an owner: settle the difference itself.")
    return ManualEntry(
        tenant_id=context.tenant_id, id=new_id(), break_id=break_id,
        kind="suspense_in" if found.found_minor > 0 else "suspense_out",
        amount_minor=abs(found.found_minor), currency=found.currency, provider=found.provider,
        reference=found.reference or "-",
    )  # fmt: skip


async def _entry(session: AsyncSession, context: Context, entry_id: UUID) -> ManualEntry:
    found = await session.get(ManualEntry, (context.tenant_id, entry_id))
    if found is None:
        raise ManualEntryNotFound
    return found


async def _followers(session: AsyncSession, context: Context, entry_id: UUID) -> list[ManualEntry]:
    """Return what clears an entry or takes it back, and was not taken back itself."""
    query = select(ManualEntry).where(
        ManualEntry.tenant_id == context.tenant_id, ManualEntry.about_id == entry_id
    )
    found = (await session.scalars(query)).all()
    return [
        each
        for each in found
        if each.kind == "correction" or not await _followers(session, context, each.id)
    ]


register_action(
    ApprovalAction(
        name=MANUAL_ACTION,
        request_permission=SETTLE,
        approve_permission=SETTLE,
        execute=execute_entry,
        describe=describe_entry,
        title="Book an entry by hand",
        is_fixed=True,
    )
)

"""One commitment's money as its member reads it: each move in words, and where all of it is."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from metatron.apps.campaigns.money import books
from metatron.apps.campaigns.money.accounts import Chart, Kind
from metatron.apps.campaigns.money.journal import Booking
from metatron.apps.campaigns.money.moves import Mode, Move, told_as
from metatron.apps.campaigns.rules.tenant_settings import read_settings
from metatron.apps.campaigns.tables import Campaign, Commitment
from metatron.kernel.context import Context
from metatron.platform.ledger import interface as ledger

_OWN = (Kind.COMMITMENT_ESCROW, Kind.COMMITMENT_REFUND_DUE, Kind.COMMITMENT_HOLD)
_UNRESOLVED = ledger.TransferFlags.PENDING | ledger.TransferFlags.VOID_PENDING_TRANSFER


async def told_moves(
    session: AsyncSession, context: Context, campaign: Campaign, commitment: Commitment
) -> tuple[list[ledger.Transfer], list[dict[str, Any]]]:
    """Return every move of the commitment's money, oldest first: as booked, and as told."""
    settings = await read_settings(session, context)
    chart = books.chart_of(campaign, settings.provider)
    filters = [
        ledger.AccountFilter(account_id=chart.commitment(kind, campaign.id, commitment.id).id)
        for kind in _OWN
    ]
    found: dict[Any, ledger.Transfer] = {}
    for transfers in await ledger.account_transfers(session, context, filters=filters):
        found.update({transfer.id: transfer for transfer in transfers})
    booked = sorted(found.values(), key=lambda each: each.timestamp)
    return booked, [told_move(transfer) for transfer in booked]


def amounts_of(
    chart: Chart, commitment: Commitment, transfers: Sequence[ledger.Transfer]
) -> dict[str, int] | None:
    """Return where every minor unit taken into escrow is now; None before anything was taken.

    Read from the posted transfers alone, so that it is what the books say at the same instant.
    """
    escrow, due, hold = (
        chart.commitment(kind, commitment.campaign_id, commitment.id).id for kind in _OWN
    )
    sums = dict.fromkeys(("captured", "escrow", "due", "hold", "gone", "released", "lost"), 0)
    names = {escrow: "escrow", due: "due", hold: "hold"}
    for each in transfers:
        if each.flags & _UNRESOLVED:
            continue
        source, target = names.get(each.debit_account_id), names.get(each.credit_account_id)
        if source is None:
            # From the provider's side: taken in at first, or a refund that came back.
            source = "gone" if target == "due" else "captured"
            sums[source] += -each.amount if source == "gone" else each.amount
        else:
            sums[source] -= each.amount
        if target is None:
            left = {"escrow": "released", "due": "gone", "hold": "lost"}
            sums[left[source]] += each.amount
        else:
            sums[target] += each.amount
    if not sums["captured"]:
        return None
    return {
        "captured_minor": sums["captured"],
        "in_escrow_minor": sums["escrow"],
        "held_apart_minor": sums["hold"],
        "going_back_minor": sums["due"],
        "went_back_minor": sums["gone"],
        "released_minor": sums["released"],
        "lost_minor": sums["lost"],
    }


def told_move(transfer: ledger.Transfer) -> dict[str, Any]:
    """Return one transfer in the words stored with it."""
    return {
        "at": datetime.fromtimestamp(transfer.timestamp / 1_000_000_000, UTC),
        "kind": told_as(Move(transfer.code), _mode_of(transfer)),
        "amount_minor": transfer.amount,
        "why": transfer.why,
        "where_to": transfer.where_to,
        "trigger": transfer.triggered_by,
    }


def told_booking(booking: Booking, booked_at: int) -> dict[str, Any]:
    """Return one entry, booked at `booked_at` (nanoseconds since 1970), as `told_move` would."""
    return {
        "at": datetime.fromtimestamp(booked_at / 1_000_000_000, UTC),
        "kind": told_as(booking.move, booking.mode),
        "amount_minor": booking.amount,
        "why": booking.why,
        "where_to": booking.where_to,
        "trigger": booking.triggered_by,
    }


def _mode_of(transfer: ledger.Transfer) -> Mode:
    if transfer.flags & ledger.TransferFlags.PENDING:
        return "pending"
    if transfer.flags & ledger.TransferFlags.POST_PENDING_TRANSFER:
        return "post"
    if transfer.flags & ledger.TransferFlags.VOID_PENDING_TRANSFER:
        return "void"
    return "posted"

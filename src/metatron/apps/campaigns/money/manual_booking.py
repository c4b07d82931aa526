"""Which entry each kind of booking by hand is: money without an owner, and corrections."""

from dataclasses import replace
from datetime import datetime

from metatron.apps.campaigns.money.accounts import Account, Chart
from metatron.apps.campaigns.money.charges import entry, org_escrow
from metatron.apps.campaigns.money.journal import Booking
from metatron.apps.campaigns.money.manual_tables import ManualEntry, ManualKind
from metatron.apps.campaigns.money.moves import Move

_MOVES: dict[ManualKind, Move] = {
    "suspense_in": Move.SUSPENSE_IN,
    "suspense_out": Move.SUSPENSE_OUT,
    "suspense_cleared": Move.SUSPENSE_CLEARED,
    "suspense_borne": Move.SUSPENSE_BORNE,
    "correction": Move.CORRECTION,
}


def sides(chart: Chart, kind: ManualKind) -> tuple[Account, Account]:
    """Return the accounts debited and credited.

    Money that came in: Dr provider escrow / Cr suspense; that went out: the other way round; a
    cleared one: Dr suspense / Cr bond; one the bond bears: Dr bond / Cr suspense. A correction
    takes the sides of what it takes back.
    """
    escrow, suspense = org_escrow(chart), chart.suspense()
    if kind == "suspense_in":
        return escrow, suspense
    if kind == "suspense_out":
        return suspense, escrow
    if kind == "suspense_borne":
        return chart.bond(), suspense
    return suspense, chart.bond()


def booking_of(made: ManualEntry, taken_back: ManualEntry | None, now: datetime) -> Booking:
    """Return the entry of a row; a correction reverses `taken_back`, in full."""
    chart = Chart(made.tenant_id, made.currency, made.provider)
    if taken_back is None:
        debit, credit = sides(chart, made.kind)
    else:
        credit, debit = sides(chart, taken_back.kind)
    booking = entry(
        made.id, _MOVES[made.kind], "posted", debit, credit, made.amount_minor,
        reference=made.reference, now=now,
    )  # fmt: skip
    return replace(booking, why=f"{booking.why} {made.reason}")

"""The journal entries of a campaign: who is debited, who credited, and what is said of it."""

from dataclasses import dataclass
from datetime import datetime
from enum import IntEnum
from typing import Literal
from uuid import UUID

from metatron.apps.campaigns.accounts import Account, Chart, Kind, derived_id
from metatron.apps.campaigns.tables import Campaign, Commitment
from metatron.apps.campaigns.wording import show_instant, texts
from metatron.kernel.ids import new_id


class Move(IntEnum):
    """Codes of transfers in the ledger."""

    OPEN_UNITS = 1
    COMMIT_UNITS = 2
    FREE_UNITS = 3
    CAPTURE = 11
    MADE_AVAILABLE = 12
    REFUND_DECIDED = 21
    REFUND = 22
    RELEASED = 31
    MARGIN = 32
    PAYOUT = 33
    PAYOUT_RETURNED = 34


Mode = Literal["posted", "pending", "post", "void"]
TOLD_AS: dict[tuple[Move, Mode], str] = {
    (Move.CAPTURE, "pending"): "capture_instructed",
    (Move.CAPTURE, "post"): "capture_confirmed",
    (Move.CAPTURE, "void"): "capture_refused",
    (Move.REFUND, "pending"): "refund_instructed",
    (Move.REFUND, "post"): "refund_confirmed",
    (Move.REFUND, "void"): "refund_refused",
    (Move.PAYOUT, "pending"): "payout_instructed",
    (Move.PAYOUT, "post"): "payout_confirmed",
    (Move.PAYOUT, "void"): "payout_refused",
    (Move.COMMIT_UNITS, "void"): "free_units",
}


def told_as(move: Move, mode: Mode) -> str:
    """Return under which name a move's words stand in the catalogue, and its kind in the API."""
    return TOLD_AS.get((move, mode), move.name.lower())


@dataclass(frozen=True, slots=True)
class Booking:
    """One transfer to be booked; `amount` is minor units, or units of goods.

    `post` and `void` resolve the pending transfer `resolves`; they may not move more than it held.
    """

    id: UUID
    move: Move
    mode: Mode
    debit: Account
    credit: Account
    amount: int
    why: str
    where_to: str
    triggered_by: str
    resolves: UUID | None = None


class Journal:
    """Writes the entries of one campaign, with one cause behind them.

    Args:
        chart: names the accounts.
        campaign: whose entries they are.
        trigger: a name under `member.trigger` of the catalogue.
        now: the instant told as that of the cause.
    """

    def __init__(self, chart: Chart, campaign: Campaign, *, trigger: str, now: datetime) -> None:
        """Fix campaign, cause and instant."""
        self._chart, self._campaign = chart, campaign
        self._provider = texts("member.provider_name").get(chart.provider, chart.provider)
        at = show_instant(now, campaign.time_zone)
        self._trigger = texts("member.trigger")[trigger].format(at=at, provider=self._provider)

    def open_units(self, units: int) -> Booking:
        """Dr source / Cr open: the published cap, in units."""
        campaign_id = self._campaign.id
        source = self._chart.units_source(campaign_id)
        target = self._chart.units_open(campaign_id, capped=True)
        booking_id = derived_id(campaign_id, "open_units")
        return self._booking(booking_id, Move.OPEN_UNITS, "posted", source, target, units)

    def commit_units(self, commitment: Commitment, mode: Mode) -> Booking:
        """Dr open / Cr the commitment's units: set aside, then counted or let go."""
        first = derived_id(commitment.id, "units")
        debit = self._chart.units_open(
            self._campaign.id, capped=self._campaign.cap_units is not None
        )
        credit = self._of(Kind.COMMITMENT_UNITS, commitment)
        amount = commitment.units
        return self._resolvable(first, Move.COMMIT_UNITS, mode, debit, credit, amount, commitment)

    def free_units(self, commitment: Commitment) -> Booking:
        """Dr the commitment's units / Cr open: counted units are free again."""
        booking_id = derived_id(commitment.id, "free_units")
        debit = self._of(Kind.COMMITMENT_UNITS, commitment)
        credit = self._chart.units_open(
            self._campaign.id, capped=self._campaign.cap_units is not None
        )
        return self._booking(
            booking_id, Move.FREE_UNITS, "posted", debit, credit, commitment.units, commitment
        )

    def capture(self, commitment: Commitment, mode: Mode, amount_minor: int) -> Booking:
        """Dr provider clearing / Cr the commitment's escrow."""
        assert commitment.capture_transfer_id is not None
        first = commitment.capture_transfer_id
        debit = self._chart.clearing(self._campaign.id)
        credit = self._of(Kind.COMMITMENT_ESCROW, commitment)
        return self._resolvable(first, Move.CAPTURE, mode, debit, credit, amount_minor, commitment)

    def make_available(self, commitment: Commitment, amount_minor: int) -> Booking:
        """Dr provider escrow / Cr provider clearing."""
        assert commitment.capture_transfer_id is not None
        booking_id = derived_id(commitment.capture_transfer_id, "available")
        debit = self._chart.escrow(self._campaign.id)
        credit = self._chart.clearing(self._campaign.id)
        return self._booking(
            booking_id, Move.MADE_AVAILABLE, "posted", debit, credit, amount_minor, commitment
        )

    def decide_refund(self, commitment: Commitment, amount_minor: int) -> Booking:
        """Dr the commitment's escrow / Cr its refund due."""
        booking_id = derived_id(commitment.id, "refund_decided")
        debit = self._of(Kind.COMMITMENT_ESCROW, commitment)
        credit = self._of(Kind.COMMITMENT_REFUND_DUE, commitment)
        return self._booking(
            booking_id, Move.REFUND_DECIDED, "posted", debit, credit, amount_minor, commitment
        )

    def refund(self, commitment: Commitment, mode: Mode, amount_minor: int) -> Booking:
        """Dr the commitment's refund due / Cr provider escrow."""
        assert commitment.refund_transfer_id is not None
        first = commitment.refund_transfer_id
        debit = self._of(Kind.COMMITMENT_REFUND_DUE, commitment)
        credit = self._chart.escrow(self._campaign.id)
        return self._resolvable(first, Move.REFUND, mode, debit, credit, amount_minor, commitment)

    def release(self, commitment: Commitment, amount_minor: int) -> Booking:
        """Dr the commitment's escrow / Cr due to the supplier."""
        booking_id = derived_id(commitment.id, "released")
        debit = self._of(Kind.COMMITMENT_ESCROW, commitment)
        credit = self._chart.payable(self._campaign.id)
        return self._booking(
            booking_id, Move.RELEASED, "posted", debit, credit, amount_minor, commitment
        )

    def margin(self, amount_minor: int) -> Booking:
        """Dr due to the supplier / Cr the organisation's income."""
        debit, credit = (
            self._chart.payable(self._campaign.id),
            self._chart.margin(self._campaign.id),
        )
        return self._booking(new_id(), Move.MARGIN, "posted", debit, credit, amount_minor)

    def payout(self, transfer_id: UUID, mode: Mode, amount_minor: int) -> Booking:
        """Dr due to the supplier / Cr provider escrow."""
        debit, credit = (
            self._chart.payable(self._campaign.id),
            self._chart.escrow(self._campaign.id),
        )
        return self._resolvable(transfer_id, Move.PAYOUT, mode, debit, credit, amount_minor)

    def payout_returned(self, transfer_id: UUID, amount_minor: int) -> Booking:
        """Dr provider escrow / Cr due to the supplier: a payment came back."""
        booking_id = derived_id(transfer_id, "returned")
        debit, credit = (
            self._chart.escrow(self._campaign.id),
            self._chart.payable(self._campaign.id),
        )
        return self._booking(
            booking_id, Move.PAYOUT_RETURNED, "posted", debit, credit, amount_minor
        )

    def _of(self, kind: Kind, commitment: Commitment) -> Account:
        return self._chart.commitment(kind, self._campaign.id, commitment.id)

    def _resolvable(  # noqa: PLR0917 - an entry's parts, in the journal's own sequence
        self,
        pending_id: UUID,
        move: Move,
        mode: Mode,
        debit: Account,
        credit: Account,
        amount: int,
        commitment: Commitment | None = None,
    ) -> Booking:
        resolves = None if mode == "pending" else pending_id
        booking_id = pending_id if resolves is None else derived_id(pending_id, mode)
        return self._booking(booking_id, move, mode, debit, credit, amount, commitment, resolves)

    def _booking(  # noqa: PLR0917 - the same
        self,
        booking_id: UUID,
        move: Move,
        mode: Mode,
        debit: Account,
        credit: Account,
        amount: int,
        commitment: Commitment | None = None,
        resolves: UUID | None = None,
    ) -> Booking:
        words = texts(f"member.move.{told_as(move, mode)}")
        cause = texts("member.cause").get(commitment.refund_reason or "") if commitment else None
        places = {
            "provider": self._provider,
            "campaign": self._campaign.reference,
            "reference": commitment.reference if commitment else "",
            "units": commitment.units if commitment else self._campaign.cap_units,
            "cause": cause or "",
        }
        return Booking(
            booking_id, move, mode, debit, credit, amount,
            why=words["why"].format(**places),
            where_to=words["where_to"].format(**places),
            triggered_by=self._trigger,
            resolves=resolves,
        )  # fmt: skip

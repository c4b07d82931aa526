"""The journal entries of a campaign: who is debited, who credited, and what is said of it."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from metatron.apps.campaigns.money.accounts import Account, Chart, Kind, derived_id
from metatron.apps.campaigns.money.moves import Mode, Move, told_as
from metatron.apps.campaigns.tables import Campaign, Commitment, Refund
from metatron.apps.campaigns.wording import show_instant, show_units, texts
from metatron.kernel.ids import new_id


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


def cause_of(refund: Refund) -> str:
    """Return in plain words why a refund was decided; a part's own reason goes first."""
    if refund.whole and refund.trigger != "manual":
        return texts("member.cause").get(refund.reason_code, "")
    return refund.reason or texts("member.part_cause")[refund.reason_code]


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
        self.chart, self.campaign, self._named = chart, campaign, trigger
        self._words: dict[tuple[Move, Mode], dict[str, str]] = {}
        self._provider = texts("member.provider_name").get(chart.provider, chart.provider)
        at = show_instant(now, campaign.time_zone)
        self._trigger = texts("member.trigger")[trigger].format(at=at, provider=self._provider)

    def open_units(self, units: int) -> Booking:
        """Dr source / Cr open: the published cap, in units."""
        campaign_id = self.campaign.id
        source = self.chart.units_source(campaign_id)
        target = self.chart.units_open(campaign_id, capped=True)
        booking_id = derived_id(campaign_id, "open_units")
        return self.entry(booking_id, Move.OPEN_UNITS, "posted", source, target, units)

    def commit_units(self, commitment: Commitment, mode: Mode) -> Booking:
        """Dr open / Cr the commitment's units: set aside, then counted or let go."""
        first = derived_id(commitment.id, "units")
        debit = self.chart.units_open(self.campaign.id, capped=self.campaign.cap_units is not None)
        credit = self.own(Kind.COMMITMENT_UNITS, commitment)
        amount = commitment.units
        return self.two_phase(first, Move.COMMIT_UNITS, mode, debit, credit, amount, commitment)

    def free_units(self, commitment: Commitment) -> Booking:
        """Dr the commitment's units / Cr open: counted units are free again."""
        booking_id = derived_id(commitment.id, "free_units")
        debit = self.own(Kind.COMMITMENT_UNITS, commitment)
        credit = self.chart.units_open(self.campaign.id, capped=self.campaign.cap_units is not None)
        return self.entry(
            booking_id, Move.FREE_UNITS, "posted", debit, credit, commitment.units, commitment
        )

    def capture(self, commitment: Commitment, mode: Mode, amount_minor: int) -> Booking:
        """Dr provider clearing / Cr the commitment's escrow."""
        assert commitment.capture_transfer_id is not None
        first = commitment.capture_transfer_id
        debit = self.chart.clearing(self.campaign.id)
        credit = self.own(Kind.COMMITMENT_ESCROW, commitment)
        return self.two_phase(first, Move.CAPTURE, mode, debit, credit, amount_minor, commitment)

    def make_available(self, commitment: Commitment, amount_minor: int) -> Booking:
        """Dr provider escrow / Cr provider clearing."""
        assert commitment.capture_transfer_id is not None
        booking_id = derived_id(commitment.capture_transfer_id, "available")
        debit = self.chart.escrow(self.campaign.id)
        credit = self.chart.clearing(self.campaign.id)
        return self.entry(
            booking_id, Move.MADE_AVAILABLE, "posted", debit, credit, amount_minor, commitment
        )

    def decide_refund(self, commitment: Commitment, refund: Refund) -> Booking:
        """Dr the commitment's escrow / Cr its refund due."""
        booking_id = derived_id(refund.id, "decided")
        debit = self.own(Kind.COMMITMENT_ESCROW, commitment)
        credit = self.own(Kind.COMMITMENT_REFUND_DUE, commitment)
        move = Move.REFUND_DECIDED if refund.whole else Move.PART_DECIDED
        return self.entry(
            booking_id, move, "posted", debit, credit, refund.amount_minor, commitment,
            cause=cause_of(refund),
        )  # fmt: skip

    def refund(self, commitment: Commitment, refund: Refund, mode: Mode) -> Booking:
        """Dr the commitment's refund due / Cr provider escrow."""
        assert refund.transfer_id is not None
        debit = self.own(Kind.COMMITMENT_REFUND_DUE, commitment)
        credit = self.chart.escrow(self.campaign.id)
        move = Move.REFUND if refund.whole else Move.PART
        return self.two_phase(
            refund.transfer_id, move, mode, debit, credit, refund.amount_minor, commitment
        )

    def refund_came_back(self, commitment: Commitment, refund: Refund) -> Booking:
        """Dr provider escrow / Cr the commitment's refund due: it is due to the member again."""
        assert refund.transfer_id is not None
        booking_id = derived_id(refund.transfer_id, "came_back")
        debit = self.chart.escrow(self.campaign.id)
        credit = self.own(Kind.COMMITMENT_REFUND_DUE, commitment)
        return self.entry(
            booking_id, Move.REFUND_CAME_BACK, "posted", debit, credit, refund.amount_minor,
            commitment,
        )  # fmt: skip

    def release(self, commitment: Commitment, amount_minor: int) -> Booking:
        """Dr the commitment's escrow / Cr due to the supplier."""
        booking_id = derived_id(commitment.id, "released")
        debit = self.own(Kind.COMMITMENT_ESCROW, commitment)
        credit = self.chart.payable(self.campaign.id)
        return self.entry(
            booking_id, Move.RELEASED, "posted", debit, credit, amount_minor, commitment
        )

    def release_share(self, commitment: Commitment, share_id: UUID, amount_minor: int) -> Booking:
        """Dr the commitment's escrow / Cr due to the supplier: the share of one milestone."""
        booking_id = derived_id(commitment.id, f"share:{share_id}")
        debit = self.own(Kind.COMMITMENT_ESCROW, commitment)
        credit = self.chart.payable(self.campaign.id)
        return self.entry(
            booking_id, Move.SHARE_RELEASED, "posted", debit, credit, amount_minor, commitment
        )

    def margin(self, amount_minor: int) -> Booking:
        """Dr due to the supplier / Cr the organisation's income."""
        debit, credit = (
            self.chart.payable(self.campaign.id),
            self.chart.margin(self.campaign.id),
        )
        return self.entry(new_id(), Move.MARGIN, "posted", debit, credit, amount_minor)

    def fee(self, amount_minor: int) -> Booking:
        """Dr due to the supplier / Cr fee income."""
        debit = self.chart.payable(self.campaign.id)
        credit = self.chart.of_campaign(Kind.FEE_INCOME, self.campaign.id)
        return self.entry(new_id(), Move.FEE, "posted", debit, credit, amount_minor)

    def tax(self, amount_minor: int) -> Booking:
        """Dr due to the supplier / Cr tax payable."""
        debit = self.chart.payable(self.campaign.id)
        credit = self.chart.of_campaign(Kind.TAX_PAYABLE, self.campaign.id)
        return self.entry(new_id(), Move.TAX, "posted", debit, credit, amount_minor)

    def payout(self, transfer_id: UUID, mode: Mode, amount_minor: int) -> Booking:
        """Dr due to the supplier / Cr provider escrow."""
        debit, credit = (
            self.chart.payable(self.campaign.id),
            self.chart.escrow(self.campaign.id),
        )
        return self.two_phase(transfer_id, Move.PAYOUT, mode, debit, credit, amount_minor)

    def payout_returned(self, transfer_id: UUID, amount_minor: int) -> Booking:
        """Dr provider escrow / Cr due to the supplier: a payment came back."""
        booking_id = derived_id(transfer_id, "returned")
        debit, credit = (
            self.chart.escrow(self.campaign.id),
            self.chart.payable(self.campaign.id),
        )
        return self.entry(booking_id, Move.PAYOUT_RETURNED, "posted", debit, credit, amount_minor)

    def own(self, kind: Kind, commitment: Commitment) -> Account:
        """Return one of the commitment's own accounts."""
        return self.chart.commitment(kind, self.campaign.id, commitment.id)

    def two_phase(  # noqa: PLR0917 - an entry's parts, in the journal's own sequence
        self,
        pending_id: UUID,
        move: Move,
        mode: Mode,
        debit: Account,
        credit: Account,
        amount: int,
        commitment: Commitment | None = None,
    ) -> Booking:
        """Return the pending entry `pending_id`, or the one that posts or voids it."""
        resolves = None if mode in {"pending", "posted"} else pending_id
        booking_id = pending_id if resolves is None else derived_id(pending_id, mode)
        return self.entry(booking_id, move, mode, debit, credit, amount, commitment, resolves)

    def entry(  # noqa: PLR0917 - the same
        self,
        booking_id: UUID,
        move: Move,
        mode: Mode,
        debit: Account,
        credit: Account,
        amount: int,
        commitment: Commitment | None = None,
        resolves: UUID | None = None,
        cause: str = "",
    ) -> Booking:
        """Return one entry, with its words from `member.move.<name>` of the catalogue."""
        words = self._words_of(move, mode)
        places = {
            "provider": self._provider,
            "campaign": self.campaign.reference,
            "reference": commitment.reference if commitment else "",
            "units": show_units(commitment.units if commitment else self.campaign.cap_units),
            "cause": cause,
        }
        return Booking(
            booking_id, move, mode, debit, credit, amount,
            why=words["why"].format(**places),
            where_to=words["where_to"].format(**places),
            triggered_by=self._trigger,
            resolves=resolves,
        )  # fmt: skip

    def _words_of(self, move: Move, mode: Mode) -> dict[str, str]:
        found = self._words.get((move, mode))
        if found is None:
            name = self._reserved(move, mode) or told_as(move, mode)
            found = self._words[move, mode] = texts(f"member.move.{name}")
        return found

    def _reserved(self, move: Move, mode: Mode) -> str | None:
        """Return the name of the words of an amount that is reserved, not taken."""
        if move != Move.CAPTURE or self.campaign.funding_mode != "auth_hold":
            return None
        if mode == "void" and self._named != "refusal":
            return "authorise_ended"
        return "authorise_instructed" if mode == "pending" else None

"""Entries of what was done at the provider outside the platform; posted at once."""

from uuid import UUID

from metatron.apps.campaigns.money.accounts import Kind, derived_id
from metatron.apps.campaigns.money.journal import Booking, Journal, Move
from metatron.apps.campaigns.tables import Commitment


def decided_outside(
    journal: Journal, commitment: Commitment, action_id: UUID, amount_minor: int
) -> Booking:
    """Dr the commitment's escrow / Cr its refund due: somebody decided so at the provider."""
    debit = journal.own(Kind.COMMITMENT_ESCROW, commitment)
    credit = journal.own(Kind.COMMITMENT_REFUND_DUE, commitment)
    booking_id = derived_id(action_id, "decided")
    return journal.entry(
        booking_id, Move.OUTSIDE_DECIDED, "posted", debit, credit, amount_minor, commitment
    )


def refunded_outside(
    journal: Journal, commitment: Commitment, transfer_id: UUID, amount_minor: int
) -> Booking:
    """Dr the commitment's refund due / Cr provider escrow: the money has gone back already."""
    debit = journal.own(Kind.COMMITMENT_REFUND_DUE, commitment)
    credit = journal.chart.escrow(journal.campaign.id)
    return journal.entry(
        transfer_id, Move.OUTSIDE_REFUND, "posted", debit, credit, amount_minor, commitment
    )

"""Entries of what was done at the provider by others, and of card disputes; posted at once."""

from uuid import UUID

from metatron.apps.campaigns.care.tables import CardDispute
from metatron.apps.campaigns.money.accounts import Account, Kind, derived_id
from metatron.apps.campaigns.money.journal import Booking, Journal
from metatron.apps.campaigns.money.moves import Move
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


def dispute_opened(journal: Journal, commitment: Commitment, dispute: CardDispute) -> list[Booking]:
    """Dr dispute receivable / Cr provider escrow, and before the release Dr escrow / Cr hold.

    After the release the campaign's escrow is gone: clearing shows what the provider took instead,
    so that no other commitment's money is touched.
    """
    taken = journal.entry(
        derived_id(dispute.id, "taken"), Move.DISPUTE_TAKEN, "posted",
        journal.chart.dispute_receivable(journal.campaign.id, commitment.id),
        _provider_side(journal, dispute), dispute.amount_minor, commitment,
    )  # fmt: skip
    if not dispute.is_before_release:
        return [taken]
    held = journal.entry(
        derived_id(dispute.id, "held"), Move.DISPUTE_HELD, "posted",
        journal.own(Kind.COMMITMENT_ESCROW, commitment),
        journal.own(Kind.COMMITMENT_HOLD, commitment), dispute.amount_minor, commitment,
    )  # fmt: skip
    return [held, taken]


def dispute_won(journal: Journal, commitment: Commitment, dispute: CardDispute) -> list[Booking]:
    """Dr provider escrow / Cr dispute receivable, and before the release Dr hold / Cr escrow."""
    back = journal.entry(
        derived_id(dispute.id, "back"), Move.DISPUTE_BACK, "posted",
        _provider_side(journal, dispute),
        journal.chart.dispute_receivable(journal.campaign.id, commitment.id),
        dispute.amount_minor, commitment,
    )  # fmt: skip
    if not dispute.is_before_release:
        return [back]
    freed = journal.entry(
        derived_id(dispute.id, "freed"), Move.DISPUTE_FREED, "posted",
        journal.own(Kind.COMMITMENT_HOLD, commitment),
        journal.own(Kind.COMMITMENT_ESCROW, commitment), dispute.amount_minor, commitment,
    )  # fmt: skip
    return [back, freed]


def dispute_lost(journal: Journal, commitment: Commitment, dispute: CardDispute) -> list[Booking]:
    """Dr hold / Cr dispute receivable; after the release Dr clearing, which the loss then credits.

    With the loss that is recorded as a cost next (Dr loss / Cr clearing) it is Dr loss / Cr dispute
    receivable, and the bond bears it.
    """
    debit = (
        journal.own(Kind.COMMITMENT_HOLD, commitment)
        if dispute.is_before_release
        else _provider_side(journal, dispute)
    )
    return [
        journal.entry(
            derived_id(dispute.id, "lost"), Move.DISPUTE_LOST, "posted", debit,
            journal.chart.dispute_receivable(journal.campaign.id, commitment.id),
            dispute.amount_minor, commitment,
        )
    ]  # fmt: skip


def _provider_side(journal: Journal, dispute: CardDispute) -> Account:
    campaign_id = journal.campaign.id
    chart = journal.chart
    return chart.escrow(campaign_id) if dispute.is_before_release else chart.clearing(campaign_id)

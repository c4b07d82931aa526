"""What campaigns announce. Payloads hold ids and figures, never personal data."""

from datetime import date
from uuid import UUID

from metatron.kernel.events.event import Event


class CampaignMoved(Event):
    """A campaign took a step; `aggregate_id` is the campaign."""

    name = "campaigns.campaign_moved.v1"
    step: str
    from_state: str
    to_state: str
    ordinal: int


class ReviewStated(Event):
    """A role said what it makes of a submitted campaign; `aggregate_id` is the campaign."""

    name = "campaigns.review_stated.v1"
    role: str
    verdict: str
    constraints: list[str]


class SupplierVerificationStated(Event):
    """Somebody said who a supplier is found to be; `aggregate_id` is the supplier's user id."""

    name = "campaigns.supplier_verification_stated.v1"
    verdict: str
    valid_until: date | None


class CampaignEdited(Event):
    """Fields of a campaign changed."""

    name = "campaigns.campaign_edited.v1"
    fields: list[str]


class EditRefused(Event):
    """Somebody tried to change a locked field."""

    name = "campaigns.edit_refused.v1"
    field: str


class CommitmentMoved(Event):
    """A commitment took a step; `aggregate_id` is the commitment."""

    name = "campaigns.commitment_moved.v1"
    campaign_id: UUID
    step: str
    from_state: str
    to_state: str
    ordinal: int
    units: int
    amount_minor: int
    currency: str


class RefundMoved(Event):
    """A refund was instructed, confirmed or refused; `aggregate_id` is the commitment.

    Of whole refunds the instruction is announced by the commitment's own step.
    """

    name = "campaigns.refund_moved.v1"
    campaign_id: UUID
    refund_id: UUID
    state: str
    whole: bool
    amount_minor: int
    currency: str
    reason_code: str
    attempts: int


class PayoutMoved(Event):
    """The provider answered about a payment to the supplier; `aggregate_id` is the campaign."""

    name = "campaigns.payout_moved.v1"
    payout_id: UUID
    state: str
    amount_minor: int
    currency: str


class CoverageGapFound(Event):
    """The provider holds less than is held for others; `aggregate_id` is the campaign it blocks."""

    name = "campaigns.coverage_gap_found.v1"
    currency: str
    missing_minor: int


class CoverageRestored(Event):
    """The gap is covered; releases go on. `aggregate_id` is the campaign."""

    name = "campaigns.coverage_restored.v1"
    currency: str


class ProviderCharged(Event):
    """A fee of the provider or of a dispute was booked; `aggregate_id` is the campaign.

    For a fee of the organisation itself it is that fee's own id.
    """

    name = "campaigns.provider_charged.v1"
    kind: str
    amount_minor: int
    recharged_minor: int
    currency: str


class BondMoved(Event):
    """A payment into the bond was instructed, confirmed or refused; `aggregate_id` is it."""

    name = "campaigns.bond_moved.v1"
    state: str
    amount_minor: int
    currency: str


class ManualEntryBooked(Event):
    """Two people booked an entry by hand; `aggregate_id` is the entry and its transfer."""

    name = "campaigns.manual_entry_booked.v1"
    kind: str
    amount_minor: int
    currency: str
    about_id: UUID | None
    break_id: UUID | None
    charge_id: UUID | None = None
    approval_id: UUID


class PartyCommitted(Event):
    """Who runs or supplies a campaign, or works for it, committed; `aggregate_id` is what to."""

    name = "campaigns.party_committed.v1"
    campaign_id: UUID
    linked_as: str
    units: int
    amount_minor: int
    currency: str


class ProposalMoved(Event):
    """A supplier's proposal was asked for, or took a step; no price is told."""

    name = "campaigns.supplier_proposal_moved.v1"
    proposal_id: UUID
    state: str


class SupplierClaimMoved(Event):
    """A claim on a supplier was made, paid in part or whole, or written off; minor units."""

    name = "campaigns.supplier_claim_moved.v1"
    claim_id: UUID
    state: str
    amount_minor: int
    paid_minor: int
    written_off_minor: int
    currency: str


class SettingsChanged(Event):
    """The organisation changed its rules' settings; `aggregate_id` is the organisation."""

    name = "campaigns.settings_changed.v1"
    fields: list[str]
    halted: bool


class NoticeMoved(Event):
    """A notice was requested, given or refused; `aggregate_id` is the campaign."""

    name = "campaigns.notice_moved.v1"
    notice_id: UUID
    kind: str
    state: str


class NoticeAnswered(Event):
    """A member answered a notice; `aggregate_id` is the campaign."""

    name = "campaigns.notice_answered.v1"
    notice_id: UUID
    commitment_id: UUID
    answer: str


class BundleMade(Event):
    """Somebody took the audit bundle along; `aggregate_id` is the campaign."""

    name = "campaigns.audit_bundle_made.v1"
    files: list[str]


class ExportTaken(Event):
    """Somebody took a list of the campaign along as a file; `aggregate_id` is the campaign."""

    name = "campaigns.export_taken.v1"
    content: str
    form: str


class DisputeFileAdded(Event):
    """A file was kept as evidence against a card dispute; `aggregate_id` is the campaign."""

    name = "campaigns.dispute_file_added.v1"
    dispute_id: UUID
    sha256: str


class UpdatePublished(Event):
    """The organiser told the public something; `aggregate_id` is the campaign."""

    name = "campaigns.update_published.v1"
    update_id: UUID


class QuestionMoved(Event):
    """A question was asked, answered or hidden; `aggregate_id` is the campaign."""

    name = "campaigns.question_moved.v1"
    question_id: UUID
    state: str


class ExceptionOpened(Event):
    """Something went wrong and is on the register now; `aggregate_id` is the exception."""

    name = "campaigns.exception_opened.v1"
    campaign_id: UUID | None
    category: str
    severity: str
    cause: str


class ExceptionMoved(Event):
    """An exception was assigned, moved or given evidence; `aggregate_id` is the exception."""

    name = "campaigns.exception_moved.v1"
    step: str
    state: str
    severity: str


class ProviderActionMirrored(Event):
    """What was done at the provider stands in the books; `aggregate_id` is the commitment."""

    name = "campaigns.provider_action_mirrored.v1"
    campaign_id: UUID
    provider_action_id: UUID
    action: str
    amount_minor: int
    currency: str


class MessageMissed(Event):
    """A step's message could not be sent, for want of an address; `aggregate_id` is its subject."""

    name = "campaigns.message_missed.v1"
    campaign_id: UUID
    ordinal: int
    person_id: UUID


class CardDisputeMoved(Event):
    """A card dispute was opened, won or lost; `aggregate_id` is the commitment."""

    name = "campaigns.card_dispute_moved.v1"
    campaign_id: UUID
    dispute_id: UUID
    state: str
    amount_minor: int
    fee_minor: int
    currency: str
    is_before_release: bool


class DisputeRateReached(Event):
    """The rate of card disputes is at a mark; `aggregate_id` is the organisation."""

    name = "campaigns.dispute_rate_reached.v1"
    level: str
    disputes: int
    captures: int

"""What deliveries announce. Payloads hold ids and figures, never personal data."""

from uuid import UUID

from metatron.kernel.events.event import Event


class FulfilmentRecorded(Event):
    """A delivery's progress was recorded; `aggregate_id` is the campaign."""

    name = "campaigns.fulfilment_recorded.v1"
    kind: str
    units: int | None = None


class ManifestExported(Event):
    """A manifest left the system; `aggregate_id` is the campaign. Never its content."""

    name = "campaigns.manifest_exported.v1"
    strategy: str
    format: str
    rows: int
    has_personal_data: bool


class ReceiptConfirmed(Event):
    """A member has received their units; `aggregate_id` is the commitment."""

    name = "campaigns.receipt_confirmed.v1"
    campaign_id: UUID


class DeliveryAddressChanged(Event):
    """A member's delivery address was changed or erased; `aggregate_id` is the commitment."""

    name = "campaigns.delivery_address_changed.v1"
    campaign_id: UUID
    is_erased: bool


class ConsolidationPointChanged(Event):
    """A consolidation point was added, edited or archived; `aggregate_id` is the point."""

    name = "campaigns.consolidation_point_changed.v1"
    fields: list[str]
    is_archived: bool


class ProductChanged(Event):
    """A product was added, edited or archived; `aggregate_id` is the product."""

    name = "campaigns.product_changed.v1"
    fields: list[str]
    is_archived: bool


class MilestoneMoved(Event):
    """A milestone changed its state; `aggregate_id` is the campaign."""

    name = "campaigns.milestone_moved.v1"
    milestone_id: UUID
    state: str
    share_bp: int
    released_minor: int | None


class EvidenceAdded(Event):
    """A file was given as evidence; `aggregate_id` is the campaign."""

    name = "campaigns.evidence_added.v1"
    evidence_id: UUID
    milestone_id: UUID | None
    issue_id: UUID | None
    sha256: str


class IssueAnswered(Event):
    """The supplier gave its side of an issue; `aggregate_id` is the campaign."""

    name = "campaigns.issue_answered.v1"
    issue_id: UUID
    commitment_id: UUID


class IssueOpened(Event):
    """A member reported an issue; `aggregate_id` is the campaign."""

    name = "campaigns.issue_opened.v1"
    issue_id: UUID
    commitment_id: UUID
    category: str


class IssueDecided(Event):
    """An issue was resolved; `aggregate_id` is the campaign."""

    name = "campaigns.issue_decided.v1"
    issue_id: UUID
    commitment_id: UUID
    outcome: str

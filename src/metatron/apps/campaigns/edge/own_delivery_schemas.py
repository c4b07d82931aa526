"""Answers about a member's own delivery and its milestones. Amounts are minor units."""

from datetime import datetime
from uuid import UUID

from pydantic import BaseModel

from metatron.apps.campaigns.edge.answers import FulfilmentAnswer, PointAnswer


class AddressAnswer(BaseModel):
    """Where a member's units go. `country` is an ISO 3166 code of two letters."""

    recipient: str
    street: str
    postal_code: str
    city: str
    country: str


class OwnDeliveryAnswer(BaseModel):
    """Where one's own units go, how far the delivery is, and what one may do about it now."""

    delivery_strategy: str | None
    address: AddressAnswer | None
    consolidation_point: PointAnswer | None
    can_change: bool
    can_erase: bool
    can_confirm: bool
    received_at: datetime | None
    events: list[FulfilmentAnswer]


class ShownEvidence(BaseModel):
    """What was given as evidence, by its name; the file itself stays with the organisation."""

    name: str
    media_type: str
    sha256: str
    note: str | None
    taken_at: datetime | None
    added_at: datetime


class OwnMilestone(BaseModel):
    """A published share, how far it is, and how much of one's own commitment it released."""

    sequence: int
    title: str
    share_bp: int
    due_at: datetime
    auto_approve_hours: int | None
    is_upfront: bool
    is_last: bool
    state: str
    evidence_at: datetime | None
    decided_at: datetime | None
    reason: str | None
    own_released_minor: int | None
    evidence: list[ShownEvidence]


class OwnMilestonesAnswer(BaseModel):
    """The shares of one's own commitment; none where all is released after the inspection."""

    items: list[OwnMilestone]
    currency: str


class ToldIssue(BaseModel):
    """A reported issue as its member and its supplier read it. Amounts are minor units."""

    id: UUID
    category: str
    text: str
    state: str
    outcome: str | None
    resolution: str | None
    refund_minor: int | None
    supplier_answer: str | None
    supplier_answered_at: datetime | None
    opened_at: datetime
    resolved_at: datetime | None


class OwnIssuesAnswer(BaseModel):
    """The issues of one's own commitment, the newest first."""

    items: list[ToldIssue]
    currency: str
    can_report: bool
    """Whether one can be reported now: while the inspection runs and none is open."""


class SuppliedIssue(ToldIssue):
    """An issue of a campaign one supplies."""

    commitment_reference: str
    currency: str
    units: int


class SuppliedIssuesAnswer(BaseModel):
    """The issues of a campaign one supplies, open ones first."""

    items: list[SuppliedIssue]

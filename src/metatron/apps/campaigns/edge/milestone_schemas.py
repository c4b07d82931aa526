"""Bodies and answers of milestones, evidence and the inspection. Amounts are minor units."""

from datetime import datetime
from uuid import UUID

from pydantic import BaseModel

from metatron.apps.campaigns.edge.schemas import Body, Instant, Note


class EvidenceBody(Body):
    """An uploaded file of the purpose `campaign_evidence`."""

    file_id: UUID
    note: Note | None = None
    taken_at: Instant | None = None


class ReasonGivenBody(Body):
    """Why; needed."""

    reason: Note


class InspectionBody(Body):
    """Until when members inspect, and why longer."""

    until: Instant
    reason: Note


class IssueAnswerBody(Body):
    """The supplier's side of an issue."""

    answer: Note


class EvidenceAnswer(BaseModel):
    """A file given as evidence."""

    id: UUID
    file_id: UUID
    name: str
    media_type: str
    sha256: str
    note: str | None
    taken_at: datetime | None
    added_at: datetime


class MilestoneAnswer(BaseModel):
    """A published share of a campaign and how far it is."""

    id: UUID
    campaign_id: UUID
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
    released_minor: int | None
    version: int


class MilestoneShown(MilestoneAnswer):
    """A milestone with its evidence."""

    evidence: list[EvidenceAnswer]


class MilestoneListAnswer(BaseModel):
    """A campaign's milestones in their sequence."""

    items: list[MilestoneShown]


class EvidenceListAnswer(BaseModel):
    """What was given as evidence of an issue."""

    items: list[EvidenceAnswer]

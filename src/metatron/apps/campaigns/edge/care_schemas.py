"""Bodies and answers of the exceptions register and of what was done at the provider."""

from datetime import datetime
from typing import Literal
from uuid import UUID

from pydantic import BaseModel

from metatron.apps.campaigns.care.exception_steps import (
    Category,
    EvidenceKind,
    Severity,
    StepName,
)
from metatron.apps.campaigns.edge.schemas import Body, Line, Note


class ExceptionBody(Body):
    """Something that went wrong."""

    category: Category
    severity: Severity
    title: Line
    detail: Note
    campaign_id: UUID | None = None
    commitment_id: UUID | None = None


class AssignmentBody(Body):
    """Who is to look after it: a person's user id."""

    assigned_to: UUID


class ExceptionMoveBody(Body):
    """The next step; a resolution needs its note, triage may set the severity."""

    step: StepName
    note: Note | None = None
    severity: Severity | None = None


class EvidenceBody(Body):
    """A pointer to evidence: an uploaded file, or the id of a record."""

    kind: EvidenceKind
    pointer: UUID
    note: Line


class ExceptionShown(BaseModel):
    """An exception on the register."""

    id: UUID
    category: str
    severity: str
    state: str
    title: str
    detail: str
    cause: str
    campaign_id: UUID | None
    commitment_id: UUID | None
    assigned_to: UUID | None
    resolution: str | None
    opened_by: UUID | None
    opened_at: datetime
    closed_at: datetime | None
    version: int


class ExceptionEntryShown(BaseModel):
    """One line of an exception's history."""

    ordinal: int
    kind: str
    from_state: str | None
    to_state: str | None
    note: str | None
    subject_id: UUID | None
    actor_kind: str
    actor_id: UUID | None
    at: datetime


class EvidenceShown(BaseModel):
    """A pointer to evidence."""

    id: UUID
    kind: str
    pointer: UUID
    note: str
    added_by: UUID | None
    added_at: datetime


class ExceptionStepShown(BaseModel):
    """A step that is possible now."""

    name: str
    target: str
    label: str
    guard: str


class ExceptionDetail(ExceptionShown):
    """An exception with its evidence, its history, and the steps that are possible."""

    campaign_title: str | None
    commitment_reference: str | None
    evidence: list[EvidenceShown]
    history: list[ExceptionEntryShown]
    steps: list[ExceptionStepShown]


class ProviderActionShown(BaseModel):
    """What was done at the provider without an instruction; amounts are minor units."""

    id: UUID
    provider: str
    action: str
    reference: str
    campaign_id: UUID | None
    campaign_reference: str | None
    campaign_title: str | None
    commitment_id: UUID | None
    commitment_reference: str | None
    amount_minor: int
    fee_minor: int
    currency: str
    state: str
    why: str | None
    occurred_at: datetime
    recorded_at: datetime
    resolved_at: datetime | None
    version: int


class DisputeRateShown(BaseModel):
    """Card disputes opened, and commitments captured, within the last `window_days`."""

    disputes: int
    captures: int
    window_days: int
    rate_basis_points: int | None
    level: Literal["normal", "warning", "critical"]


class CardDisputeShown(BaseModel):
    """A card dispute; amounts are minor units."""

    id: UUID
    campaign_id: UUID
    commitment_id: UUID
    provider: str
    reference: str
    amount_minor: int
    fee_minor: int
    currency: str
    is_before_release: bool
    state: str
    evidence_due_at: datetime | None
    evidence_state: str | None
    """None before any is handed in; created, submitted, refused, or unknown."""

    evidence_code: str | None
    opened_at: datetime
    closed_at: datetime | None
    version: int

"""What the routes answer."""

from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from pydantic import BaseModel


class Actor(BaseModel):
    """Who did it; `label` is null when the person is not known any more."""

    kind: str
    id: UUID | None
    label: str | None


class TimelineItem(BaseModel):
    """One event of a record's timeline."""

    id: UUID
    name: str
    occurred_at: datetime
    actor: Actor
    payload: dict[str, Any]


class TimelinePage(BaseModel):
    """A page of a timeline, newest first."""

    items: list[TimelineItem]
    next_cursor: str | None


class AuditItem(TimelineItem):
    """One entry of the audit log; `seal_sequence` is null until it is sealed."""

    tenant_id: UUID
    aggregate_id: UUID
    impersonator_id: UUID | None
    request_id: str
    recorded_at: datetime
    seal_sequence: int | None
    seal_hash: str | None


class AuditPage(BaseModel):
    """A page of the audit log, newest first."""

    items: list[AuditItem]
    next_cursor: str | None


class AttendedItem(AuditItem):
    """An entry as operators see it; a tenant that was deleted has no name any more."""

    tenant_name: str | None


class AttendedPage(BaseModel):
    """A page of one organisation's audit log, or of all, newest first."""

    items: list[AttendedItem]
    next_cursor: str | None


class SealStatus(BaseModel):
    """How far the log is sealed."""

    sealed: int
    head: str | None
    sealed_at: datetime | None
    checkpoint_count: int | None
    checkpoint_signed_at: datetime | None


class VerifyFinding(BaseModel):
    """One thing that does not fit; `sequence` counts seals from 1."""

    kind: str
    sequence: int | None
    event_id: UUID | None
    detail: str


class VerifyReport(BaseModel):
    """The outcome of walking one log; `unsealed` entries wait for the next second's seal."""

    tenant_id: UUID
    is_intact: bool
    sealed: int
    unsealed: int
    checkpoints: int
    findings: list[VerifyFinding]


class AuditKeyItem(BaseModel):
    """A public key; `began_at` is null where nobody noted when it began to sign."""

    kty: Literal["OKP"]
    crv: Literal["Ed25519"]
    alg: Literal["EdDSA"]
    use: Literal["sig"]
    kid: str
    x: str
    fingerprint: str
    began_at: datetime | None


class AuditKeys(BaseModel):
    """The keys that sign or have signed checkpoints, the newest first."""

    keys: list[AuditKeyItem]

"""Mapped classes of the exceptions register and of actions done outside."""

from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Mapped, mapped_column

from metatron.apps.campaigns.tables import SCHEMA
from metatron.kernel.database.mapping import Model, TenantRow


class ExceptionRow(Model, TenantRow):
    """Something that went wrong. `cause` names what it is about: one open exception for each."""

    __tablename__ = "exception"
    __table_args__ = SCHEMA

    category: Mapped[str]
    severity: Mapped[str]
    state: Mapped[str] = mapped_column(default="detected")
    title: Mapped[str]
    detail: Mapped[str]
    cause: Mapped[str]
    campaign_id: Mapped[UUID | None]
    commitment_id: Mapped[UUID | None]
    assigned_to: Mapped[UUID | None]
    resolution: Mapped[str | None]
    opened_by: Mapped[UUID | None]
    opened_at: Mapped[datetime]
    closed_at: Mapped[datetime | None]
    entry_count: Mapped[int] = mapped_column(default=0)
    version: Mapped[int] = mapped_column(default=1)


class ExceptionEntry(Model):
    """One line of an exception's history; never changed. `source_id` is the event it came from."""

    __tablename__ = "exception_entry"
    __table_args__ = SCHEMA

    tenant_id: Mapped[UUID] = mapped_column(primary_key=True)
    exception_id: Mapped[UUID] = mapped_column(primary_key=True)
    ordinal: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str]
    from_state: Mapped[str | None]
    to_state: Mapped[str | None]
    note: Mapped[str | None]
    subject_id: Mapped[UUID | None]
    """Of an assignment the person, of evidence its row."""
    source_id: Mapped[UUID | None]
    actor_kind: Mapped[str]
    actor_id: Mapped[UUID | None]
    at: Mapped[datetime]


class ExceptionEvidence(Model, TenantRow):
    """A pointer to what proves how an exception ended: a file, or the id of a record."""

    __tablename__ = "exception_evidence"
    __table_args__ = SCHEMA

    exception_id: Mapped[UUID]
    kind: Mapped[str]
    pointer: Mapped[UUID]
    note: Mapped[str]
    added_by: Mapped[UUID | None]
    added_at: Mapped[datetime]


class ProviderAction(Model, TenantRow):
    """What was done at the provider without an instruction of ours; amounts are minor units.

    `open` waits for the provider's answer to something of ours, `mirrored` stands in the books,
    `unmirrored` fits nothing and has an exception.
    """

    __tablename__ = "provider_action"
    __table_args__ = SCHEMA

    provider: Mapped[str]
    action: Mapped[str]
    reference: Mapped[str]
    campaign_id: Mapped[UUID | None]
    commitment_id: Mapped[UUID | None]
    amount_minor: Mapped[int]
    fee_minor: Mapped[int] = mapped_column(default=0)
    currency: Mapped[str]
    state: Mapped[str] = mapped_column(default="open")
    why: Mapped[str | None]
    occurred_at: Mapped[datetime]
    evidence_due_at: Mapped[datetime | None]
    recorded_at: Mapped[datetime]
    resolved_at: Mapped[datetime | None]
    version: Mapped[int] = mapped_column(default=1)


class DisputeFile(Model, TenantRow):
    """A file that speaks against a card dispute; never changed."""

    __tablename__ = "dispute_file"
    __table_args__ = SCHEMA

    campaign_id: Mapped[UUID]
    dispute_id: Mapped[UUID]
    file_id: Mapped[UUID]
    sha256: Mapped[str]
    media_type: Mapped[str]
    name: Mapped[str]
    note: Mapped[str | None]
    added_by: Mapped[UUID | None]
    added_at: Mapped[datetime]


class CardDispute(Model, TenantRow):
    """A card dispute; its id is that of the action at the provider. Amounts are minor units.

    `came_from` is the state the commitment was in when it began.
    """

    __tablename__ = "card_dispute"
    __table_args__ = SCHEMA

    campaign_id: Mapped[UUID]
    commitment_id: Mapped[UUID]
    provider: Mapped[str]
    reference: Mapped[str]
    amount_minor: Mapped[int]
    fee_minor: Mapped[int]
    currency: Mapped[str]
    is_before_release: Mapped[bool]
    came_from: Mapped[str]
    state: Mapped[str] = mapped_column(default="open")
    evidence_due_at: Mapped[datetime | None]
    evidence_state: Mapped[str | None]
    evidence_code: Mapped[str | None]
    opened_at: Mapped[datetime]
    closed_at: Mapped[datetime | None]
    version: Mapped[int] = mapped_column(default=1)

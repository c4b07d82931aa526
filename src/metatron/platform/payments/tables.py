"""Instructions to providers, their attempts, and the inbox of their webhooks."""

from datetime import datetime
from typing import Literal
from uuid import UUID

from sqlalchemy import LargeBinary, SmallInteger, String
from sqlalchemy.orm import Mapped, mapped_column

from metatron.kernel.database.mapping import Model, TenantRow

type InstructionState = Literal["created", "approved", "sent", "unknown", "confirmed", "failed"]

FINAL = frozenset({"confirmed", "failed"})
IN_FLIGHT = frozenset({"approved", "sent", "unknown"})
# The database holds the same pairs in payments.refuse_instruction_change().
TRANSITIONS: dict[str, frozenset[str]] = {
    "created": frozenset({"approved", "failed"}),
    "approved": frozenset({"sent", "confirmed", "failed"}),
    "sent": frozenset({"unknown", "confirmed", "failed"}),
    "unknown": frozenset({"sent", "confirmed", "failed"}),
    "confirmed": frozenset(),
    "failed": frozenset(),
}


class InstructionRow(TenantRow, Model):
    """One thing a provider is told to do; `id` is its idempotency key there."""

    __tablename__ = "instruction"
    __table_args__ = {"schema": "payments"}  # noqa: RUF012 - SQLAlchemy reads it from the class

    kind: Mapped[str] = mapped_column(String)
    target_kind: Mapped[str] = mapped_column(String)
    target_id: Mapped[UUID]
    amount_minor: Mapped[int]
    currency: Mapped[str] = mapped_column(String(3))
    ledger_transfer_id: Mapped[UUID]
    provider: Mapped[str] = mapped_column(String)
    payment_method: Mapped[str | None] = mapped_column(String)
    source_reference: Mapped[str | None] = mapped_column(String)
    destination: Mapped[str | None] = mapped_column(String)
    provider_reference: Mapped[str | None] = mapped_column(String)
    state: Mapped[str] = mapped_column(String)
    confirmed_amount_minor: Mapped[int | None]
    failure_code: Mapped[str | None] = mapped_column(String)
    attempts: Mapped[int] = mapped_column(SmallInteger, default=0)
    next_attempt_at: Mapped[datetime | None]
    version: Mapped[int] = mapped_column(default=1)
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]
    sent_at: Mapped[datetime | None]
    resolved_at: Mapped[datetime | None]
    returned_at: Mapped[datetime | None]
    capture_before: Mapped[datetime | None]


INSTRUCTION_CHANGES = (
    "provider_reference", "state", "confirmed_amount_minor", "failure_code", "attempts",
    "next_attempt_at", "version", "updated_at", "sent_at", "resolved_at", "returned_at",
    "capture_before",
)  # fmt: skip
"""What may change of an instruction."""


class AttemptRow(TenantRow, Model):
    """One call to the provider about an instruction; without an outcome the worker died."""

    __tablename__ = "instruction_attempt"
    __table_args__ = {"schema": "payments"}  # noqa: RUF012 - SQLAlchemy reads it from the class

    instruction_id: Mapped[UUID]
    number: Mapped[int] = mapped_column(SmallInteger)
    how: Mapped[str] = mapped_column(String)
    started_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    outcome: Mapped[str | None] = mapped_column(String)
    reason: Mapped[str | None] = mapped_column(String)


class WebhookRow(TenantRow, Model):
    """One verified message of a provider, kept as it came."""

    __tablename__ = "webhook_inbox"
    __table_args__ = {"schema": "payments"}  # noqa: RUF012 - SQLAlchemy reads it from the class

    provider: Mapped[str] = mapped_column(String)
    event_id: Mapped[str] = mapped_column(String)
    kind: Mapped[str] = mapped_column(String)
    raw: Mapped[bytes] = mapped_column(LargeBinary)
    signature_ok: Mapped[bool]
    state: Mapped[str] = mapped_column(String)
    attempts: Mapped[int] = mapped_column(SmallInteger, default=0)
    next_attempt_at: Mapped[datetime | None]
    received_at: Mapped[datetime]
    processed_at: Mapped[datetime | None]


WEBHOOK_CHANGES = ("state", "attempts", "next_attempt_at", "processed_at")
"""What changes of a message that is read."""

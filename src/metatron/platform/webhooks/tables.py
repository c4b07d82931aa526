"""Mapped classes of webhooks; the SQL of the migration has the constraints."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import LargeBinary
from sqlalchemy.dialects.postgresql import ARRAY, TEXT
from sqlalchemy.orm import Mapped, mapped_column

from metatron.kernel.database.mapping import Model, TenantRow

_SCHEMA = {"schema": "webhooks"}


class Endpoint(TenantRow, Model):
    """An address that is told of events; its secrets are sealed."""

    __tablename__ = "endpoint"
    __table_args__ = _SCHEMA

    url: Mapped[str]
    description: Mapped[str]
    events: Mapped[list[str]] = mapped_column(ARRAY(TEXT))
    is_on: Mapped[bool]
    off_reason: Mapped[str | None]
    told_at: Mapped[datetime | None]
    sealed_secret: Mapped[bytes] = mapped_column(LargeBinary)
    sealed_old_secret: Mapped[bytes | None] = mapped_column(LargeBinary)
    old_secret_until: Mapped[datetime | None]
    answerable_id: Mapped[UUID | None]
    failing_since: Mapped[datetime | None]
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]
    version: Mapped[int] = mapped_column(default=1)


class WebhookDelivery(TenantRow, Model):
    """One event for one endpoint: its id is the message's `webhook-id`, however often it is sent.

    A test has no event. Instants are of the real time.
    """

    __tablename__ = "delivery"
    __table_args__ = _SCHEMA

    endpoint_id: Mapped[UUID]
    event_id: Mapped[UUID | None]
    type: Mapped[str]
    state: Mapped[str] = mapped_column(default="queued")
    reason: Mapped[str | None]
    attempts: Mapped[int] = mapped_column(default=0)
    attempts_before: Mapped[int] = mapped_column(default=0)
    next_attempt_at: Mapped[datetime | None]
    created_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]


class Attempt(TenantRow, Model):
    """One try: the answer's status and its beginning, or why there was none."""

    __tablename__ = "attempt"
    __table_args__ = _SCHEMA

    delivery_id: Mapped[UUID]
    attempted_at: Mapped[datetime]
    duration_ms: Mapped[int]
    status: Mapped[int | None]
    error: Mapped[str | None]
    excerpt: Mapped[str | None]

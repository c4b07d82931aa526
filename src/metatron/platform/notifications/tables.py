"""Messages, their bodies, and the tries to deliver them."""

from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Mapped

from metatron.kernel.database.mapping import Model, TenantRow


class Message(TenantRow, Model):
    """That a mail was asked for, by whom and of which template; no personal data."""

    __tablename__ = "message"
    __table_args__ = {"schema": "notifications"}  # noqa: RUF012 - SQLAlchemy reads it

    recipient_id: Mapped[UUID | None]
    actor_id: Mapped[UUID | None]
    template: Mapped[str]
    template_version: Mapped[int]
    locale: Mapped[str]
    state: Mapped[str]
    created_at: Mapped[datetime]
    sent_at: Mapped[datetime | None]


class MessageBody(TenantRow, Model):
    """The personal data of the message with the same id."""

    __tablename__ = "message_body"
    __table_args__ = {"schema": "notifications"}  # noqa: RUF012 - SQLAlchemy reads it

    address: Mapped[str]
    subject: Mapped[str]
    text: Mapped[str | None]
    keeps_text: Mapped[bool]
    created_at: Mapped[datetime]


class DeliveryAttempt(TenantRow, Model):
    """One try: outcome is sent, deferred or refused. Server texts may hold an address: not kept."""

    __tablename__ = "delivery_attempt"
    __table_args__ = {"schema": "notifications"}  # noqa: RUF012 - SQLAlchemy reads it

    message_id: Mapped[UUID]
    attempted_at: Mapped[datetime]
    outcome: Mapped[str]
    smtp_code: Mapped[int | None]
    error: Mapped[str | None]

"""Mapped class of evidence handed in against disputes."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from metatron.kernel.database.mapping import Model, TenantRow


class DisputeEvidenceRow(TenantRow, Model):
    """What is told a provider against one dispute; its id is the idempotency key.

    created, submitted (taken by the provider), refused (for good), unknown (it is asked again).
    """

    __tablename__ = "dispute_evidence"
    __table_args__ = {"schema": "payments"}  # noqa: RUF012 - SQLAlchemy reads it from the class

    provider: Mapped[str] = mapped_column(String)
    reference: Mapped[str] = mapped_column(String)
    explanation: Mapped[str] = mapped_column(String)
    state: Mapped[str] = mapped_column(String, default="created")
    failure_code: Mapped[str | None] = mapped_column(String)
    attempts: Mapped[int] = mapped_column(default=0)
    requested_by: Mapped[UUID | None]
    created_at: Mapped[datetime]
    resolved_at: Mapped[datetime | None]
    version: Mapped[int] = mapped_column(default=1)

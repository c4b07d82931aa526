"""Requests for approval, and what an organisation wants approved."""

from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from sqlalchemy import LargeBinary, String
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.dialects.postgresql import UUID as PG_UUID
from sqlalchemy.orm import Mapped, mapped_column

from metatron.kernel.database.mapping import Model, TenantRow

type ApprovalState = Literal["requested", "approved", "rejected", "withdrawn", "expired", "refused"]
OPEN = "requested"


class ApprovalRow(TenantRow, Model):
    """One request; all but its outcome is fixed. The trigger of the migration holds that too."""

    __tablename__ = "approval"
    __table_args__ = {"schema": "approvals"}  # noqa: RUF012 - SQLAlchemy reads it from the class

    action: Mapped[str] = mapped_column(String)
    subject_kind: Mapped[str] = mapped_column(String)
    subject_id: Mapped[UUID]
    payload: Mapped[dict[str, Any]]
    payload_hash: Mapped[bytes] = mapped_column(LargeBinary)
    summary: Mapped[str] = mapped_column(String)
    amount_minor: Mapped[int | None]
    currency: Mapped[str | None] = mapped_column(String(3))
    reason: Mapped[str] = mapped_column(String)
    requested_by: Mapped[UUID | None]
    requested_by_kind: Mapped[str] = mapped_column(String)
    requester_ids: Mapped[list[UUID]] = mapped_column(ARRAY(PG_UUID(as_uuid=True)))
    party_ids: Mapped[list[UUID]] = mapped_column(ARRAY(PG_UUID(as_uuid=True)))
    requested_at: Mapped[datetime]
    state: Mapped[str] = mapped_column(String)
    agreed_by: Mapped[UUID | None]
    agreed_at: Mapped[datetime | None]
    agreed_reason: Mapped[str | None] = mapped_column(String)
    decided_by: Mapped[UUID | None]
    decided_at: Mapped[datetime | None]
    decision_reason: Mapped[str | None] = mapped_column(String)
    expires_at: Mapped[datetime]
    outcome: Mapped[dict[str, Any] | None]
    told_at: Mapped[datetime | None]
    version: Mapped[int] = mapped_column(default=1)


class SettingsRow(Model):
    """One organisation's rules: action -> {four_eyes, above_minor, currency}."""

    __tablename__ = "settings"
    __table_args__ = {"schema": "approvals"}  # noqa: RUF012 - SQLAlchemy reads it from the class

    tenant_id: Mapped[UUID] = mapped_column(primary_key=True)
    expires_after_seconds: Mapped[int]
    rules: Mapped[dict[str, Any]]
    version: Mapped[int] = mapped_column(default=1)
    changed_at: Mapped[datetime]
    changed_by: Mapped[UUID | None]

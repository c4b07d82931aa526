"""Mapped classes of milestones and their evidence."""

from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Mapped, mapped_column

from metatron.apps.campaigns.tables import SCHEMA
from metatron.kernel.database.mapping import Model, TenantRow


class Milestone(Model, TenantRow):
    """A published share: planned, evidence_in, rejected, approved, release_instructed, released."""

    __tablename__ = "milestone"
    __table_args__ = SCHEMA

    campaign_id: Mapped[UUID]
    sequence: Mapped[int]
    title: Mapped[str]
    share_bp: Mapped[int]
    due_at: Mapped[datetime]
    auto_approve_hours: Mapped[int | None]
    is_upfront: Mapped[bool]
    is_last: Mapped[bool]
    state: Mapped[str]
    evidence_at: Mapped[datetime | None]
    decided_by: Mapped[UUID | None]
    decided_at: Mapped[datetime | None]
    reason: Mapped[str | None]
    payout_id: Mapped[UUID | None]
    """Of a share released in several goes the last payment; each part names its own."""
    released_minor: Mapped[int | None]
    release_after: Mapped[UUID | None]
    share_carry_bp: Mapped[int] = mapped_column(default=0)
    version: Mapped[int] = mapped_column(default=1)


class Evidence(Model, TenantRow):
    """A file that proves something about a milestone or an issue; never changed."""

    __tablename__ = "evidence"
    __table_args__ = SCHEMA

    campaign_id: Mapped[UUID]
    milestone_id: Mapped[UUID | None]
    issue_id: Mapped[UUID | None]
    file_id: Mapped[UUID]
    sha256: Mapped[str]
    media_type: Mapped[str]
    name: Mapped[str]
    note: Mapped[str | None]
    taken_at: Mapped[datetime | None]
    uploaded_by: Mapped[UUID | None]
    added_at: Mapped[datetime]

"""Mapped classes of collections and segments; constraints stand in the migration."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import DateTime
from sqlalchemy.orm import Mapped, mapped_column

from metatron.kernel.database.mapping import Model, TenantRow

SCHEMA = {"schema": "amc"}
WAITING, RUNNING, PROVISIONAL = "waiting", "running", "provisional"
SETTLED, FAILED = "settled", "failed"
MAKER_GONE = "maker_gone"


class Collection(Model, TenantRow):
    """A workflow's version over clients and segments, from `from_on` up to `to_on`.

    `next_segment_at` is when the next one of a collection that continues begins.
    """

    __tablename__ = "collection"
    __table_args__ = SCHEMA

    name: Mapped[str]
    workflow_id: Mapped[UUID]
    workflow_version: Mapped[int]
    privacy: Mapped[str]
    unit: Mapped[str]
    week_starts_on: Mapped[int]
    from_on: Mapped[date]
    to_on: Mapped[date]
    continuing: Mapped[bool]
    time_zone: Mapped[str]
    lag_days: Mapped[int]
    next_segment_at: Mapped[datetime | None]
    paused_at: Mapped[datetime | None]
    pause_reason: Mapped[str | None]
    destination_ids: Mapped[list[Any]] = mapped_column(default=list)
    archived_at: Mapped[datetime | None]
    created_by: Mapped[UUID | None]
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]
    version: Mapped[int] = mapped_column(default=1)


class Segment(Model, TenantRow):
    """One client over one segment: the same for all collections that want to know it."""

    __tablename__ = "segment"
    __table_args__ = SCHEMA

    workflow_id: Mapped[UUID]
    workflow_version: Mapped[int]
    parameters_hash: Mapped[bytes]
    instance_id: Mapped[UUID]
    time_zone: Mapped[str]
    starts: Mapped[datetime] = mapped_column(DateTime(timezone=False))
    ends: Mapped[datetime] = mapped_column(DateTime(timezone=False))
    settles_at: Mapped[datetime]
    state: Mapped[str]
    tries: Mapped[int] = mapped_column(default=0)
    due_at: Mapped[datetime | None]
    run_id: Mapped[UUID | None]
    kept_run_id: Mapped[UUID | None]
    kept_provisional: Mapped[bool] = mapped_column(default=False)
    row_count: Mapped[int | None]
    problem: Mapped[str | None]
    version: Mapped[int] = mapped_column(default=1)

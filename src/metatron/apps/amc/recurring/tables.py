"""Mapped class of schedules; constraints stand in the migration."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Mapped, mapped_column

from metatron.kernel.database.mapping import Model, TenantRow

ACTIVE, PAUSED = "active", "paused"
TOO_MANY_FAILURES = "too_many_failures"
CONNECTION_ENDED = "connection_ended"
DRY_RUN_FAILED = "dry_run_failed"
"""AMC refused what it would have run: it rests before it has fired."""
MAKER_GONE = "maker_gone"
"""Whoever it runs for has left, or may not run queries on the client any more."""


class Schedule(Model, TenantRow):
    """Runs of a workflow on a client, again and again; `next_fire_at` is the tenant's clock."""

    __tablename__ = "schedule"
    __table_args__ = {"schema": "amc"}  # noqa: RUF012 - SQLAlchemy reads it from the class

    name: Mapped[str]
    workflow_id: Mapped[UUID]
    instance_id: Mapped[UUID]
    values: Mapped[dict[str, Any]]
    window_rule: Mapped[dict[str, Any]]
    rhythm: Mapped[dict[str, Any]]
    time_zone: Mapped[str]
    catch_up: Mapped[str]
    auto_pause_after: Mapped[int | None]
    state: Mapped[str] = mapped_column(default=ACTIVE)
    pause_reason: Mapped[str | None]
    next_fire_at: Mapped[datetime | None]
    failures_in_a_row: Mapped[int] = mapped_column(default=0)
    succeeded: Mapped[int] = mapped_column(default=0)
    failed: Mapped[int] = mapped_column(default=0)
    destination_ids: Mapped[list[Any]] = mapped_column(default=list)
    amc_export: Mapped[dict[str, Any] | None]
    created_by: Mapped[UUID | None]
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]
    version: Mapped[int] = mapped_column(default=1)

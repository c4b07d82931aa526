"""Mapped classes of runs and alerts; constraints stand in the migrations."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import DateTime
from sqlalchemy.orm import Mapped, mapped_column

from metatron.kernel.database.mapping import Model, TenantRow

SCHEMA = {"schema": "amc"}
OPEN = ("queued", "submitting", "pending", "running", "fetching")
AT_AMC = ("submitting", "pending", "running")
ENDED = ("succeeded", "failed", "cancelled")


class Run(Model, TenantRow):
    """One run of ours; `window_start` and `window_end` are wall clock of `time_zone`.

    `lease_id` and `leased_until` belong to who submits or fetches it just now.
    """

    __tablename__ = "run"
    __table_args__ = SCHEMA

    name: Mapped[str]
    instance_id: Mapped[UUID]
    workflow_id: Mapped[UUID | None]
    workflow_version: Mapped[int | None]
    sql: Mapped[str]
    parameters: Mapped[list[Any]]
    values: Mapped[dict[str, Any]]
    value_sources: Mapped[dict[str, Any]]
    window_rule: Mapped[dict[str, Any]]
    window_start: Mapped[datetime] = mapped_column(DateTime(timezone=False))
    window_end: Mapped[datetime] = mapped_column(DateTime(timezone=False))
    time_zone: Mapped[str]
    privacy: Mapped[str]
    extra_columns: Mapped[dict[str, Any]] = mapped_column(default=dict)
    dry_run: Mapped[bool]
    require_synthetic_data: Mapped[bool] = mapped_column(default=False)
    disable_aggregation_controls: Mapped[bool] = mapped_column(default=False)
    origin: Mapped[str]
    origin_id: Mapped[UUID | None]
    destination_ids: Mapped[list[Any]] = mapped_column(default=list)
    state: Mapped[str]
    state_reason: Mapped[str | None]
    problem: Mapped[dict[str, Any] | None]
    marker: Mapped[str]
    amc_execution_id: Mapped[str | None]
    attempts: Mapped[int] = mapped_column(default=0)
    next_at: Mapped[datetime | None]
    lease_id: Mapped[UUID | None]
    leased_until: Mapped[datetime | None]
    cancel_asked_at: Mapped[datetime | None]
    submitted_at: Mapped[datetime | None]
    finished_at: Mapped[datetime | None]
    expires_at: Mapped[datetime | None]
    columns: Mapped[list[Any] | None]
    row_count: Mapped[int | None]
    rows_scanned: Mapped[int | None]
    size_bytes: Mapped[int | None]
    sha256: Mapped[bytes | None]
    result_gone_at: Mapped[datetime | None]
    requested_by: Mapped[UUID | None]
    created_at: Mapped[datetime]
    version: Mapped[int] = mapped_column(default=1)


class Alert(Model, TenantRow):
    """A condition over a result, and whom to tell when it holds."""

    __tablename__ = "alert"
    __table_args__ = SCHEMA

    name: Mapped[str]
    workflow_id: Mapped[UUID | None]
    schedule_id: Mapped[UUID | None]
    condition: Mapped[dict[str, Any]]
    channels: Mapped[list[Any]]
    paused_at: Mapped[datetime | None]
    sealed_secret: Mapped[bytes]
    created_by: Mapped[UUID | None]
    created_at: Mapped[datetime]
    rests_since: Mapped[datetime | None]
    version: Mapped[int] = mapped_column(default=1)


class AlertAddress(Model, TenantRow):
    """An address of nobody here that was asked whether alerts may come to it, and what it said."""

    __tablename__ = "alert_address"
    __table_args__ = SCHEMA

    address: Mapped[str]
    token_hash: Mapped[bytes]
    sealed_token: Mapped[bytes]
    asked_by: Mapped[UUID | None]
    asked_at: Mapped[datetime]
    confirmed_at: Mapped[datetime | None]
    refused_at: Mapped[datetime | None]

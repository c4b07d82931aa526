"""Answers of schedules."""

from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from pydantic import BaseModel

from metatron.apps.amc.recurring.schemas import CatchUp
from metatron.apps.amc.runs.schemas import OfInstance, SpanAnswer


class PreviewAnswer(BaseModel):
    """The next ten instants, and what the first three runs would read."""

    firings: list[datetime]
    windows: list[SpanAnswer]


class OfWorkflow(BaseModel):
    """The workflow of a schedule."""

    id: UUID
    name: str


class NativeAnswer(BaseModel):
    """When Amazon would fire; `start_day` (Monday, ...) is only of a weekly one."""

    period: Literal["Daily", "Weekly"]
    start_day: str | None
    hour_utc: int


class ExportAnswer(NativeAnswer):
    """A schedule of Amazon's own that was made of this one: as it was `asked_at`."""

    state: Literal["asked", "kept", "failed", "leaving"]
    reason: str | None
    amc_schedule_id: str
    instance_id: UUID
    asked_at: datetime


class FitAnswer(BaseModel):
    """What Amazon's schedule would be, or why there is none that does the same."""

    native: NativeAnswer | None
    reason: str | None


class ScheduleAnswer(BaseModel):
    """A schedule."""

    id: UUID
    name: str
    workflow: OfWorkflow
    instance: OfInstance
    values: dict[str, Any]
    window: dict[str, Any]
    kind: dict[str, Any]
    time_zone: str
    catch_up: CatchUp
    auto_pause_after: int | None
    destination_ids: list[UUID]
    amc_export: ExportAnswer | None
    state: Literal["active", "paused"]
    pause_reason: str | None
    next_fire_at: datetime | None
    failures_in_a_row: int
    succeeded: int
    failed: int
    created_by: UUID | None
    created_at: datetime
    updated_at: datetime
    version: int


class FiringAnswer(BaseModel):
    """What became of one instant."""

    fire_at: datetime
    kind: Literal["regular", "extra"]
    outcome: Literal["run", "skipped", "refused"]
    reason: str | None
    run_id: UUID | None
    run_state: str | None
    fired_at: datetime

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

"""Answers of collections."""

from datetime import date, datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import BaseModel, Field

from metatron.apps.amc.collections.schemas import Unit
from metatron.apps.amc.runs.schemas import OfWorkflow

CollectionState = Literal["collecting", "paused", "complete", "failing"]
SegmentState = Literal["waiting", "running", "provisional", "settled", "failed"]


class NamedClient(BaseModel):
    """A client by its name."""

    id: UUID
    name: str


class SegmentsAnswer(BaseModel):
    """Which segments of time a collection has; `to` is the first day that is not wanted."""

    unit: Unit
    from_: Annotated[date, Field(alias="from")]
    to: date
    week_starts_on: int


class SegmentCounts(BaseModel):
    """Segments by state, each client's counted."""

    waiting: int
    running: int
    provisional: int
    settled: int
    failed: int
    total: int


class CollectionAnswer(BaseModel):
    """A collection. `failing`: some segments failed for good; the others go on all the same.

    `pause_reason` is null when somebody paused it.
    """

    id: UUID
    name: str
    workflow: OfWorkflow
    clients: list[NamedClient]
    segments: SegmentsAnswer
    continuing: bool
    time_zone: str
    destination_ids: list[UUID]
    state: CollectionState
    pause_reason: Literal["maker_gone"] | None
    counts: SegmentCounts
    created_by: UUID | None
    created_at: datetime
    version: int


class SegmentAnswer(BaseModel):
    """A segment of a client: half-open, wall clock of the collection's zone.

    `run_id` is the run asked for last; `rows` are of the run whose figures stand, null before
    there is one. `is_provisional` tells that these were collected before the data were complete,
    `beside_data` that its client is known to have no data of these days.
    """

    id: UUID
    instance: NamedClient
    start: str
    end: str
    state: SegmentState
    tries: int
    run_id: UUID | None
    rows: int | None
    is_provisional: bool
    beside_data: bool
    problem: str | None
    next_try_at: datetime | None
    settles_at: datetime
    version: int

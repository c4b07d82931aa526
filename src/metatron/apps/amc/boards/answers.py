"""Answers of boards. Numbers are JSON numbers; a percentage of change is in per cent."""

from datetime import datetime
from typing import Literal
from uuid import UUID

from pydantic import BaseModel

from metatron.apps.amc.boards.schemas import BoardMeasure, BoardTile
from metatron.apps.amc.collections.answers import NamedClient, SegmentState
from metatron.apps.amc.collections.schemas import Unit

Number = int | float | None


class OfCollection(BaseModel):
    """The collection of a board."""

    id: UUID
    name: str
    unit: Unit


class BoardAnswer(BaseModel):
    """A board; `snapshots` counts those that still can be opened."""

    id: UUID
    name: str
    collection: OfCollection
    measures: list[BoardMeasure]
    layout: list[BoardTile]
    snapshots: int
    created_by: UUID | None
    updated_at: datetime
    version: int


class Period(BaseModel):
    """Half-open, wall clock of the collection's zone."""

    start: str
    end: str


class ChangeShown(BaseModel):
    """`percent` has a value in per cent; `new`: there was nothing; `none`: nothing to compare."""

    kind: Literal["percent", "new", "none"]
    value: Number


class PointShown(Period):
    """What a measure came to in a part of the period."""

    value: Number
    provisional: bool


class SeriesPoint(PointShown):
    """The same over all clients, with the segments it is made of."""

    segment_ids: list[UUID]


class ClientFigure(BaseModel):
    """A measure for one client. `series` is given where clients cannot be added up, else null."""

    instance: NamedClient
    total: Number
    base: Number
    change: ChangeShown
    series: list[PointShown] | None


class MeasureFigures(BaseModel):
    """A measure over the period.

    Without a total: `reach` - people counted twice are not people; `rate` - a rate without its
    parts cannot be put together.
    """

    id: str
    total: Number
    base: Number
    reason: Literal["reach", "rate"] | None
    change: ChangeShown
    series: list[SeriesPoint]
    clients: list[ClientFigure]


class MissingSegment(BaseModel):
    """A segment of the period, or of the one it is compared with, that has no figures yet."""

    instance_id: UUID
    start: str
    end: str
    state: SegmentState


class FiguresAnswer(BaseModel):
    """All measures of a board over a period."""

    period: Period
    compared: Period | None
    measures: list[MeasureFigures]
    missing: list[MissingSegment]
    provisional: bool


class SnapshotAnswer(BaseModel):
    """A snapshot as its makers see it."""

    id: UUID
    name: str
    made_by: UUID | None
    made_at: datetime
    expires_at: datetime


class NewSnapshotAnswer(BaseModel):
    """A snapshot with its link: shown this once, and nowhere else."""

    id: UUID
    url: str
    token: str
    expires_at: datetime


class FrozenClient(BaseModel):
    """A client's figure without ids."""

    name: str
    total: Number
    base: Number
    change: ChangeShown
    series: list[PointShown] | None


class FrozenMeasure(BaseModel):
    """A measure's figures without ids, with what is needed to show them."""

    label: str
    kind: str
    format: str
    total: Number
    base: Number
    reason: Literal["reach", "rate"] | None
    change: ChangeShown
    series: list[PointShown]
    clients: list[FrozenClient]


class FrozenTile(BaseModel):
    """A place on the board: `measure` counts from 0 in `measures`."""

    measure: int
    chart: Literal["line", "bar", "card", "table"]
    width: int


class FrozenFigures(BaseModel):
    """Figures as they were."""

    period: Period
    compared: Period | None
    measures: list[FrozenMeasure]
    layout: list[FrozenTile]
    missing: int
    provisional: bool


class SharedSnapshotAnswer(BaseModel):
    """What a link shows to whoever has it."""

    title: str
    made_at: datetime
    expires_at: datetime
    figures: FrozenFigures

"""Bodies of collections."""

from datetime import date
from typing import Annotated, Literal, Self
from uuid import UUID

from pydantic import Field, StrictBool, StrictInt, model_validator

from metatron.apps.amc.edge import Body, Line
from metatron.apps.amc.runs.schemas import DestinationIds, Privacy, Values, Zone

Unit = Literal["day", "week", "month", "quarter", "once"]
MOST_CLIENTS = 100
Day = Annotated[date, Field(ge=date(2015, 1, 1), lt=date(2100, 1, 1))]
Clients = Annotated[tuple[UUID, ...], Field(min_length=1, max_length=MOST_CLIENTS)]


class SegmentsBody(Body):
    """Whole units of time from the one that holds `from` to the last that begins before `to`.

    Without `to` they end with the last unit that is over. `once` is one segment from `from` to
    `to`, whatever their days are.
    """

    unit: Unit
    from_: Annotated[Day, Field(alias="from")]
    to: Day | None = None
    week_starts_on: Annotated[StrictInt, Field(ge=1, le=7)] = 1

    @model_validator(mode="after")
    def _ends_after_its_start(self) -> Self:
        if self.to is not None and self.to <= self.from_:
            raise ValueError("to comes after from")
        if self.unit == "once" and self.to is None:
            raise ValueError("one segment needs its end")
        return self


class NewCollectionBody(Body):
    """A new collection of the workflow's newest version.

    A value comes from `overrides` (by client), else from `values`, else from the client's mapping,
    else it is the parameter's default.
    """

    name: Line
    workflow_id: UUID
    instance_ids: Clients
    values: Values = Field(default_factory=dict)
    overrides: Annotated[dict[UUID, Values], Field(max_length=MOST_CLIENTS)] = Field(
        default_factory=dict
    )
    segments: SegmentsBody
    continuing: StrictBool = False
    time_zone: Zone = "UTC"
    privacy: Privacy | None = None
    destination_ids: DestinationIds = ()

    @model_validator(mode="after")
    def _holds_together(self) -> Self:
        if len(set(self.instance_ids)) < len(self.instance_ids):
            raise ValueError("a client is named twice")
        if set(self.overrides) - set(self.instance_ids):
            raise ValueError("overrides are of clients of the collection")
        if self.continuing and self.segments.unit == "once":
            raise ValueError("a single segment does not continue")
        return self


class ChangeCollectionBody(Body):
    """Any of it; what is left out stays."""

    name: Line = ""
    continuing: StrictBool = False
    destination_ids: DestinationIds = ()


class RetryBody(Body):
    """Which failed segments to ask for again: all of them without ids."""

    segment_ids: Annotated[tuple[UUID, ...], Field(min_length=1, max_length=1_000)] | None = None

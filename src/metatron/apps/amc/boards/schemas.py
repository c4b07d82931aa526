"""Bodies of boards, and the measures and tiles that bodies and answers share."""

from datetime import date
from typing import Annotated, Literal, Self
from uuid import UUID

from pydantic import AwareDatetime, Field, StringConstraints, model_validator

from metatron.apps.amc.edge import Body, Line
from metatron.apps.amc.runs.schemas import ColumnName

MeasureId = Annotated[str, StringConstraints(pattern=r"^[a-z0-9_]{1,60}$")]
MeasureKind = Literal["sum", "ratio", "distinct", "last", "minimum", "maximum"]
Comparison = Literal["none", "previous", "year"]
Grouping = Literal["segment", "week", "month", "quarter"]
Scale = Annotated[float, Field(gt=0, le=1_000_000_000, allow_inf_nan=False)]
FIRST, LAST = date(2015, 1, 1), date(2100, 1, 1)
Day = Annotated[date, Field(ge=FIRST, lt=LAST)]


class BoardMeasure(Body):
    """What is shown of a column; a ratio is `scale` x sum(numerator) / sum(denominator)."""

    id: MeasureId
    label: Line
    kind: MeasureKind
    column: ColumnName | None = None
    numerator: ColumnName | None = None
    denominator: ColumnName | None = None
    scale: Scale = 1
    format: Literal["number", "percent", "money", "decimal"] = "number"

    @model_validator(mode="after")
    def _names_its_columns(self) -> Self:
        parts = self.numerator is not None and self.denominator is not None
        if self.kind == "ratio" and not parts:
            raise ValueError(f"{self.id}: a ratio names its numerator and denominator")
        if self.kind != "ratio" and self.column is None:
            raise ValueError(f"{self.id}: name the column")
        return self


class BoardTile(Body):
    """A place on a board."""

    measure_id: MeasureId
    chart: Literal["line", "bar", "card", "table"]
    width: Annotated[int, Field(ge=1, le=3)] = 1


Measures = Annotated[tuple[BoardMeasure, ...], Field(min_length=1, max_length=50)]
Layout = Annotated[tuple[BoardTile, ...], Field(max_length=100)]


class NewBoardBody(Body):
    """Without a name it has the collection's."""

    name: Line | None = None


class ChangeBoardBody(Body):
    """Any of it; what is left out stays. A layout without measures is of those there are."""

    name: Line = ""
    measures: Measures = Field(default=())
    layout: Layout = Field(default=())

    @model_validator(mode="after")
    def _no_measure_twice(self) -> Self:
        ids = [each.id for each in self.measures]
        if len(set(ids)) < len(ids):
            raise ValueError("two measures have one id")
        return self


class NewSnapshotBody(Body):
    """Which figures to freeze, and until when a link shows them: ninety days at most."""

    name: Line | None = None
    from_: Annotated[Day | None, Field(alias="from")] = None
    to: Day | None = None
    compare: Comparison = "none"
    group: Grouping = "segment"
    instance_id: UUID | None = None
    """Of one client alone; without it all clients are in it, by name."""
    expires_at: AwareDatetime

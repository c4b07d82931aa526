"""Bodies and answers of the workbench."""

from datetime import datetime
from typing import Annotated, Any, Literal, Self
from uuid import UUID
from zoneinfo import available_timezones

from pydantic import (
    BaseModel,
    Field,
    StrictBool,
    StrictInt,
    StringConstraints,
    field_validator,
    model_validator,
)

from metatron.apps.amc.declarations import Name, Tables, WithParameters
from metatron.apps.amc.edge import Body, Draft, Sql


class WindowBody(Body):
    """A half-open window of wall clock, `yyyy-MM-ddTHH:mm:ss` without a zone."""

    start: datetime
    end: datetime

    @model_validator(mode="after")
    def _in_sequence(self) -> Self:
        if self.start.tzinfo or self.end.tzinfo:
            raise ValueError("write the window without a zone")
        if self.start >= self.end:
            raise ValueError("the window ends before it begins")
        return self


class CheckBody(WithParameters):
    """A query to look at, with what it would be run with; the window is read in `time_zone`.

    With `instance_id` it is held against what that client has; without aggregation controls, as
    over made-up data, single events may stand in its output.
    """

    sql: Draft
    instance_id: UUID | None = None
    values: Annotated[dict[str, Any], Field(max_length=100)] | None = None
    window: WindowBody | None = None
    time_zone: Annotated[str, StringConstraints(max_length=64)] = "UTC"
    disable_aggregation_controls: StrictBool = False

    @field_validator("time_zone")
    @classmethod
    def _known(cls, zone: str) -> str:
        if zone not in available_timezones():
            raise ValueError("there is no such time zone")
        return zone


class FormatBody(Body):
    """A query to lay out."""

    sql: Draft


class CompleteBody(Body):
    """A query being typed; `offset` is the cursor's, in UTF-16 units as browsers count."""

    sql: Draft
    offset: Annotated[StrictInt, Field(ge=0, le=200_000)]
    parameters: Annotated[tuple[Name, ...], Field(max_length=100)] = ()
    tables: Tables = Field(default_factory=dict)


class RangeAnswer(BaseModel):
    """Lines and columns from 1, columns in UTF-16 units as browsers count; the end is exclusive.

    A line ends with CR LF, LF or CR, whichever the query has.
    """

    start_line: int
    start_column: int
    end_line: int
    end_column: int


class FixAnswer(BaseModel):
    """What an editor can put in place of a range."""

    title: str
    text: str
    range: RangeAnswer


class FindingAnswer(BaseModel):
    """One remark; an error means that AMC would refuse the query."""

    code: str
    severity: Literal["error", "warning"]
    message: str
    range: RangeAnswer
    fix: FixAnswer | None


class ForecastAnswer(BaseModel):
    """What a column of the output needs; without `users` it may never leave."""

    column: str
    type: str
    threshold: str
    users: int | None
    origins: list[str] = Field(alias="from")
    why: str


class CheckAnswer(BaseModel):
    """The outcome of a check; `unit` is what the columns of its ranges count."""

    ok: bool
    unit: Literal["utf-16"]
    findings: list[FindingAnswer]
    columns: list[ForecastAnswer]


class SqlAnswer(BaseModel):
    """A query."""

    sql: Sql | Literal[""]


class OfferAnswer(BaseModel):
    """One thing that can be written; `insert` takes the place of what is typed."""

    label: str
    kind: Literal["table", "column", "function", "cte", "keyword", "parameter"]
    detail: str
    documentation: str
    insert: str


class CompleteAnswer(BaseModel):
    """Offers, and what they replace: [from, to) from the text's beginning, counted in `unit`."""

    items: list[OfferAnswer]
    start: int = Field(alias="from")
    end: int = Field(alias="to")
    unit: Literal["utf-16"]


class ColumnAnswer(BaseModel):
    """A column of a table."""

    name: str
    type: str
    kind: Literal["dimension", "metric", "id"]
    threshold: Literal["NONE", "LOW", "MEDIUM", "HIGH", "VERY_HIGH", "INTERNAL"]
    unit: str | None
    description: str


class TableAnswer(BaseModel):
    """A table; a run's window filters `time_column`, `requires` names the paid product.

    `sample` is a query to begin with, `tags` is what Amazon says of it in a client.
    """

    name: str
    group: str
    description: str
    time_column: str | None
    requires: str | None
    sample: str
    tags: list[str]
    columns: list[ColumnAnswer]


class FunctionAnswer(BaseModel):
    """A function of AMC SQL."""

    name: str
    signature: str
    description: str


class SchemaAnswer(BaseModel):
    """All that a query can name."""

    tables: list[TableAnswer]
    functions: list[FunctionAnswer]

"""Bodies and answers of runs, results and alerts."""

from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import BaseModel, Field, StrictBool, StrictInt, StringConstraints

from metatron.apps.amc.declarations import Parameter, Tables, WithParameters
from metatron.apps.amc.edge import Body, Line, Sql, Storable
from metatron.apps.amc.runs.windows import WindowRule

Privacy = Literal["REMOVE_ROWS", "REMOVE_VALUES"]
State = Literal[
    "queued", "submitting", "pending", "running", "fetching", "succeeded", "failed", "cancelled"
]
RunOrigin = Literal["person", "schedule", "run_set", "trial"]
Zone = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_+/-]{1,64}$")]
ColumnName = Annotated[str, StringConstraints(min_length=1, max_length=1_000)]
Values = Annotated[
    dict[Annotated[str, StringConstraints(max_length=128)], Any], Field(max_length=100)
]


DestinationIds = Annotated[tuple[UUID, ...], Field(max_length=10)]
"""Where a result is taken to once it is there."""


class RunBody(WithParameters):
    """A run of a saved workflow, or of a query with its parameters.

    `require_synthetic_data` asks for made-up data, which AMC sandboxes and the local AMC have; over
    those alone `disable_aggregation_controls` lets single events out.
    """

    instance_id: UUID
    workflow_id: UUID | None = None
    workflow_version: Annotated[StrictInt, Field(ge=1, le=2**53 - 1)] | None = None
    sql: Sql | None = None
    values: Values = Field(default_factory=dict)
    window: WindowRule
    privacy: Privacy | None = None
    dry_run: StrictBool = False
    require_synthetic_data: StrictBool = False
    disable_aggregation_controls: StrictBool = False
    name: Line | None = None
    destination_ids: DestinationIds = ()


class WindowBody(Body):
    """A window rule, the zone it is read in and the query that reads it."""

    window: WindowRule
    time_zone: Zone = "UTC"
    sql: Annotated[str, StringConstraints(max_length=200_000), Storable] | None = None
    tables: Tables = Field(default_factory=dict)


class SpanAnswer(BaseModel):
    """Half-open, wall clock, no zone."""

    start: str
    end: str


class WindowAnswer(SpanAnswer):
    """What a rule comes to now, whether its data are complete, and what it comes to next."""

    data_ready: bool
    lag_days: int
    hint: str
    next: list[SpanAnswer]


class SaveBody(Body):
    """The name of the new workflow."""

    name: Line


class OfInstance(BaseModel):
    """The client of a run."""

    id: UUID
    name: str
    brands: list[str]


class OfWorkflow(BaseModel):
    """The workflow of a run, and which of its versions."""

    id: UUID
    name: str
    number: int


class ProblemShown(BaseModel):
    """Why AMC failed a run; where it is known, the place in the author's text, both from 1.

    A column counts UTF-16 units, as those of a check do.
    """

    message: str
    line: int | None
    column: int | None


class ColumnShown(BaseModel):
    """A column of a result."""

    name: str
    type: str


class RunSummary(BaseModel):
    """A run in a list: without its query and values.

    `rows_scanned` is null where AMC does not tell, as Amazon's does not.
    """

    id: UUID
    name: str
    instance: OfInstance
    workflow: OfWorkflow | None
    state: State
    state_reason: str | None
    problem: ProblemShown | None
    window_rule: dict[str, Any]
    window_start: str
    window_end: str
    time_zone: str
    privacy: Privacy
    dry_run: bool
    origin: RunOrigin
    origin_id: UUID | None
    amc_execution_id: str | None
    columns: list[ColumnShown] | None
    row_count: int | None
    rows_scanned: int | None
    size_bytes: int | None
    created_at: datetime
    submitted_at: datetime | None
    finished_at: datetime | None
    requested_by: UUID | None
    can_cancel: bool
    cancel_asked_at: datetime | None
    result_gone_at: datetime | None
    version: int


class RunAnswer(RunSummary):
    """A run; `text_is_private` hides query and values of somebody else's private workflow.

    A run of an AMC sandbox asks for made-up data by itself, as Amazon wants.
    """

    text_is_private: bool
    sql: str | None
    parameters: list[Parameter]
    values: dict[str, Any]
    value_sources: dict[str, str]
    destination_ids: list[UUID]
    require_synthetic_data: bool
    disable_aggregation_controls: bool


class SuccessFigures(BaseModel):
    """Runs that ended."""

    succeeded: int
    failed: int


class DueAnswer(BaseModel):
    """A schedule that fires within a day; `instance` is its client's name."""

    id: UUID
    name: str
    next_fire_at: datetime
    instance: str


class HomeAnswer(BaseModel):
    """The last seven days, what is due, what fails again and again, and the newest runs."""

    success_7d: SuccessFigures
    due_24h: list[DueAnswer]
    failing: list[RunSummary]
    last_runs: list[RunSummary]


class RowsAnswer(BaseModel):
    """A window of rows, each a list in the order of `columns`; long numbers are texts."""

    columns: list[ColumnShown]
    rows: list[list[Any]]
    total: int
    filtered: int


class ValueCount(BaseModel):
    """A value and how often it comes."""

    value: Any
    count: int


class Bucket(BaseModel):
    """A part of a number column's range."""

    from_: Annotated[float, Field(alias="from")]
    to: float
    count: int


class StatisticsAnswer(BaseModel):
    """Facts about a column."""

    column: str
    count: int
    nulls: int
    distinct: int
    min: Any
    max: Any
    mean: float | str | None
    quantiles: dict[str, float | str] | None
    top: list[ValueCount]
    histogram: list[Bucket]


class MeasureBody(Body):
    """An aggregate of a column."""

    column: ColumnName
    aggregate: Literal["sum", "avg", "min", "max", "count", "distinct"]


class PivotBody(Body):
    """What goes down, what across, and what stands in the cells."""

    rows: Annotated[list[ColumnName], Field(max_length=5)] = Field(default_factory=list)
    columns: Annotated[list[ColumnName], Field(max_length=5)] = Field(default_factory=list)
    measures: Annotated[list[MeasureBody], Field(min_length=1, max_length=10)]


class PivotAnswer(BaseModel):
    """A grid: `cells[row][column][measure]`, null where nothing is."""

    rows: list[str]
    columns: list[str]
    measures: list[MeasureBody]
    row_keys: list[list[Any]]
    column_keys: list[list[Any]]
    cells: list[list[list[Any] | None]]
    is_cut: bool


class Difference(BaseModel):
    """A row that is not the same in both results; cells in the order of `columns`."""

    kind: Literal["added", "removed", "changed"]
    key: list[Any]
    left: list[Any] | None
    right: list[Any] | None


class CompareAnswer(BaseModel):
    """How two results differ; the first thousand rows that do."""

    added: int
    removed: int
    changed: int
    keys: list[str]
    columns: list[str]
    only_left: list[str]
    only_right: list[str]
    rows: list[Difference]

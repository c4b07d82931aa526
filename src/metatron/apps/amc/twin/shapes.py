"""Bodies of the reporting API, in Amazon's spelling."""

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, model_validator
from pydantic.alias_generators import to_camel

Identifier = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9._-]{1,256}$")]
type DataType = Literal[
    "BINARY", "BOOLEAN", "BYTE", "CALENDAR_INTERVAL", "DATE", "DECIMAL", "DOUBLE", "FLOAT",
    "INTEGER", "LONG", "SHORT", "STRING", "TIMESTAMP",
]  # fmt: skip


class _Shape(BaseModel):
    model_config = ConfigDict(extra="ignore", alias_generator=to_camel, populate_by_name=True)

    def document(self) -> str:
        """Return it as it came, without what was not said."""
        return self.model_dump_json(exclude_none=True, by_alias=True)


class ArrayType(_Shape):
    """The type of a list of values."""

    type: Literal["ARRAY"]
    element_data_type: DataType


class InputParameter(_Shape):
    """A declared parameter."""

    name: Annotated[str, StringConstraints(pattern=r"^[A-Za-z_][A-Za-z0-9_]{0,127}$")]
    data_type: DataType | ArrayType = "STRING"
    column_type: str | None = None
    default_value: Any = None
    display_name: str | None = None
    description: str | None = None

    def amc_type(self) -> str:
        """Return the type in AMC's words, `ARRAY<STRING>` for a list."""
        if isinstance(self.data_type, ArrayType):
            return f"ARRAY<{self.data_type.element_data_type}>"
        return self.data_type


class OutputFormat(_Shape):
    """How a result is written."""

    separator_character: Annotated[str, Field(min_length=1, max_length=1)] = ","
    quote_character: Annotated[str, Field(min_length=1, max_length=1)] = '"'
    escape_character: Annotated[str, Field(min_length=1, max_length=1)] = '"'


class WorkflowBody(_Shape):
    """A workflow: a query with its declared parameters."""

    workflow_id: Identifier | None = None
    sql_query: Annotated[str, Field(min_length=1, max_length=100_000)]
    input_parameters: Annotated[list[InputParameter], Field(max_length=100)] = []
    output_columns: Annotated[list[dict[str, Any]], Field(max_length=100)] = []
    output_format: OutputFormat | None = None
    privacy_filtering_behavior: Literal["REMOVE_ROWS", "REMOVE_VALUES"] = "REMOVE_ROWS"
    filtered_metrics_discriminator_column: str | None = None
    distinct_user_count_column: str | None = None
    filtered_reason_column: str | None = None

    @model_validator(mode="after")
    def _one_line(self) -> "WorkflowBody":
        if any(each in self.sql_query for each in "\n\r\t"):
            raise ValueError("sqlQuery must be a single line without tabs")
        return self


class ExecutionBody(_Shape):
    """What is to run, over which window."""

    workflow_id: Identifier | None = None
    workflow: WorkflowBody | None = None
    time_window_type: str = "MOST_RECENT_DAY"
    time_window_start: str | None = None
    time_window_end: str | None = None
    time_window_time_zone: Annotated[str, Field(max_length=60)] = "UTC"
    parameter_values: Annotated[dict[str, Any], Field(max_length=100)] = {}
    dry_run: bool = False
    skip_publish: bool = False
    require_synthetic_data: bool = False
    disable_aggregation_controls: bool = False
    workflow_execution_timeout_seconds: Annotated[int, Field(ge=900, le=86_400)] = 21_600

    @model_validator(mode="after")
    def _fits(self) -> "ExecutionBody":
        if (self.workflow_id is None) == (self.workflow is None):
            raise ValueError("give workflowId or workflow, not both")
        if self.disable_aggregation_controls and not self.require_synthetic_data:
            raise ValueError("disableAggregationControls needs requireSyntheticData")
        return self


class Cancellation(_Shape):
    """The only change an execution takes."""

    status: Literal["CANCELLED"]


class ScheduleBody(_Shape):
    """A schedule of Amazon's own: daily or weekly."""

    schedule_id: Identifier
    workflow_id: Identifier
    aggregation_period: Literal["Daily", "Weekly"]
    aggregation_start_day: (
        Literal["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"] | None
    ) = None
    aggregation_hour_utc: Annotated[int, Field(ge=0, le=23)] = 0
    schedule_enabled: bool = True
    require_synthetic_data: bool = False
    disable_aggregation_controls: bool = False

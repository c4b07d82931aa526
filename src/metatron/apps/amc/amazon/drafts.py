"""What is sent to AMC: workflows and executions, in Amazon's spelling."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from metatron.apps.amc.amazon.identifiers import AmcScheduleId, AmcWorkflowId
from metatron.apps.amc.amazon.one_line import one_line

_ADDED = {
    "filtered": "filteredMetricsDiscriminatorColumn",
    "users": "distinctUserCountColumn",
    "reason": "filteredReasonColumn",
}


@dataclass(frozen=True, slots=True)
class InputParameter:
    """A declared parameter: `data_type` is Amazon's word, of the elements when it is a list."""

    name: str
    data_type: str = "STRING"
    is_list: bool = False
    default: Any = None
    description: str = ""

    def document(self) -> dict[str, Any]:
        """Return it as the API wants it."""
        kind: Any = self.data_type
        if self.is_list:
            kind = {"type": "ARRAY", "elementDataType": self.data_type}
        told = {"name": self.name, "dataType": kind, "columnType": "DIMENSION"}
        if self.default is not None:
            told["defaultValue"] = self.default
        if self.description:
            told["description"] = self.description
        return told


@dataclass(frozen=True, slots=True)
class WorkflowDraft:
    """A query with its parameters; lines and tabs are taken out of `sql` when it is sent.

    `extra_columns` are names of what AMC adds to the result, by `filtered`, `users` and `reason`;
    a strict API refuses the last two, so they go only where somebody named them.
    """

    sql: str
    parameters: Sequence[InputParameter] = ()
    privacy: str = "REMOVE_ROWS"
    extra_columns: Mapping[str, str] = field(default_factory=dict)

    def document(self, workflow_id: AmcWorkflowId | None = None) -> dict[str, Any]:
        """Return it as the API wants it.

        Raises:
            NotOneLine: a text in the query holds a line break or a tab.
        """
        told: dict[str, Any] = {
            "sqlQuery": one_line(self.sql),
            "inputParameters": [each.document() for each in self.parameters],
            "privacyFilteringBehavior": self.privacy,
        }
        for what, name in self.extra_columns.items():
            # Whoever names the first has values removed in place of rows.
            if what != "filtered" or self.privacy == "REMOVE_VALUES":
                told[_ADDED[what]] = name
        if workflow_id is not None:
            told["workflowId"] = workflow_id
        return told


@dataclass(frozen=True, slots=True)
class ScheduleDraft:
    """A schedule of Amazon's own: `start_day` (Monday, ...) is only of a weekly one."""

    schedule_id: AmcScheduleId
    workflow_id: AmcWorkflowId
    period: str
    hour_utc: int
    start_day: str | None = None
    require_synthetic_data: bool = False

    def document(self) -> dict[str, Any]:
        """Return it as the API wants it."""
        told: dict[str, Any] = {
            "scheduleId": self.schedule_id,
            "workflowId": self.workflow_id,
            "aggregationPeriod": self.period,
            "aggregationHourUtc": self.hour_utc,
            "scheduleEnabled": True,
        }
        if self.start_day is not None:
            told["aggregationStartDay"] = self.start_day
        if self.require_synthetic_data:
            told["requireSyntheticData"] = True
        return told


@dataclass(frozen=True, slots=True)
class ExecutionDraft:
    """A run over [start, end), wall clock of `time_zone`, of a saved workflow or of a draft."""

    workflow: AmcWorkflowId | WorkflowDraft
    window_start: dt.datetime
    window_end: dt.datetime
    time_zone: str = "UTC"
    values: Mapping[str, Any] = field(default_factory=dict)
    dry_run: bool = False
    timeout_seconds: int = 21_600
    require_synthetic_data: bool = False
    disable_aggregation_controls: bool = False

    def document(self) -> dict[str, Any]:
        """Return it as the API wants it.

        Raises:
            NotOneLine: a text in the query holds a line break or a tab.
        """
        told: dict[str, Any] = {
            "timeWindowType": "EXPLICIT",
            "timeWindowStart": wall_clock(self.window_start),
            "timeWindowEnd": wall_clock(self.window_end),
            "timeWindowTimeZone": self.time_zone,
            "parameterValues": dict(self.values),
            "dryRun": self.dry_run,
            "workflowExecutionTimeoutSeconds": self.timeout_seconds,
        }
        # Words of sandboxes, which other instances need not know.
        if self.require_synthetic_data:
            told["requireSyntheticData"] = True
        if self.disable_aggregation_controls:
            told["disableAggregationControls"] = True
        if isinstance(self.workflow, WorkflowDraft):
            told["workflow"] = self.workflow.document()
        else:
            told["workflowId"] = self.workflow
        return told


def wall_clock(at: dt.datetime) -> str:
    """Write a local time as Amazon wants it: with a Z or a fraction it would find nothing."""
    assert at.tzinfo is None, "a window is wall clock; its zone stands beside it"
    return f"{at:%Y-%m-%dT%H:%M:%S}"

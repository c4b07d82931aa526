"""Executions: asked for, listed, shown as Amazon shows them."""

import datetime as dt
import json
import uuid
from typing import Any

from metatron.apps.amc.twin.desk import Desk
from metatron.apps.amc.twin.refusals import Refusal
from metatron.apps.amc.twin.shapes import ExecutionBody, WorkflowBody
from metatron.apps.amc.twin.store import Row
from metatron.apps.amc.twin.windows import stamp, window, zone_of
from metatron.apps.amc.twin.workflow_routes import workflow_row

WAITING = ("PENDING", "RUNNING")
ENDED = ("SUCCEEDED", "FAILED", "CANCELLED", "REJECTED")
_INSERT = """
insert into execution (execution_id, instance_id, workflow_id, status, request, window_start,
    window_end, created_at, updated_at, expires_at)
values (?, ?, ?, 'PENDING', ?, ?, ?, ?, ?, ?)
"""


def ask(desk: Desk, instance_id: str, body: ExecutionBody) -> Row:
    """Queue a run.

    Raises:
        Refusal: 400 for a bad window, an unknown parameter or a missing value; 404 without the
            workflow.
    """
    workflow_id, workflow = _workflow(desk, instance_id, body)
    _fill(workflow, body.parameter_values)
    now = desk.store.now()
    start, end = window(
        body.time_window_type, zone_of(body.time_window_time_zone), now,
        start=body.time_window_start, end=body.time_window_end,
    )  # fmt: skip
    asked = {
        **body.model_dump(exclude={"workflow"}, by_alias=True),
        "workflow": workflow.model_dump(exclude_none=True, by_alias=True),
    }
    execution_id = str(uuid.uuid4())
    desk.store.execute(
        _INSERT,
        execution_id, instance_id, workflow_id, json.dumps(asked), start.isoformat(),
        end.isoformat(), now, now, now + desk.settings.execution_seconds,
    )  # fmt: skip
    return one(desk, instance_id, execution_id)


def _workflow(desk: Desk, instance_id: str, body: ExecutionBody) -> tuple[str, WorkflowBody]:
    if body.workflow is not None:
        return f"transient_{uuid.uuid4()}", body.workflow
    assert body.workflow_id is not None
    row = workflow_row(desk, instance_id, body.workflow_id)
    return body.workflow_id, WorkflowBody.model_validate_json(row["document"])


def _fill(workflow: WorkflowBody, values: dict[str, Any]) -> None:
    """Compare values with declarations; an undeclared CUSTOM_PARAMETER fails only at the run."""
    declared = {each.name: each for each in workflow.input_parameters}
    if unknown := sorted(set(values) - set(declared)):
        raise Refusal(400, f"Parameters are not declared: {', '.join(unknown)}.")
    missing = [
        name for name, each in declared.items() if name not in values and each.default_value is None
    ]
    if missing:
        raise Refusal(400, f"Parameters have no value: {', '.join(missing)}.")


def one(desk: Desk, instance_id: str, execution_id: str) -> Row:
    """Return an execution.

    Raises:
        Refusal: 404 when there is none of this id.
    """
    found = desk.store.row(
        "select * from execution where instance_id = ? and execution_id = ?",
        instance_id, execution_id,
    )  # fmt: skip
    if found is None:
        raise Refusal(404, f"Workflow execution with ID {execution_id} does not exist.")
    return found


def cancel(desk: Desk, instance_id: str, execution_id: str) -> Row:
    """Cancel a run that has not ended; one that has ended stays as it is.

    Raises:
        Refusal: 404 unknown, 400 already ended.
    """
    found = one(desk, instance_id, execution_id)
    changed = desk.store.execute(
        "update execution set status = 'CANCELLED', updated_at = ?"
        " where execution_id = ? and status in ('PENDING', 'RUNNING')",
        desk.store.now(), execution_id,
    )  # fmt: skip
    if not changed and found["status"] != "CANCELLED":
        raise Refusal(400, f"The execution is {found['status']} and cannot be cancelled.")
    return one(desk, instance_id, execution_id)


def shown(row: Row, *, with_workflow: bool = False) -> dict[str, Any]:
    """Return an execution in Amazon's words."""
    asked = json.loads(row["request"])
    state = "AVAILABLE" if row["status"] == "SUCCEEDED" else "PENDING"
    if row["status"] in ENDED[1:]:
        state = "UNAVAILABLE"
    told: dict[str, Any] = {
        "workflowExecutionId": row["execution_id"],
        "workflowId": row["workflow_id"],
        "status": row["status"],
        "statusReason": row["status_reason"],
        "createTime": stamp(row["created_at"]),
        "lastUpdatedTime": stamp(row["updated_at"]),
        "expireTime": stamp(row["expires_at"]),
        "timeWindowType": asked["timeWindowType"],
        "timeWindowStart": f"{row['window_start']}Z",
        "timeWindowEnd": f"{row['window_end']}Z",
        "timeWindowStartOriginal": asked["timeWindowStart"] or row["window_start"],
        "timeWindowEndOriginal": asked["timeWindowEnd"] or row["window_end"],
        "timeWindowTimeZone": asked["timeWindowTimeZone"],
        "parameterValues": asked["parameterValues"],
        "requireSyntheticData": asked["requireSyntheticData"],
        "disableAggregationControls": asked["disableAggregationControls"],
        "dryRun": asked["dryRun"],
        "executionCategory": "AD_HOC",
        "outputChannels": [{"channel": {"type": "DOWNLOAD"}, "status": state}],
    }
    if row["output_columns"] is not None:
        told["outputColumns"] = json.loads(row["output_columns"])
    if with_workflow:
        told["workflow"] = asked["workflow"]
    return {name: value for name, value in told.items() if value is not None}


def listed(
    desk: Desk,
    instance_id: str,
    *,
    workflow_id: str | None,
    since: str | None,
    until: str | None,
    cancelled: bool,
    ascending: bool,
) -> list[Row]:
    """Return the executions of a workflow, or those made since a time.

    Raises:
        Refusal: 400 without either, or for a bad time.
    """
    if workflow_id is None and since is None:
        raise Refusal(400, "workflowId or minCreationTime is required.")
    found = desk.store.rows(
        "select * from execution where instance_id = ? and (? is null or workflow_id = ?)"
        " and created_at >= ? and created_at <= ? and (? or status <> 'CANCELLED')"
        " order by created_at, number",
        instance_id, workflow_id, workflow_id, _seconds(since, 0.0), _seconds(until, 1e12),
        cancelled,
    )  # fmt: skip
    return found if ascending else found[::-1]


def _seconds(text: str | None, absent: float) -> float:
    if text is None:
        return absent
    try:
        at = dt.datetime.fromisoformat(text)
    except ValueError:
        raise Refusal(400, "minCreationTime and maxCreationTime must be times.") from None
    return (at if at.tzinfo else at.replace(tzinfo=dt.UTC)).timestamp()

"""Executions: asked for, found, cancelled."""

import json
import uuid
from typing import Any

from metatron.apps.amc.twin.desk import Desk
from metatron.apps.amc.twin.refusals import Refusal
from metatron.apps.amc.twin.shapes import ExecutionBody, WorkflowBody
from metatron.apps.amc.twin.store import Row
from metatron.apps.amc.twin.unproven import refuse_ad_hoc
from metatron.apps.amc.twin.windows import window, zone_of
from metatron.apps.amc.twin.workflow_routes import workflow_row

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
        refuse_ad_hoc(desk.settings.unproven, body.workflow)
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
    desk.wake()
    return one(desk, instance_id, execution_id)

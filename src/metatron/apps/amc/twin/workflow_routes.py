"""Saved workflows."""

import json
from typing import Any

from fastapi import APIRouter

from metatron.apps.amc.twin.desk import Desk, Instance, OpenDesk, under_faults
from metatron.apps.amc.twin.paging import Limit, NextToken, cut
from metatron.apps.amc.twin.refusals import Refusal
from metatron.apps.amc.twin.shapes import WorkflowBody
from metatron.apps.amc.twin.store import Row
from metatron.apps.amc.twin.unproven import refuse_workflow
from metatron.apps.amc.twin.windows import stamp

router = APIRouter(prefix="/workflows", tags=["workflows"])


def workflow_row(desk: Desk, instance_id: str, workflow_id: str) -> Row:
    """Return a saved workflow.

    Raises:
        Refusal: 404 when there is none of this id.
    """
    found = desk.store.row(
        "select * from workflow where instance_id = ? and workflow_id = ?", instance_id, workflow_id
    )
    if found is None:
        raise Refusal(404, f"Workflow with ID {workflow_id} does not exist.")
    return found


def _shown(row: Row) -> dict[str, Any]:
    times = {"createTime": stamp(row["created_at"]), "lastUpdatedTime": stamp(row["updated_at"])}
    return {**json.loads(row["document"]), "workflowId": row["workflow_id"], **times}


@router.get("", dependencies=[under_faults("list_workflows")])
async def list_workflows(
    desk: OpenDesk, instance: Instance, limit: Limit = 100, after: NextToken = None
) -> dict[str, Any]:
    """List the instance's workflows."""
    rows = desk.store.rows(
        "select * from workflow where instance_id = ? order by workflow_id", instance["instance_id"]
    )
    return cut([_shown(row) for row in rows], "workflows", limit, after)


@router.post("", dependencies=[under_faults("create_workflow")])
async def create_workflow(desk: OpenDesk, instance: Instance, body: WorkflowBody) -> dict[str, Any]:
    """Save a workflow under an id of the caller's."""
    if body.workflow_id is None:
        raise Refusal(400, "workflowId is missing.")
    refuse_workflow(desk.settings.unproven, body)
    now = desk.store.now()
    added = desk.store.execute(
        "insert or ignore into workflow values (?, ?, ?, ?, ?)",
        instance["instance_id"], body.workflow_id, body.document(), now, now,
    )  # fmt: skip
    if not added:
        raise Refusal(400, f"Workflow with ID {body.workflow_id} already exists.")
    return {}


@router.get("/{workflow_id}", dependencies=[under_faults("workflow")])
async def show_workflow(desk: OpenDesk, instance: Instance, workflow_id: str) -> dict[str, Any]:
    """Show a workflow."""
    return _shown(workflow_row(desk, instance["instance_id"], workflow_id))


@router.put("/{workflow_id}", dependencies=[under_faults("update_workflow")])
async def update_workflow(
    desk: OpenDesk, instance: Instance, workflow_id: str, body: WorkflowBody
) -> dict[str, Any]:
    """Replace a workflow."""
    if body.workflow_id not in {None, workflow_id}:
        raise Refusal(400, "workflowId cannot be changed.")
    refuse_workflow(desk.settings.unproven, body)
    workflow_row(desk, instance["instance_id"], workflow_id)
    kept = body.model_copy(update={"workflow_id": workflow_id})
    desk.store.execute(
        "update workflow set document = ?, updated_at = ?"
        " where instance_id = ? and workflow_id = ?",
        kept.document(), desk.store.now(), instance["instance_id"],
        workflow_id,
    )  # fmt: skip
    return {}


@router.delete("/{workflow_id}", dependencies=[under_faults("delete_workflow")])
async def delete_workflow(desk: OpenDesk, instance: Instance, workflow_id: str) -> dict[str, Any]:
    """Delete a workflow that no schedule points at."""
    at = (instance["instance_id"], workflow_id)
    workflow_row(desk, *at)
    scheduled = desk.store.row(
        "select 1 from schedule where instance_id = ? and workflow_id = ?", *at
    )
    if scheduled is not None:
        raise Refusal(400, f"Workflow with ID {workflow_id} is used by a schedule.")
    desk.store.execute("delete from workflow where instance_id = ? and workflow_id = ?", *at)
    return {}

"""Amazon's own schedules, daily or weekly; the local AMC keeps them, it does not fire them."""

import json
from typing import Any

from fastapi import APIRouter

from metatron.apps.amc.twin.desk import Desk, Instance, OpenDesk, under_faults
from metatron.apps.amc.twin.paging import Limit, NextToken, cut
from metatron.apps.amc.twin.refusals import Refusal
from metatron.apps.amc.twin.shapes import ScheduleBody
from metatron.apps.amc.twin.store import Row
from metatron.apps.amc.twin.workflow_routes import workflow_row

router = APIRouter(prefix="/schedules", tags=["schedules"])


@router.get("", dependencies=[under_faults("list_schedules")])
async def list_schedules(
    desk: OpenDesk, instance: Instance, limit: Limit = 100, after: NextToken = None
) -> dict[str, Any]:
    """List the instance's schedules."""
    query = "select * from schedule where instance_id = ? order by schedule_id"
    rows = desk.store.rows(query, instance["instance_id"])
    return cut([json.loads(row["document"]) for row in rows], "schedules", limit, after)


@router.post("", dependencies=[under_faults("create_schedule")])
async def create_schedule(desk: OpenDesk, instance: Instance, body: ScheduleBody) -> dict[str, Any]:
    """Keep a schedule."""
    workflow_row(desk, instance["instance_id"], body.workflow_id)
    added = desk.store.execute(
        "insert or ignore into schedule values (?, ?, ?, ?)",
        instance["instance_id"], body.schedule_id, body.workflow_id, body.document(),
    )  # fmt: skip
    if not added:
        raise Refusal(400, f"Schedule with ID {body.schedule_id} already exists.")
    return {}


@router.get("/{schedule_id}", dependencies=[under_faults("schedule")])
async def show_schedule(desk: OpenDesk, instance: Instance, schedule_id: str) -> Any:
    """Show a schedule."""
    return json.loads(_row(desk, instance["instance_id"], schedule_id)["document"])


@router.put("/{schedule_id}", dependencies=[under_faults("update_schedule")])
async def update_schedule(
    desk: OpenDesk, instance: Instance, schedule_id: str, body: ScheduleBody
) -> dict[str, Any]:
    """Replace a schedule."""
    _row(desk, instance["instance_id"], schedule_id)
    workflow_row(desk, instance["instance_id"], body.workflow_id)
    if body.schedule_id != schedule_id:
        raise Refusal(400, "scheduleId cannot be changed.")
    desk.store.execute(
        "update schedule set document = ?, workflow_id = ?"
        " where instance_id = ? and schedule_id = ?",
        body.document(), body.workflow_id, instance["instance_id"], schedule_id,
    )  # fmt: skip
    return {}


@router.delete("/{schedule_id}", dependencies=[under_faults("delete_schedule")])
async def delete_schedule(desk: OpenDesk, instance: Instance, schedule_id: str) -> dict[str, Any]:
    """Delete a schedule."""
    _row(desk, instance["instance_id"], schedule_id)
    desk.store.execute(
        "delete from schedule where instance_id = ? and schedule_id = ?",
        instance["instance_id"], schedule_id,
    )  # fmt: skip
    return {}


def _row(desk: Desk, instance_id: str, schedule_id: str) -> Row:
    query = "select * from schedule where instance_id = ? and schedule_id = ?"
    found = desk.store.row(query, instance_id, schedule_id)
    if found is None:
        raise Refusal(404, f"Schedule with ID {schedule_id} does not exist.")
    return found

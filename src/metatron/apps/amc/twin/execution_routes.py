"""Routes of executions and their results."""

import asyncio
import json
from typing import Annotated, Any

from fastapi import APIRouter, Query

from metatron.apps.amc.twin import chaos, execution_lists, executions, links
from metatron.apps.amc.twin.desk import Instance, OpenDesk, under_faults
from metatron.apps.amc.twin.documenting import NOT_THIS_WAY
from metatron.apps.amc.twin.paging import Limit, NextToken, cut
from metatron.apps.amc.twin.refusals import Refusal
from metatron.apps.amc.twin.shapes import Cancellation, ExecutionBody, Identifier
from metatron.apps.amc.twin.unproven import refuse_method

router = APIRouter(prefix="/workflowExecutions", tags=["executions"])


@router.get("", dependencies=[under_faults("list_executions")])
async def list_executions(
    desk: OpenDesk,
    instance: Instance,
    *,
    workflow_id: Annotated[Identifier | None, Query(alias="workflowId")] = None,
    min_creation_time: Annotated[str | None, Query(alias="minCreationTime", max_length=40)] = None,
    max_creation_time: Annotated[str | None, Query(alias="maxCreationTime", max_length=40)] = None,
    include_cancelled: Annotated[bool, Query(alias="includeCancelled")] = False,
    sort_ascending: Annotated[bool, Query(alias="sortAscending")] = False,
    include_workflow: Annotated[bool, Query(alias="includeWorkflow")] = False,
    limit: Limit = 100,
    after: NextToken = None,
) -> dict[str, Any]:
    """List executions; cancelled ones only when asked for."""
    rows = execution_lists.listed(
        desk,
        instance["instance_id"],
        workflow_id=workflow_id,
        since=min_creation_time,
        until=max_creation_time,
        cancelled=include_cancelled,
        ascending=sort_ascending,
    )
    told = [execution_lists.shown(row, with_workflow=include_workflow) for row in rows]
    return cut(told, "executions", limit, after)


@router.post("", dependencies=[under_faults("create_execution")])
async def create_execution(
    desk: OpenDesk, instance: Instance, body: ExecutionBody
) -> dict[str, Any]:
    """Queue a run of a saved or an ad hoc workflow."""
    row = executions.ask(desk, instance["instance_id"], body)
    desk.wake()
    if chaos.draw(desk.store, "create_execution", "lost_answer"):
        await asyncio.sleep(chaos.HANG_SECONDS)
        raise Refusal(500, "Internal error.")
    return execution_lists.shown(row)


@router.get("/{execution_id}", dependencies=[under_faults("execution")])
async def show_execution(desk: OpenDesk, instance: Instance, execution_id: str) -> dict[str, Any]:
    """Show an execution."""
    return execution_lists.shown(executions.one(desk, instance["instance_id"], execution_id))


@router.put(
    "/{execution_id}", dependencies=[under_faults("cancel_execution")], responses=NOT_THIS_WAY
)
async def change_execution(
    desk: OpenDesk, instance: Instance, execution_id: str, _body: Cancellation
) -> dict[str, Any]:
    """Cancel an execution."""
    refuse_method(desk.settings.unproven, "PUT")
    return execution_lists.shown(executions.cancel(desk, instance["instance_id"], execution_id))


@router.delete(
    "/{execution_id}", dependencies=[under_faults("cancel_execution")], responses=NOT_THIS_WAY
)
async def delete_execution(desk: OpenDesk, instance: Instance, execution_id: str) -> dict[str, Any]:
    """Cancel an execution, in the words of Amazon's guide."""
    refuse_method(desk.settings.unproven, "DELETE")
    return execution_lists.shown(executions.cancel(desk, instance["instance_id"], execution_id))


@router.get("/{execution_id}/downloadUrls", dependencies=[under_faults("download_urls")])
async def download_urls(desk: OpenDesk, instance: Instance, execution_id: str) -> dict[str, Any]:
    """Return signed links to a result's files, good for ten minutes."""
    row = executions.one(desk, instance["instance_id"], execution_id)
    if row["status"] != "SUCCEEDED":
        raise Refusal(400, f"The execution is {row['status']}: it has no result to download.")
    dead = chaos.draw(desk.store, "download_urls", "dead_link") is not None
    until = desk.store.now() - 1 if dead else desk.store.now() + desk.settings.link_seconds
    return {
        "downloadUrls": [
            links.signed(desk, execution_id, name, until) for name in json.loads(row["files"])
        ],
        "metadataDownloadUrls": [
            links.signed(desk, execution_id, name, until)
            for name in json.loads(row["metadata_files"])
        ],
    }

"""Routes of workflows: lists, one of them, its favourites and saved values."""

import asyncio
from typing import Annotated, Literal
from uuid import UUID

import orjson
from fastapi import Query
from starlette.responses import Response

from metatron.apps.amc.connections.grants import viewer_of
from metatron.apps.amc.declarations import as_rows
from metatron.apps.amc.edge import (
    Cursor,
    IfMatch,
    Limit,
    Page,
    Words,
    answer_json,
    answer_page,
)
from metatron.apps.amc.library import belongings, errors, queries, restoring, saving, schemas
from metatron.apps.amc.library.loading import version_of, visible_workflow
from metatron.apps.amc.library.showing import show_workflow_of, text_of
from metatron.apps.amc.permissions import EDIT, READ
from metatron.apps.amc.sorting import keys_of
from metatron.kernel.errors import VersionConflict
from metatron.kernel.http.access import requires
from metatron.kernel.http.routing import Router
from metatron.kernel.http.unit import Read, Unit

router = Router(prefix="/amc", tags=["amc library"])
NOT_FOUND = (errors.WorkflowNotFound,)


@router.get("/workflows", response_model=Page[schemas.WorkflowSummary])
@requires(READ)
async def list_workflows(
    read: Read,
    *,
    q: Words = None,
    folder: Words = None,
    tag: Words = None,
    category: Words = None,
    owner: Annotated[Literal["me"] | None, Query()] = None,
    favourite: Annotated[bool | None, Query()] = None,
    archived: Annotated[bool, Query()] = False,
    sort: queries.Sort = "-updated_at",
    limit: Limit = 50,
    cursor: Cursor = None,
) -> Response:
    """List shared workflows and one's own, the last changed first; a folder with those below it.

    `archived` lists those that were taken out of the library, and no others.
    """
    statement, kinds = queries.workflows(sort, archived=archived, deep=cursor is not None)
    at, row_id = keys_of(cursor, kinds)
    wanted = (q, folder, tag, category, owner == "me", favourite)
    return await answer_page(
        read, statement, read.context.actor_id, *wanted, at, row_id, limit + 1,
        viewer_of(read.context), limit=limit,
    )  # fmt: skip


@router.post("/workflows", status_code=201, response_model=schemas.WorkflowAnswer)
@requires(EDIT)
async def create_workflow(body: schemas.NewWorkflowBody, unit: Unit) -> Response:
    """Add a workflow; foreign notations of parameters become CUSTOM_PARAMETER."""
    text = {"privacy": "REMOVE_ROWS"} | await text_of(body, None)
    workflow = await saving.create_workflow(
        unit.session, unit.context, about=body.about(), text=text, note=body.note, now=unit.now
    )
    return await show_workflow_of(unit, workflow.id, status=201)


@router.get("/workflows/{workflow_id}", response_model=schemas.WorkflowAnswer)
@requires(READ, raises=NOT_FOUND)
async def show_workflow(workflow_id: UUID, read: Read) -> Response:
    """Show one workflow with its current text; an archived one too, for the runs that name it."""
    found = await read.direct.json(
        read.context, queries.WORKFLOW, read.context.actor_id, workflow_id,
        viewer_of(read.context),
    )  # fmt: skip
    if found is None:
        raise errors.WorkflowNotFound
    return answer_json(found, version=orjson.loads(found)["version"])


@router.patch("/workflows/{workflow_id}", response_model=schemas.WorkflowAnswer)
@requires(EDIT, raises=(*NOT_FOUND, errors.OwnerOnly, VersionConflict))
async def change_workflow(
    workflow_id: UUID, body: schemas.WorkflowBody, unit: Unit, if_match: IfMatch = None
) -> Response:
    """Change a workflow; a change of query, parameters or filtering is a new version."""
    workflow = await visible_workflow(unit.session, unit.context, workflow_id)
    current = await version_of(unit.session, unit.context, workflow)
    await saving.change_workflow(
        unit.session,
        unit.context,
        workflow_id=workflow_id,
        about=body.about(),
        text=await text_of(body, current.parameters),
        note=body.note,
        if_match=if_match,
        now=unit.now,
    )
    return await show_workflow_of(unit, workflow_id)


@router.delete("/workflows/{workflow_id}", status_code=204, response_class=Response)
@requires(EDIT, raises=(*NOT_FOUND, errors.WorkflowInUse, VersionConflict))
async def archive_workflow(workflow_id: UUID, unit: Unit, if_match: IfMatch = None) -> Response:
    """Take a workflow out of the library; its runs and their versions stay."""
    await restoring.archive_workflow(
        unit.session, unit.context, workflow_id=workflow_id, if_match=if_match, now=unit.now
    )
    return Response(status_code=204)


@router.put("/workflows/{workflow_id}/favourite", status_code=204, response_class=Response)
@requires(READ, raises=NOT_FOUND)
async def mark_workflow(workflow_id: UUID, unit: Unit) -> Response:
    """Mark a workflow as one's favourite."""
    await belongings.set_favourite(
        unit.session, unit.context, workflow_id=workflow_id, is_favourite=True
    )
    return Response(status_code=204)


@router.delete("/workflows/{workflow_id}/favourite", status_code=204, response_class=Response)
@requires(READ, raises=NOT_FOUND)
async def unmark_workflow(workflow_id: UUID, unit: Unit) -> Response:
    """Take the mark away."""
    await belongings.set_favourite(
        unit.session, unit.context, workflow_id=workflow_id, is_favourite=False
    )
    return Response(status_code=204)


@router.get("/folders", response_model=Page[schemas.CountAnswer])
@requires(READ)
async def list_workflow_folders(read: Read) -> Response:
    """List the folders of workflows; a path names those above it."""
    return answer_json(await read.direct.json(read.context, queries.FOLDERS, read.context.actor_id))


@router.get("/tags", response_model=Page[schemas.CountAnswer])
@requires(READ)
async def list_workflow_tags(read: Read) -> Response:
    """List the tags of workflows, the most used first."""
    return answer_json(await read.direct.json(read.context, queries.TAGS, read.context.actor_id))


@router.post("/parameters/detect", response_model=schemas.DetectAnswer)
@requires(READ)
async def detect_parameters(body: schemas.DetectBody) -> Response:
    """Convert a pasted query and declare its parameters by what they are compared with."""
    from metatron.apps.amc.library.detection import detect  # noqa: PLC0415

    found = await asyncio.to_thread(detect, body.sql, body.parameters or ())
    parameters = as_rows(found.parameters)
    return answer_json({"sql": found.sql, "parameters": parameters, "notes": found.notes})

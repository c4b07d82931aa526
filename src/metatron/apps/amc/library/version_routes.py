"""Routes of a workflow's versions, copies and saved values."""

import asyncio
from typing import Annotated, Any
from uuid import UUID

import orjson
from fastapi import Path, Query
from starlette.responses import Response

from metatron.apps.amc.edge import Cursor, IfMatch, Limit, Page, answer_json, told_page
from metatron.apps.amc.library import belongings, errors, queries, restoring, schemas
from metatron.apps.amc.library.showing import show_workflow_of
from metatron.apps.amc.permissions import EDIT, READ
from metatron.kernel.errors import VersionConflict
from metatron.kernel.http.access import requires
from metatron.kernel.http.routing import Router
from metatron.kernel.http.unit import Read, Reader, Unit
from metatron.kernel.paging import cursor_values

router = Router(prefix="/amc/workflows/{workflow_id}", tags=["amc library"])
NOT_FOUND = (errors.WorkflowNotFound,)
NO_VERSION = (*NOT_FOUND, errors.VersionNotFound)
Number = Annotated[int, Path(ge=1, le=2**53 - 1)]
MaybeNumber = Annotated[int | None, Query(ge=1, le=2**53 - 1)]


@router.get("/versions", response_model=Page[schemas.VersionSummary])
@requires(READ, raises=NOT_FOUND)
async def list_workflow_versions(
    workflow_id: UUID, read: Read, limit: Limit = 50, cursor: Cursor = None
) -> Response:
    """List a workflow's versions, the newest first."""
    before = int(cursor_values(cursor, ("bigint",))[0]) if cursor else None
    found = await read.direct.json(
        read.context, queries.VERSIONS, read.context.actor_id, workflow_id, before, limit + 1
    )
    if found is None:
        raise errors.WorkflowNotFound
    return answer_json(told_page(orjson.loads(found), limit))


@router.get("/versions/{number}", response_model=schemas.VersionAnswer)
@requires(READ, raises=NO_VERSION)
async def show_workflow_version(workflow_id: UUID, number: Number, read: Read) -> Response:
    """Show one version."""
    [version] = await _texts(read, workflow_id, number)
    return answer_json(version)


@router.get("/diff", response_model=schemas.DiffAnswer)
@requires(READ, raises=NO_VERSION)
async def compare_workflow_versions(
    workflow_id: UUID,
    read: Read,
    from_: Annotated[int | None, Query(alias="from", ge=1, le=2**53 - 1)] = None,
    to: MaybeNumber = None,
) -> Response:
    """Say what changed in meaning, and which lines; by default since the version before."""
    from metatron.apps.amc.library.comparing import compare  # noqa: PLC0415

    row = await read.direct.row(read.context, queries.NEWEST, read.context.actor_id, workflow_id)
    if row is None:
        raise errors.WorkflowNotFound
    last = to or row[0]
    left, right = await _texts(read, workflow_id, from_ or max(last - 1, 1), last)
    return answer_json(await asyncio.to_thread(compare, left, right))


async def _texts(read: Reader, workflow_id: UUID, *numbers: int) -> list[dict[str, Any]]:
    """Return versions by their numbers.

    Raises:
        WorkflowNotFound: no such workflow.
        VersionNotFound: it has no version of one of the numbers.
    """
    found = await read.direct.json(
        read.context, queries.TEXTS, read.context.actor_id, workflow_id, list(numbers)
    )
    if found is None:
        raise errors.WorkflowNotFound
    by_number = orjson.loads(found)
    if any(str(number) not in by_number for number in numbers):
        raise errors.VersionNotFound
    return [by_number[str(number)] for number in numbers]


@router.post("/restore", response_model=schemas.WorkflowAnswer)
@requires(EDIT, raises=(*NO_VERSION, VersionConflict))
async def restore_workflow_version(
    workflow_id: UUID, body: schemas.RestoreBody, unit: Unit, if_match: IfMatch = None
) -> Response:
    """Save an earlier version as the newest."""
    await restoring.restore_version(
        unit.session, unit.context, workflow_id=workflow_id, number=body.number,
        if_match=if_match, now=unit.now,
    )  # fmt: skip
    return await show_workflow_of(unit, workflow_id)


@router.post("/unarchive", response_model=schemas.WorkflowAnswer)
@requires(EDIT, raises=NOT_FOUND)
async def unarchive_workflow(workflow_id: UUID, unit: Unit) -> Response:
    """Put an archived workflow back into the library."""
    await restoring.unarchive_workflow(
        unit.session, unit.context, workflow_id=workflow_id, now=unit.now
    )
    return await show_workflow_of(unit, workflow_id)


@router.post("/fork", status_code=201, response_model=schemas.WorkflowAnswer)
@requires(EDIT, raises=NOT_FOUND)
async def fork_workflow(workflow_id: UUID, body: schemas.ForkBody, unit: Unit) -> Response:
    """Copy a workflow into one of one's own."""
    made = await restoring.fork_workflow(
        unit.session, unit.context, workflow_id=workflow_id, name=body.name, now=unit.now
    )
    return await show_workflow_of(unit, made.id, status=201)


@router.get("/parameter-sets", response_model=Page[schemas.ParameterSetAnswer])
@requires(READ, raises=NOT_FOUND)
async def list_parameter_sets(workflow_id: UUID, read: Read) -> Response:
    """List the saved values of a workflow's parameters, by name."""
    found = await read.direct.json(
        read.context, queries.PARAMETER_SETS, read.context.actor_id, workflow_id
    )
    if found is None:
        raise errors.WorkflowNotFound
    return answer_json(found)


@router.post("/parameter-sets", status_code=201, response_model=schemas.ParameterSetAnswer)
@requires(EDIT, raises=(*NOT_FOUND, errors.ParameterSetTaken))
async def save_parameter_set(
    workflow_id: UUID, body: schemas.ParameterSetBody, unit: Unit
) -> Response:
    """Keep values under a name."""
    saved = await belongings.save_parameter_set(
        unit.session, unit.context, workflow_id=workflow_id, name=body.name, values=body.values,
        now=unit.now,
    )  # fmt: skip
    person = {"id": saved.saved_by, "display_name": None} if saved.saved_by else None
    shown = {
        "id": saved.id, "name": saved.name, "values": saved.values, "saved_by": person,
        "saved_at": saved.saved_at,
    }  # fmt: skip
    return answer_json(shown, status=201)


@router.delete("/parameter-sets/{set_id}", status_code=204, response_class=Response)
@requires(EDIT, raises=(*NOT_FOUND, errors.ParameterSetNotFound))
async def delete_parameter_set(workflow_id: UUID, set_id: UUID, unit: Unit) -> Response:
    """Forget saved values."""
    await belongings.delete_parameter_set(
        unit.session, unit.context, workflow_id=workflow_id, set_id=set_id, now=unit.now
    )
    return Response(status_code=204)

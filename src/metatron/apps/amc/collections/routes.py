"""Routes of collections: made, listed, shown, changed, paused, tried again, archived."""

from typing import Annotated
from uuid import UUID

from fastapi import Query
from starlette.responses import Response

from metatron.apps.amc.collections import answers, changing, making, queries, schemas
from metatron.apps.amc.collections.errors import (
    CollectionNotFound,
    CollectionNotPossible,
    SegmentNotFound,
)
from metatron.apps.amc.connections.errors import InstanceGone, InstanceNotFound
from metatron.apps.amc.connections.grants import viewer_of
from metatron.apps.amc.connections.showing import show, show_now
from metatron.apps.amc.edge import Cursor, IfMatch, Limit, Page, Words, answer_page
from metatron.apps.amc.library.errors import WorkflowNotFound
from metatron.apps.amc.permissions import EDIT, READ
from metatron.apps.amc.runs.errors import DestinationNotFound, InstanceUnusable
from metatron.apps.amc.sorting import keys_of
from metatron.kernel.errors import VersionConflict
from metatron.kernel.http.access import requires
from metatron.kernel.http.routing import Router
from metatron.kernel.http.unit import Read, Unit

router = Router(prefix="/amc/collections", tags=["amc collections"])
NOT_THERE = (
    InstanceNotFound, InstanceGone, InstanceUnusable, WorkflowNotFound, DestinationNotFound,
)  # fmt: skip


@router.get("", response_model=Page[answers.CollectionAnswer])
@requires(READ)
async def list_collections(
    read: Read,
    *,
    state: Annotated[answers.CollectionState | None, Query()] = None,
    q: Words = None,
    sort: queries.Sort = "-created_at",
    limit: Limit = 50,
    cursor: Cursor = None,
) -> Response:
    """List collections, the newest first; `q` looks into their names and their workflows'."""
    statement, kinds = queries.collections(sort, deep=cursor is not None)
    return await answer_page(
        read,
        statement,
        state,
        q,
        *keys_of(cursor, kinds),
        limit + 1,
        viewer_of(read.context),
        limit=limit,
    )


@router.post("", status_code=201, response_model=answers.CollectionAnswer)
@requires(EDIT, raises=NOT_THERE, idempotency="required")
async def make_collection(body: schemas.NewCollectionBody, unit: Unit) -> Response:
    """Collect a workflow over clients and segments of time."""
    made = await making.make_collection(unit.session, unit.context, wanted=body, now=unit.now)
    return await show_now(unit, queries.COLLECTION_NOW, made.id, status=201)


@router.get("/{collection_id}", response_model=answers.CollectionAnswer)
@requires(READ, raises=(CollectionNotFound,))
async def show_collection(collection_id: UUID, read: Read) -> Response:
    """Show one collection with how far it is."""
    return await show(read, queries.COLLECTION, collection_id, missing=CollectionNotFound)


@router.patch("/{collection_id}", response_model=answers.CollectionAnswer)
@requires(EDIT, raises=(CollectionNotFound, DestinationNotFound, VersionConflict))
async def change_collection(
    collection_id: UUID, body: schemas.ChangeCollectionBody, unit: Unit, if_match: IfMatch = None
) -> Response:
    """Rename a collection, have it continue or not, or deliver what it has somewhere."""
    await changing.change_collection(
        unit.session,
        unit.context,
        collection_id=collection_id,
        fields=body.model_dump(exclude_unset=True),
        if_match=if_match,
        now=unit.now,
    )
    return await show_now(unit, queries.COLLECTION_NOW, collection_id)


@router.delete("/{collection_id}", status_code=204)
@requires(EDIT, raises=(CollectionNotFound,))
async def archive_collection(collection_id: UUID, unit: Unit) -> Response:
    """End what waits; runs, figures and boards stay."""
    await changing.archive_collection(
        unit.session, unit.context, collection_id=collection_id, now=unit.now
    )
    return Response(status_code=204)


@router.post("/{collection_id}/pause", response_model=answers.CollectionAnswer)
@requires(EDIT, raises=(CollectionNotFound, CollectionNotPossible))
async def pause_collection(collection_id: UUID, unit: Unit) -> Response:
    """Ask for nothing more; what is under way comes to its end."""
    await changing.pause_collection(
        unit.session, unit.context, collection_id=collection_id, now=unit.now
    )
    return await show_now(unit, queries.COLLECTION_NOW, collection_id)


@router.post("/{collection_id}/resume", response_model=answers.CollectionAnswer)
@requires(EDIT, raises=(CollectionNotFound, CollectionNotPossible, WorkflowNotFound))
async def resume_collection(collection_id: UUID, unit: Unit) -> Response:
    """Go on where it was paused."""
    await changing.resume_collection(
        unit.session, unit.context, collection_id=collection_id, now=unit.now
    )
    return await show_now(unit, queries.COLLECTION_NOW, collection_id)


@router.post("/{collection_id}/retry", response_model=answers.CollectionAnswer)
@requires(EDIT, raises=(CollectionNotFound, SegmentNotFound))
async def retry_segments(collection_id: UUID, body: schemas.RetryBody, unit: Unit) -> Response:
    """Try failed segments again: those named, or all."""
    await changing.retry_segments(
        unit.session,
        unit.context,
        collection_id=collection_id,
        segment_ids=body.segment_ids,
        now=unit.now,
    )
    return await show_now(unit, queries.COLLECTION_NOW, collection_id)

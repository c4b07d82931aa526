"""Routes of what a collection holds: its segments, and its rows as one table."""

from typing import Annotated
from uuid import UUID

from fastapi import Query
from starlette.responses import Response

from metatron.apps.amc.collections import answers, joined, queries
from metatron.apps.amc.collections.errors import CollectionNotFound
from metatron.apps.amc.connections.grants import viewer_of
from metatron.apps.amc.edge import Cursor, Limit, Page, answer_json, answer_page
from metatron.apps.amc.permissions import READ
from metatron.apps.amc.runs.errors import ResultGone, ResultUnreadable
from metatron.apps.amc.runs.result_routes import MOST_OFFSET, Column, FilterText, read_filters
from metatron.apps.amc.runs.schemas import RowsAnswer
from metatron.kernel.http.access import requires
from metatron.kernel.http.routing import Router
from metatron.kernel.http.unit import Read, Reader
from metatron.kernel.paging import cursor_keys

router = Router(prefix="/amc/collections/{collection_id}", tags=["amc collections"])


@router.get("/segments", response_model=Page[answers.SegmentAnswer])
@requires(READ, raises=(CollectionNotFound,))
async def list_segments(
    collection_id: UUID,
    read: Read,
    *,
    instance_id: Annotated[UUID | None, Query()] = None,
    state: Annotated[answers.SegmentState | None, Query()] = None,
    limit: Limit = 50,
    cursor: Cursor = None,
) -> Response:
    """List a collection's segments, the latest first."""
    await _held(read, collection_id)
    return await answer_page(
        read,
        queries.SEGMENTS,
        collection_id,
        instance_id,
        state,
        *cursor_keys(cursor),
        limit + 1,
        viewer_of(read.context),
        limit=limit,
    )


@router.get("/rows", response_model=RowsAnswer)
@requires(READ, raises=(CollectionNotFound, ResultGone, ResultUnreadable))
async def read_collection_rows(
    collection_id: UUID,
    read: Read,
    *,
    offset: Annotated[int, Query(ge=0, le=MOST_OFFSET)] = 0,
    limit: Annotated[int, Query(ge=1, le=1_000)] = 100,
    sort: Column = None,
    filter: FilterText = None,  # noqa: A002
) -> Response:
    """Show a window of all results' rows, with the client and the segment of each."""
    await _held(read, collection_id)
    told = await joined.rows(
        read, collection_id, offset=offset, limit=limit, sort=sort, filters=read_filters(filter)
    )
    return answer_json(told)


async def _held(read: Reader, collection_id: UUID) -> None:
    viewer = viewer_of(read.context)
    if await read.direct.json(read.context, queries.IS_THERE, collection_id, viewer) is None:
        raise CollectionNotFound

"""Routes of what a collection holds: its segments, and its rows as one table."""

from typing import Annotated
from uuid import UUID

from fastapi import Query
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from metatron.apps.amc.collections import answers, joined, queries
from metatron.apps.amc.collections.errors import CollectionNotFound
from metatron.apps.amc.collections.events import CollectionExported
from metatron.apps.amc.collections.loading import demand_clients
from metatron.apps.amc.collections.tables import Collection
from metatron.apps.amc.connections.grants import viewer_of
from metatron.apps.amc.edge import Cursor, Limit, Page, answer_json, answer_page
from metatron.apps.amc.permissions import READ, RUN
from metatron.apps.amc.runs.errors import ResultGone, ResultUnreadable
from metatron.apps.amc.runs.result_routes import (
    MOST_OFFSET,
    Column,
    FilterText,
    download,
    read_filters,
)
from metatron.apps.amc.runs.results import exporting
from metatron.apps.amc.runs.schemas import RowsAnswer
from metatron.kernel.database.session import session_now
from metatron.kernel.events.event import publish
from metatron.kernel.http.access import requires
from metatron.kernel.http.routing import Router
from metatron.kernel.http.unit import Db, Read, Reader
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


@router.get("/export", response_class=StreamingResponse)
@requires(RUN, raises=(CollectionNotFound, ResultGone, ResultUnreadable))
async def export_collection_rows(
    collection_id: UUID,
    request: Request,
    database: Db,
    read: Read,
    *,
    format: Annotated[exporting.Form, Query()] = "csv",  # noqa: A002
    sort: Column = None,
    filter: FilterText = None,  # noqa: A002
) -> StreamingResponse:
    """Download all results' rows as one table, sorted and filtered as they are shown."""
    # Ended before the export's turn is waited for, which may take seconds.
    async with database.transaction(read.context) as session:
        await demand_clients(session, read.context, collection_id, "run")
        collection = await session.get(Collection, (read.context.tenant_id, collection_id))
        if collection is None or collection.archived_at is not None:
            raise CollectionNotFound
        found = await joined.export(
            read, collection_id, form=format, sort=sort, filters=read_filters(filter)
        )
        event = CollectionExported(
            aggregate_id=collection_id, form=format, row_count=found.row_count
        )
        await publish(session, read.context, event, now=await session_now(session))
    return await download(request, found.parts, name=collection.name, form=format)


async def _held(read: Reader, collection_id: UUID) -> None:
    viewer = viewer_of(read.context)
    if await read.direct.json(read.context, queries.IS_THERE, collection_id, viewer) is None:
        raise CollectionNotFound

"""Timelines of records and the organisation's audit log."""

from typing import Any
from uuid import UUID

import orjson
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from metatron.kernel.context import Context
from metatron.kernel.database.direct import DirectDoor
from metatron.kernel.http.access import requires
from metatron.kernel.http.hot import ID_FORM, LIMIT_FORM, HotRequest, hot, plain_query
from metatron.kernel.http.routing import Router
from metatron.kernel.http.unit import Read
from metatron.kernel.paging import cursor_id
from metatron.platform.audit import export, queries
from metatron.platform.audit.filters import (
    Cursor,
    Filters,
    Form,
    Limit,
    labelled,
    page_answer,
    page_of,
)
from metatron.platform.audit.permissions import READ
from metatron.platform.audit.schemas import AuditPage, SealStatus, TimelinePage

router = Router(tags=["audit"])
JSON = "application/json"
FIRST_PAGE = 50


async def _timeline(
    request: Request, door: DirectDoor, context: Context, *arguments: Any, limit: int
) -> bytes:
    sql = labelled(request, queries.TIMELINE)
    return orjson.dumps(page_of(await door.json(context, sql, *arguments, limit), limit))


async def _hot_timeline(asked: HotRequest) -> tuple[int, bytes]:
    given, request = asked.query(), Request(asked.scope)
    door, limit = await asked.database.direct(asked.context), int(given.get("limit", FIRST_PAGE))
    record = UUID(given["aggregate_id"])
    return 200, await _timeline(request, door, asked.context, record, None, limit=limit)


@router.get("/events", response_model=TimelinePage)
@requires(READ)
@hot(_hot_timeline, when=plain_query("aggregate_id", aggregate_id=ID_FORM, limit=LIMIT_FORM))
async def read_timeline(
    request: Request,
    read: Read,
    aggregate_id: UUID,
    limit: Limit = FIRST_PAGE,
    cursor: Cursor = None,
) -> Response:
    """Show what happened to one record, newest first."""
    arguments = aggregate_id, cursor_id(cursor)
    found = await _timeline(request, read.direct, read.context, *arguments, limit=limit)
    return Response(found, media_type=JSON)


@router.get("/audit", response_model=AuditPage)
@requires(READ)
async def read_audit_log(
    request: Request, read: Read, wanted: Filters, limit: Limit = 50, cursor: Cursor = None
) -> Response:
    """Show the organisation's audit log, newest first."""
    sql = labelled(request, queries.LOG)
    arguments = (cursor_id(cursor), *wanted.arguments(), limit)
    return page_answer(await read.direct.json(read.context, sql, *arguments), limit)


@router.get("/audit/export", response_class=StreamingResponse)
@requires(READ)
async def export_audit_log(
    request: Request,
    read: Read,
    wanted: Filters,
    format: Form = "csv",  # noqa: A002
) -> StreamingResponse:
    """Download the log (newest 100,000 entries that fit) as CSV or JSON lines."""
    sql = labelled(request, queries.LOG)
    arguments = wanted.arguments()

    async def fetch(before: str | None, limit: int) -> list[dict[str, Any]]:
        place = UUID(before) if before else None
        found = await read.direct.json(read.context, sql, place, *arguments, limit)
        items: list[dict[str, Any]] = orjson.loads(found or b"{}").get("items", [])
        return items

    return export.answer(fetch, format)


@router.get("/audit/status", response_model=SealStatus)
@requires(READ)
async def read_seal_status(read: Read) -> Response:
    """Tell how far the organisation's log is sealed and signed for."""
    return Response(await read.direct.json(read.context, queries.STATUS), media_type=JSON)

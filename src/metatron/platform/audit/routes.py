"""Timelines of records and the organisation's audit log."""

from typing import Any
from uuid import UUID

import orjson
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from metatron.kernel.http.access import requires
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
)
from metatron.platform.audit.permissions import READ
from metatron.platform.audit.schemas import AuditPage, SealStatus, TimelinePage

router = Router(tags=["audit"])
JSON = "application/json"


@router.get("/events", response_model=TimelinePage)
@requires(READ)
async def read_timeline(
    request: Request, read: Read, aggregate_id: UUID, limit: Limit = 50, cursor: Cursor = None
) -> Response:
    """Show what happened to one record, newest first."""
    sql = labelled(request, queries.TIMELINE)
    found = await read.direct.json(read.context, sql, aggregate_id, cursor_id(cursor), limit)
    return page_answer(found, limit)


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

"""Timelines of records, the organisation's audit log, and every log for operators."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

import orjson
from fastapi import Depends, Query
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from metatron.kernel.context import Context
from metatron.kernel.database.database import Database
from metatron.kernel.errors import InvalidInput, NotFound, PermissionDenied
from metatron.kernel.http.access import operator, requires
from metatron.kernel.http.routing import Router
from metatron.kernel.http.unit import Db, Read, Who
from metatron.kernel.paging import MAX_PAGE, cursor_id, encode_cursor
from metatron.platform.audit import export, queries
from metatron.platform.audit.permissions import READ
from metatron.platform.audit.schemas import AuditPage, SealStatus, TimelinePage
from metatron.platform.tenancy.interface import resolve_operator, tenant_by_id

router = Router(tags=["audit"])
Limit = Annotated[int, Query(ge=1, le=MAX_PAGE)]
Cursor = Annotated[str | None, Query(max_length=200)]
JSON = "application/json"
OPERATE = "audit:read"


@dataclass(frozen=True, slots=True)
class Filter:
    """What to show; `name` is an event's full name or a module's."""

    name: Annotated[
        str | None, Query(max_length=100, pattern=r"^[a-z_]+(\.[a-z_]+\.v[0-9]+)?$")
    ] = None
    actor_id: UUID | None = None
    aggregate_id: UUID | None = None
    request_id: Annotated[str | None, Query(max_length=64)] = None
    since: datetime | None = None
    until: datetime | None = None

    def arguments(self) -> tuple[Any, ...]:
        """Return the values in the order of the queries."""
        for place, instant in (("since", self.since), ("until", self.until)):
            if instant is not None and instant.tzinfo is None:
                hint = "Give an instant with its zone, such as 2026-01-31T12:00:00Z."
                raise InvalidInput.field(f"query.{place}", "naive_instant", hint)
            if instant is not None and not 1 < instant.year < 9999:
                raise InvalidInput.field(f"query.{place}", "out_of_range", "That is not our time.")
        return (
            self.name, self.actor_id, self.aggregate_id, self.request_id, self.since, self.until
        )  # fmt: skip


Filters = Annotated[Filter, Depends()]


@router.get("/events", response_model=TimelinePage)
@requires(READ)
async def read_timeline(
    request: Request, read: Read, aggregate_id: UUID, limit: Limit = 50, cursor: Cursor = None
) -> Response:
    """Show what happened to one record, newest first."""
    sql = _labelled(request, queries.TIMELINE)
    found = await read.direct.json(read.context, sql, aggregate_id, cursor_id(cursor), limit)
    return _page(found, limit)


@router.get("/audit", response_model=AuditPage)
@requires(READ)
async def read_audit_log(
    request: Request, read: Read, wanted: Filters, limit: Limit = 50, cursor: Cursor = None
) -> Response:
    """Show the organisation's audit log, newest first."""
    sql = _labelled(request, queries.LOG)
    arguments = (cursor_id(cursor), *wanted.arguments(), limit)
    return _page(await read.direct.json(read.context, sql, *arguments), limit)


@router.get("/audit/export", response_class=StreamingResponse)
@requires(READ)
async def export_audit_log(
    request: Request,
    read: Read,
    wanted: Filters,
    format: Literal["csv", "json"] = "csv",  # noqa: A002
) -> StreamingResponse:
    """Download the log (newest 100,000 entries that fit) as CSV or JSON lines."""
    sql = _labelled(request, queries.LOG)
    arguments = wanted.arguments()

    async def fetch(before: str | None, limit: int) -> list[dict[str, Any]]:
        place = UUID(before) if before else None
        found = await read.direct.json(read.context, sql, place, *arguments, limit)
        items: list[dict[str, Any]] = orjson.loads(found or b"{}").get("items", [])
        return items

    body: AsyncIterator[bytes]
    if format == "csv":
        body, media_type, ending = export.as_csv(fetch), "text/csv; charset=utf-8", "csv"
    else:
        body, media_type, ending = export.as_json_lines(fetch), "application/x-ndjson", "jsonl"
    headers = {"content-disposition": f'attachment; filename="audit.{ending}"'}
    return StreamingResponse(body, media_type=media_type, headers=headers)


@router.get("/audit/status", response_model=SealStatus)
@requires(READ)
async def read_seal_status(read: Read) -> Response:
    """Tell how far the organisation's log is sealed and signed for."""
    return Response(await read.direct.json(read.context, queries.STATUS), media_type=JSON)


@router.get("/admin/audit", response_model=AuditPage)
@operator(OPERATE, raises=(NotFound,))
async def read_all_logs(
    request: Request,
    *,
    database: Db,
    context: Who,
    wanted: Filters,
    tenant_id: UUID | None = None,
    limit: Limit = 50,
    cursor: Cursor = None,
) -> Response:
    """Show the audit log of one organisation, or of all, newest first.

    An operator whose grants name organisations or accounts asks for one of those.
    """
    await _check_reach(database, context, tenant_id)
    sql = _labelled(request, queries.ALL_LOGS)
    arguments = (tenant_id, cursor_id(cursor), *wanted.arguments(), limit)
    found = await database.system.fetchval(sql, *arguments)
    return _page(found.encode() if found else None, limit)


async def _check_reach(database: Database, context: Context, tenant_id: UUID | None) -> None:
    """Refuse an operator what their grants do not reach; the admin key reaches everything."""
    if context.actor_kind == "admin_key":
        return
    facts = await resolve_operator(database, context.actor_id) if context.actor_id else None
    if facts is None:
        raise PermissionDenied(OPERATE)
    everything, _, _ = facts.scope_of(OPERATE)
    if everything:
        return
    if tenant_id is None:
        hint = "Name one of the organisations you look after."
        raise InvalidInput.field("query.tenant_id", "out_of_reach", hint)
    tenant = await tenant_by_id(database, tenant_id)
    if tenant is None or not facts.covers_tenant(tenant, OPERATE):
        raise NotFound


def _labelled(request: Request, sql: str) -> str:
    known = getattr(request.app.state, "people_directory", False)
    return queries.with_labels(sql, directory=known)


def _page(found: bytes | None, limit: int) -> Response:
    page = orjson.loads(found or b'{"items":[]}')
    items = page["items"]
    page["next_cursor"] = encode_cursor([items[-1]["id"]]) if len(items) == limit else None
    return Response(orjson.dumps(page), media_type=JSON)

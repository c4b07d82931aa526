"""Routes of the workbench. The language is loaded when somebody first asks for it."""

import asyncio
import threading
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Annotated, Any
from uuid import UUID
from zoneinfo import ZoneInfo

import orjson
from fastapi import Header, Query
from starlette.requests import Request
from starlette.responses import Response

from metatron.apps.amc.connections.errors import InstanceNotFound
from metatron.apps.amc.connections.grants import viewer_of
from metatron.apps.amc.connections.listed import KEPT_LIST
from metatron.apps.amc.edge import answer_json
from metatron.apps.amc.language.places import UNIT, characters, units
from metatron.apps.amc.permissions import READ
from metatron.apps.amc.workbench import schemas
from metatron.apps.amc.workbench.documents import schema_document
from metatron.kernel.clock import utc_now
from metatron.kernel.http.access import requires
from metatron.kernel.http.routing import Router
from metatron.kernel.http.unit import current_reader

router = Router(prefix="/amc", tags=["amc workbench"])
IfNoneMatch = Annotated[str | None, Header(max_length=2_000)]


@router.get("/schema", response_model=schemas.SchemaAnswer, responses={304: {"model": None}})
@requires(READ, raises=(InstanceNotFound,))
async def show_amc_schema(
    request: Request,
    instance_id: Annotated[UUID | None, Query()] = None,
    if_none_match: IfNoneMatch = None,
) -> Response:
    """Show every table, column and function, from memory: no statement is sent.

    With a client those that it has, and what only its own list names.
    """
    kept = await _kept(request, instance_id) if instance_id else None
    document = await asyncio.to_thread(schema_document, kept)
    headers = {"etag": document.etag, "cache-control": "private, max-age=300"}
    known = [tag.strip().removeprefix("W/") for tag in (if_none_match or "").split(",")]
    if document.etag in known:
        return Response(status_code=304, headers=headers)
    return Response(document.body, media_type="application/json", headers=headers)


@router.post("/check", response_model=schemas.CheckAnswer)
@requires(READ, raises=(InstanceNotFound,))
async def check_query(body: schemas.CheckBody, request: Request) -> Response:
    """Say what AMC would refuse or do otherwise than meant, and which columns may vanish."""
    kept = await _kept(request, body.instance_id) if body.instance_id else None
    given_up = threading.Event()
    try:
        return answer_json(await asyncio.to_thread(_checked, body, kept, given_up.is_set))
    finally:
        # Its thread goes on alone where the answer took too long.
        given_up.set()


@router.post("/format", response_model=schemas.SqlAnswer)
@requires(READ)
async def format_query(body: schemas.FormatBody) -> Response:
    """Lay a query out; comments and meaning are kept."""
    return answer_json({"sql": await asyncio.to_thread(_laid_out, body.sql)})


@router.post("/complete", response_model=schemas.CompleteAnswer)
@requires(READ)
async def complete_query(body: schemas.CompleteBody) -> Response:
    """Offer what can stand at the cursor, also in a query that is not finished."""
    return answer_json(await asyncio.to_thread(_completed, body))


async def _kept(request: Request, instance_id: UUID) -> bytes | None:
    """Return what is kept of a client's list of tables; a check without client asks nobody."""
    read = await current_reader(request)
    found = await read.direct.json(read.context, KEPT_LIST, instance_id, viewer_of(read.context))
    if found is None:
        raise InstanceNotFound
    return None if found == b"null" else found


def _checked(
    body: schemas.CheckBody, kept: bytes | None, is_stopped: Callable[[], bool]
) -> dict[str, Any]:
    from metatron.apps.amc.declarations import declared_types, tables_of  # noqa: PLC0415
    from metatron.apps.amc.language.checking import Checking, Window, check  # noqa: PLC0415
    from metatron.apps.amc.schema.listing import facts_with  # noqa: PLC0415

    window = None
    if body.window is not None:
        start, end = (
            _in_utc(each, body.time_zone) for each in (body.window.start, body.window.end)
        )
        window = Window(start, end)
    parameters, values = body.parameters or (), body.values or {}
    against = Checking(
        declared_types(parameters), values, window, utc_now(),
        facts_with(orjson.loads(kept) if kept else None), is_stopped,
        tables_of(parameters, values), not body.disable_aggregation_controls,
    )  # fmt: skip
    checked = check(body.sql, against)
    told = checked.as_json()
    checked.release()
    return told


def _in_utc(wall_clock: datetime, zone: str) -> datetime:
    return wall_clock.replace(tzinfo=ZoneInfo(zone)).astimezone(UTC).replace(tzinfo=None)


def _laid_out(sql: str) -> str:
    from metatron.apps.amc.language.layout import laid_out  # noqa: PLC0415

    return laid_out(sql) if sql.strip() else ""


def _completed(body: schemas.CompleteBody) -> dict[str, Any]:
    from metatron.apps.amc.schema.loading import facts  # noqa: PLC0415
    from metatron.apps.amc.workbench.completing import complete  # noqa: PLC0415

    sql = body.sql
    offset = characters(sql, body.offset)
    found = complete(sql, offset, facts(), body.parameters, body.tables)
    start, end = units(sql[: found.start]), units(sql[: found.end])
    items = [each.as_json() for each in found.items]
    return {"items": items, "from": start, "to": end, "unit": UNIT}

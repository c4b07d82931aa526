"""Statements, their lines, and the queue of differences."""

import asyncio
from datetime import date
from typing import Annotated
from uuid import UUID

from fastapi import Path, Query
from pydantic import StringConstraints
from starlette.requests import Request
from starlette.responses import Response

from metatron.kernel.errors import InvalidInput
from metatron.kernel.http.access import Access, declare, requires
from metatron.kernel.http.routing import Router
from metatron.kernel.http.unit import Read, Unit, current_unit
from metatron.platform.payments import queries
from metatron.platform.payments.errors import (
    BreakNotFound,
    BreakResolved,
    ProviderUnknown,
    ResolutionDoesNotFit,
    StatementFormatUnavailable,
    StatementNotFound,
    StatementUnreadable,
)
from metatron.platform.payments.permissions import IMPORT, READ, RESOLVE
from metatron.platform.payments.providers import adapter_named, default_name
from metatron.platform.payments.schemas import (
    BreakPage,
    BreakState,
    BreakView,
    ImportAnswer,
    LinePage,
    MatchState,
    Positions,
    PositionView,
    ResolutionBody,
    StatementPage,
    StatementView,
)
from metatron.platform.payments.statements.breaks import resolve_break
from metatron.platform.payments.statements.importing import Document, Imported, import_statement
from metatron.platform.payments.statements.matching import BreakKind
from metatron.platform.payments.statements.position import statement_position
from metatron.platform.payments.statements.reading import (
    LARGEST_FILE_BYTES,
    StatementFormat,
    parse_statement,
)
from metatron.platform.tenancy.interface import Page

router = Router(prefix="/payments", tags=["payments"])
JSON = "application/json"
Name = Annotated[str, StringConstraints(pattern=r"^[a-z0-9_]{1,40}$")]
FileName = Annotated[str, StringConstraints(pattern=r"^[^\x00-\x1f\x7f/\\]{1,200}$")]
_RAW_BODY = {
    "requestBody": {
        "required": True,
        "content": {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}},
    }
}


@router.post(
    "/statements",
    status_code=201,
    responses={200: {"model": ImportAnswer, "description": "The same content was here already"}},
    openapi_extra=_RAW_BODY,
)
@declare(
    Access(
        "permission",
        IMPORT,
        raises=(StatementUnreadable, StatementFormatUnavailable, ProviderUnknown),
        max_body_bytes=LARGEST_FILE_BYTES,
    )
)
async def upload_statement(
    request: Request,
    response: Response,
    *,
    kind: Annotated[StatementFormat, Query(alias="format")],
    provider: Annotated[Name | None, Query()] = None,
    file_name: Annotated[FileName | None, Query()] = None,
) -> ImportAnswer:
    """Take a statement as a file (the raw body), keep its lines and reconcile them.

    The same content again changes nothing and answers 200.
    """
    name = adapter_named(provider or default_name()).name
    raw = await request.body()
    # Parsing takes processor time: elsewhere, so that other requests go on.
    parsed = await asyncio.to_thread(parse_statement, raw, kind)
    # Begun only now: no connection waits for a slow caller.
    unit = await current_unit(request)
    document = Document(name, "upload", kind, raw, file_name)
    done = await import_statement(
        unit.session, unit.context, document=document, parsed=parsed, now=unit.now
    )
    if done.reconciled is None:
        response.status_code = 200
    return _import_answer(done)


def _import_answer(done: Imported) -> ImportAnswer:
    counted = done.reconciled
    return ImportAnswer(
        statement_id=done.statement_id,
        is_new=counted is not None,
        matched=counted.matched if counted else 0,
        breaks_opened=counted.opened if counted else 0,
        breaks_settled=counted.settled if counted else 0,
    )


@router.get("/statements", response_model=StatementPage)
@requires(READ)
async def read_statements(read: Read, page: Page, provider: Name | None = None) -> Response:
    """List statements, oldest import first."""
    found = await read.direct.json(read.context, queries.STATEMENTS, *page.arguments(), provider)
    return Response(found, media_type=JSON)


@router.get("/statements/{statement_id}", response_model=StatementView)
@requires(READ, raises=(StatementNotFound,))
async def read_statement(read: Read, statement_id: UUID) -> Response:
    """Show one statement."""
    found = await read.direct.json(read.context, queries.STATEMENT, statement_id)
    if found is None:
        raise StatementNotFound
    return Response(found, media_type=JSON)


@router.get("/statement-lines", response_model=LinePage)
@requires(READ)
async def read_statement_lines(
    read: Read,
    page: Page,
    statement_id: UUID | None = None,
    match_state: MatchState | None = None,
) -> Response:
    """List statement lines, of one statement or of all."""
    arguments = page.arguments("uuid", "uuid")
    found = await read.direct.json(
        read.context, queries.LINES, *arguments, statement_id, match_state
    )
    return Response(found, media_type=JSON)


@router.get("/breaks", response_model=BreakPage)
@requires(READ)
async def read_breaks(
    read: Read, page: Page, state: BreakState | None = None, kind: BreakKind | None = None
) -> Response:
    """List the differences between statements and our records, oldest first."""
    found = await read.direct.json(read.context, queries.BREAKS, *page.arguments(), state, kind)
    return Response(found, media_type=JSON)


@router.get("/breaks/{break_id}", response_model=BreakView)
@requires(READ, raises=(BreakNotFound,))
async def read_break(read: Read, break_id: UUID) -> Response:
    """Show one difference."""
    found = await read.direct.json(read.context, queries.BREAK, break_id)
    if found is None:
        raise BreakNotFound
    return Response(found, media_type=JSON)


@router.post("/breaks/{break_id}/resolve", status_code=204)
@requires(RESOLVE, raises=(BreakNotFound, BreakResolved, ResolutionDoesNotFit))
async def resolve_difference(
    unit: Unit, break_id: Annotated[UUID, Path()], body: ResolutionBody
) -> None:
    """Settle a difference for good, with the reason; the settling person is who asks."""
    await resolve_break(
        unit.session,
        unit.context,
        break_id=break_id,
        resolution=body.resolution,
        reason=body.reason,
        now=unit.now,
    )


@router.get("/position")
@requires(READ, raises=(ProviderUnknown,))
async def read_statement_position(
    unit: Unit, on: date, provider: Annotated[Name | None, Query()] = None
) -> Positions:
    """Show what the provider says it holds at the end of a UTC day, for the ledger's comparison."""
    if not 1990 <= on.year <= 2199:
        raise InvalidInput.field("query.on", "out_of_range", "That is not our time.")
    name = adapter_named(provider or default_name()).name
    found = await statement_position(unit.session, unit.context, provider=name, on=on)
    items = [
        PositionView(
            currency=one.currency,
            statement_minor=one.statement_minor,
            unmatched_minor=one.unmatched_minor,
            in_transit_minor=one.in_transit_minor,
            escrow_minor=one.escrow_minor,
            open_breaks=one.open_breaks,
            covered_through_on=one.covered_through_on,
        )
        for one in found
    ]
    return Positions(provider=name, on=on, items=items)

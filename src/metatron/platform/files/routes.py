"""Uploading files and opening them again."""

from collections.abc import AsyncIterator
from dataclasses import asdict
from typing import Annotated, Any
from uuid import UUID

from fastapi import Query
from pydantic import StringConstraints
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response

from metatron.kernel.context import system_context
from metatron.kernel.database.session import session_now
from metatron.kernel.http.access import Access, declare, public, requires
from metatron.kernel.http.routing import Router
from metatron.kernel.http.unit import Db, Unit, Who, current_unit
from metatron.platform.files import errors, reading, storing
from metatron.platform.files.answering import IfRange, Range, content_answer, content_responses
from metatron.platform.files.media_types import EXTENSIONS
from metatron.platform.files.permissions import READ, UPLOAD
from metatron.platform.files.purposes import LARGEST_BYTES, purpose_named
from metatron.platform.files.schemas import FileAnswer, UploadAnswer
from metatron.platform.files.site import site
from metatron.platform.tenancy.interface import LimitReached, tenant_by_id

router = Router(tags=["files"])
PurposeName = Annotated[str, StringConstraints(pattern=r"^[a-z0-9_.]{1,100}$"), Query()]
FileName = Annotated[str, StringConstraints(pattern=r"^[^\x00]{1,300}$"), Query()]
_BINARY: dict[str, Any] = {"schema": {"type": "string", "format": "binary"}}
_BODY = {"requestBody": {"required": True, "content": {"application/octet-stream": _BINARY}}}
_CONTENT = content_responses({kind: {} if "json" in kind else _BINARY for kind in EXTENSIONS})
_UPLOAD = Access(
    "permission",
    UPLOAD,
    raises=(
        errors.PurposeUnknown,
        errors.FileEmpty,
        errors.FileTooLarge,
        errors.MediaTypeRefused,
        errors.UploadIncomplete,
        LimitReached,
    ),
    idempotency="ignored",
    max_body_bytes=LARGEST_BYTES,
)


@router.post("/files", status_code=201, response_model=UploadAnswer, openapi_extra=_BODY)
@declare(_UPLOAD)
async def upload_file(
    request: Request, context: Who, purpose: PurposeName, name: FileName
) -> dict[str, Any]:
    """Upload a file as the body of the request; what it is, its content says.

    A repeated upload is the same file until that is attached to something, so there is no need of
    an Idempotency-Key: the body is written as it comes and never held whole.
    """
    known = purpose_named(purpose)
    if known.upload_permission is not None:
        context.demand(known.upload_permission)
    if _announced(request) > known.max_bytes:
        raise storing.too_large(known)
    received = await storing.receive(context, known, _whole_body(request))
    try:
        # Begun only now: no transaction waits for a slow client.
        unit = await current_unit(request)
        stored = await storing.keep(
            unit.session, context, received=received, purpose=known, name=name, now=unit.now
        )
    finally:
        await site().store.discard(received)
    return asdict(stored)


@router.get("/files/{file_id}", response_model=FileAnswer)
@requires(READ, raises=(errors.FileNotFound,))
async def show_file(file_id: UUID, unit: Unit) -> dict[str, Any]:
    """Show what a file is."""
    return asdict(await reading.readable_facts(unit.session, unit.context, file_id=file_id))


@router.get("/files/{file_id}/content", response_class=Response, responses=_CONTENT)
@requires(READ, raises=(errors.FileNotFound, errors.ContentMissing, errors.RangeNotSatisfiable))
async def read_file_content(
    file_id: UUID, unit: Unit, wanted: Range = None, only_if: IfRange = None
) -> Response:
    """Download a file, or a part of it."""
    found = await reading.readable_facts(unit.session, unit.context, file_id=file_id)
    return await content_answer(
        unit.context, found, cache_control="no-store", wanted=wanted, only_if=only_if
    )


@router.get("/public/files/{link}", response_class=Response, responses=_CONTENT)
@public(
    raises=(
        errors.LinkInvalid,
        errors.LinkExpired,
        errors.FileNotFound,
        errors.ContentMissing,
        errors.RangeNotSatisfiable,
    )
)
async def read_linked_file(
    link: str, database: Db, wanted: Range = None, only_if: IfRange = None
) -> Response:
    """Download the file of a signed link, or a part of it; the link is the credential."""
    opened = reading.open_link(link)
    tenant = await tenant_by_id(database, opened.tenant_id)
    if tenant is None or tenant.state not in {"active", "moving"}:
        raise errors.LinkInvalid
    context = system_context(opened.tenant_id)
    async with database.transaction(context) as session:
        now = await session_now(session)
        found = await reading.linked_facts(session, context, opened=opened, now=now)
    seconds = min(3_600, int((opened.expires_at - now).total_seconds()))
    lasting = f"private, max-age={seconds}, immutable"
    return await content_answer(
        context, found, cache_control=lasting, wanted=wanted, only_if=only_if
    )


async def _whole_body(request: Request) -> AsyncIterator[bytes]:
    announced, came = request.headers.get("content-length"), 0
    try:
        async for part in request.stream():
            came += len(part)
            if part:
                yield part
    except ClientDisconnect as error:
        raise errors.UploadIncomplete from error
    if announced is not None and came != _announced(request):
        raise errors.UploadIncomplete


def _announced(request: Request) -> int:
    text = request.headers.get("content-length", "0")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 20 else 0

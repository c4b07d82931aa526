"""Copies and erasures of personal data over HTTP: one's own, or a member's with the permission."""

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

import orjson
from fastapi import Query
from starlette.responses import Response

from metatron.kernel.errors import ImpersonationForbidden, PermissionDenied
from metatron.kernel.http.access import signed_in
from metatron.kernel.http.routing import Router
from metatron.kernel.http.unit import Read, Unit
from metatron.kernel.paging import MAX_PAGE, cursor_id, encode_cursor
from metatron.platform.files.interface import signed_link
from metatron.platform.personal_data import errors, queries, schemas
from metatron.platform.personal_data.permissions import ERASE
from metatron.platform.personal_data.requests import (
    request_erasure,
    request_export,
    withdraw_request,
)
from metatron.platform.personal_data.tables import RequestKind, RequestRow

router = Router(prefix="/personal-data", tags=["personal data"])
Limit = Annotated[int, Query(ge=1, le=MAX_PAGE)]
Cursor = Annotated[str | None, Query(max_length=500)]
_ASKING = (
    errors.PersonNeeded,
    errors.PersonNotFound,
    errors.OwnersOnly,
    errors.AlreadyAsked,
    ImpersonationForbidden,
    PermissionDenied,
)


@router.get("/exports", response_model=schemas.DataRequestPage)
@signed_in()
async def list_exports(
    unit: Unit, read: Read, limit: Limit = 50, cursor: Cursor = None
) -> Response:
    """List one's own copies, and with personal_data:erase everybody's, newest first."""
    return await _page(unit.now, read, "export", limit, cursor)


@router.post("/exports", status_code=201)
@signed_in(raises=_ASKING)
async def post_export(unit: Unit, body: schemas.NewRequest) -> schemas.RequestMade:
    """Ask for a copy of one's own data, or of a member's; the person is mailed the link."""
    row = await request_export(unit.session, unit.context, member_id=body.member_id, now=unit.now)
    return _made(row)


@router.get("/erasures", response_model=schemas.DataRequestPage)
@signed_in()
async def list_erasures(
    unit: Unit, read: Read, limit: Limit = 50, cursor: Cursor = None
) -> Response:
    """List one's own erasures, and with personal_data:erase everybody's, newest first."""
    return await _page(unit.now, read, "erasure", limit, cursor)


@router.post("/erasures", status_code=201)
@signed_in(raises=(*_ASKING, errors.FreshSignInNeeded, errors.ErasureObstructed))
async def post_erasure(unit: Unit, body: schemas.NewRequest) -> schemas.RequestMade:
    """Ask for the erasure of one's own data, or of a member's; it waits some days."""
    row = await request_erasure(unit.session, unit.context, member_id=body.member_id, now=unit.now)
    return _made(row)


@router.delete("/erasures/{erasure_id}", status_code=204)
@signed_in(raises=(errors.RequestNotFound, errors.RequestClosed, ImpersonationForbidden))
async def delete_erasure(erasure_id: UUID, unit: Unit) -> None:
    """Withdraw an erasure that has not begun."""
    await withdraw_request(unit.session, unit.context, request_id=erasure_id, now=unit.now)


def _made(row: RequestRow) -> schemas.RequestMade:
    return schemas.RequestMade.model_validate(row, from_attributes=True)


async def _page(
    now: datetime, read: Read, kind: RequestKind, limit: int, cursor: str | None
) -> Response:
    context = read.context
    own = context.actor_id if context.actor_kind == "user" else None
    found = await read.direct.json(
        context, queries.REQUESTS, kind, cursor_id(cursor), own, context.allows(ERASE), limit
    )
    items = [_shown(row, read, now) for row in orjson.loads(found or b"[]")]
    more = encode_cursor([items[-1]["id"]]) if len(items) == limit else None
    content = orjson.dumps({"items": items, "next_cursor": more})
    return Response(content, media_type="application/json")


def _shown(row: dict[str, Any], read: Read, now: datetime) -> dict[str, Any]:
    """Give its link to the person of a finished copy, and to nobody in their name."""
    file_id, ends_at = row.pop("file_id"), row["link_expires_at"]
    row["link"], row["is_own"] = None, bool(row["is_own"])
    if file_id is None or not row["is_own"] or read.context.impersonator_id is not None:
        return row
    expires_at = datetime.fromisoformat(ends_at)
    if expires_at > now:
        row["link"] = signed_link(
            read.context, file_id=UUID(file_id), expires_at=expires_at, now=now
        )
    return row

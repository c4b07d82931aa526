"""Requests for approval over HTTP; they are made by the applications' own routes."""

from typing import Annotated, Any
from uuid import UUID

import orjson
from fastapi import Header, Query
from starlette.responses import Response

from metatron.kernel.errors import DomainError, VersionConflict
from metatron.kernel.etag import etag
from metatron.kernel.http.access import requires
from metatron.kernel.http.routing import Router
from metatron.kernel.http.unit import Read, Unit, UnitOfWork
from metatron.kernel.paging import MAX_PAGE, cursor_id, encode_cursor
from metatron.platform.approvals import decisions, errors, queries, requests, schemas
from metatron.platform.approvals.concerning import concerns_of
from metatron.platform.approvals.permissions import CONFIGURE, DECIDE, READ
from metatron.platform.approvals.rows import load, row_facts
from metatron.platform.approvals.rules import Rule, change_rules, read_rules
from metatron.platform.approvals.tables import ApprovalRow, ApprovalState
from metatron.platform.approvals.views import finish, show_rules
from metatron.platform.approvals.waiting import waiting_for

router = Router(tags=["approvals"])
Limit = Annotated[int, Query(ge=1, le=MAX_PAGE)]
IfMatch = Annotated[str | None, Header(max_length=200)]
_DECISION: tuple[type[DomainError], ...] = (
    errors.ApprovalNotFound,
    errors.ApprovalClosed,
    errors.ApprovalExpired,
    errors.SamePerson,
    errors.PartyToIt,
    errors.PersonNeeded,
    VersionConflict,
)


@router.get("/approvals", response_model=schemas.ApprovalPage)
@requires(READ)
async def list_approvals(
    read: Read,
    *,
    state: ApprovalState | None = None,
    action: schemas.ActionName | None = None,
    subject_id: UUID | None = None,
    limit: Limit = 50,
    cursor: Annotated[str | None, Query(max_length=500)] = None,
) -> Response:
    """List requests for approval, newest first."""
    found = await read.direct.json(
        read.context, queries.APPROVALS, cursor_id(cursor), state, action, subject_id, limit
    )
    items = [finish(row, read.context) for row in orjson.loads(found or b"[]")]
    more = encode_cursor([items[-1]["id"]]) if len(items) == limit else None
    return _json({"items": items, "next_cursor": more})


@router.get("/approvals/waiting", response_model=schemas.WaitingRecords)
@requires(READ)
async def list_waiting(unit: Unit) -> schemas.WaitingRecords:
    """List what waits for the reader's own decision on records, such as a campaign in review."""
    found = await waiting_for(unit.session, unit.context)
    items = [schemas.WaitingRecord.model_validate(each, from_attributes=True) for each in found]
    return schemas.WaitingRecords(items=items)


@router.get("/approvals/settings", response_model=schemas.SettingsAnswer)
@requires(READ)
async def show_approval_settings(unit: Unit) -> Response:
    """Show which actions need a second person."""
    rules = await read_rules(unit.session, unit.context)
    return _json(show_rules(rules), version=rules.version)


@router.patch("/approvals/settings", response_model=schemas.SettingsAnswer)
@requires(CONFIGURE, raises=(errors.PersonNeeded, VersionConflict))
async def edit_approval_settings(
    body: schemas.SettingsBody, unit: Unit, if_match: IfMatch = None
) -> Response:
    """Change which actions need a second person; actions that are not named keep their rule."""
    rules = {
        each.action: Rule(each.four_eyes, each.above_minor, each.currency)
        for each in body.rules or ()
    }
    changed = await change_rules(
        unit.session,
        unit.context,
        expires_after_seconds=body.expires_after_seconds,
        rules=rules,
        if_match=if_match,
        now=unit.now,
    )
    return _json(show_rules(changed), version=changed.version)


@router.get("/approvals/{approval_id}", response_model=schemas.ApprovalAnswer)
@requires(READ, raises=(errors.ApprovalNotFound,))
async def show_approval(approval_id: UUID, read: Read) -> Response:
    """Show one request."""
    found = await read.direct.json(read.context, queries.APPROVAL, approval_id)
    if found is None:
        raise errors.ApprovalNotFound
    row = finish(orjson.loads(found), read.context)
    return _json(row, version=row["version"])


@router.get("/approvals/{approval_id}/concerns", response_model=schemas.Concerns)
@requires(READ, raises=(errors.ApprovalNotFound,))
async def list_concerns(approval_id: UUID, unit: Unit) -> schemas.Concerns:
    """Name what a request is about: the records and people behind its ids."""
    approval = await unit.session.get(ApprovalRow, (unit.context.tenant_id, approval_id))
    if approval is None:
        raise errors.ApprovalNotFound
    found = await concerns_of(
        unit.session,
        unit.context,
        subject_kind=approval.subject_kind,
        subject_id=approval.subject_id,
    )
    items = [schemas.ConcernAnswer.model_validate(each, from_attributes=True) for each in found]
    return schemas.Concerns(items=items)


@router.post("/approvals/{approval_id}/approve", response_model=schemas.ApprovalAnswer)
@requires(DECIDE, raises=(*_DECISION, errors.ActionUnknown, errors.PayloadChanged))
async def approve_approval(
    approval_id: UUID,
    unit: Unit,
    body: schemas.ApproveBody | None = None,
    if_match: IfMatch = None,
) -> Response:
    """Approve what others asked for; the last approval it needs does it, or is refused."""
    await decisions.approve(
        unit.session,
        unit.context,
        approval_id=approval_id,
        reason=body.reason if body else None,
        if_match=if_match,
        now=unit.now,
    )
    return await _shown(unit, approval_id)


@router.post("/approvals/{approval_id}/reject", response_model=schemas.ApprovalAnswer)
@requires(DECIDE, raises=_DECISION)
async def reject_approval(
    approval_id: UUID, unit: Unit, body: schemas.RejectBody, if_match: IfMatch = None
) -> Response:
    """Say no to what another person asked for."""
    await decisions.reject(
        unit.session,
        unit.context,
        approval_id=approval_id,
        reason=body.reason,
        if_match=if_match,
        now=unit.now,
    )
    return await _shown(unit, approval_id)


@router.post("/approvals/{approval_id}/withdraw", response_model=schemas.ApprovalAnswer)
@requires(READ, raises=(errors.ApprovalNotFound, errors.ApprovalClosed, errors.NotRequester))
async def withdraw_approval(approval_id: UUID, unit: Unit) -> Response:
    """Take back one's own request."""
    await requests.withdraw(unit.session, unit.context, approval_id=approval_id, now=unit.now)
    return await _shown(unit, approval_id)


async def _shown(unit: UnitOfWork, approval_id: UUID) -> Response:
    row = row_facts(await load(unit.session, unit.context, approval_id))
    return _json(finish(row, unit.context), version=row["version"])


def _json(content: Any, *, version: int | None = None) -> Response:
    headers = {} if version is None else {"etag": etag(version)}
    return Response(
        orjson.dumps(content, default=str), media_type="application/json", headers=headers
    )

"""Routes of entries by hand: asked for here, booked by another person's approval."""

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import BaseModel, Field, StrictInt
from starlette.responses import Response

from metatron.apps.campaigns.edge import answers
from metatron.apps.campaigns.edge.paging import Cursor, Limit, answer_json, answer_page
from metatron.apps.campaigns.edge.queries import cursor_of
from metatron.apps.campaigns.edge.schemas import Body, Note
from metatron.apps.campaigns.money.errors import (
    ChargeNotFound,
    ManualEntryNotFound,
    ManualEntryNotPossible,
)
from metatron.apps.campaigns.money.manual_entries import ask_entry, ask_fee_correction
from metatron.apps.campaigns.money.manual_tables import ManualKind
from metatron.apps.campaigns.permissions import BOOKS, SETTLE
from metatron.kernel.database.direct import BOUND
from metatron.kernel.http.access import requires
from metatron.kernel.http.routing import Router
from metatron.kernel.http.unit import Read, Unit
from metatron.kernel.money import MAX_API_AMOUNT
from metatron.platform.payments.interface import BreakNotFound

router = Router(tags=["campaign money"])
# $2 and $3 cursor, $4 limit.
ENTRIES = (
    BOUND
    + """ select coalesce(json_agg(r), '[]')::text from bound, lateral (
  select m.id, m.kind, m.amount_minor, m.currency, m.reference, m.reason, m.break_id, m.about_id,
    m.charge_id, m.approval_id, m.requested_by, m.approved_by, m.booked_at,
    m.charge_id is null and not exists (select from campaigns.manual_entry f
      where f.tenant_id = m.tenant_id and f.about_id = m.id and (f.kind = 'correction'
        or not exists (select from campaigns.manual_entry g
          where g.tenant_id = f.tenant_id and g.about_id = f.id))) as is_open, """
    + cursor_of("m.booked_at", "m.id")
    + """ as cursor_
  from campaigns.manual_entry m
  where m.tenant_id = bound.t::uuid
    and ($2::text is null or (m.booked_at, m.id) < ($2::text::timestamptz, $3::uuid))
  order by m.booked_at desc, m.id desc limit $4) r"""
)


class ManualEntryBody(Body):
    """Which entry, about which difference or earlier entry, and why."""

    wish: Literal["suspense", "to_bond", "by_bond", "correction"]
    subject_id: UUID
    reason: Note


class FeeCorrectionBody(Body):
    """What a fee should have been, in minor units, and why; 0 for one that was never taken."""

    right_minor: Annotated[StrictInt, Field(ge=0, le=MAX_API_AMOUNT)]
    reason: Note


class AskedEntryAnswer(BaseModel):
    """The request another person decides."""

    approval_id: UUID


class ManualEntryItem(BaseModel):
    """An entry by hand; `is_open` until it is cleared or taken back, which no fee's is."""

    id: UUID
    kind: ManualKind
    amount_minor: int
    currency: str
    reference: str
    reason: str
    break_id: UUID | None
    about_id: UUID | None
    charge_id: UUID | None
    approval_id: UUID
    requested_by: UUID | None
    approved_by: UUID | None
    booked_at: datetime
    is_open: bool


@router.get("/campaign-manual-entries", response_model=answers.Page[ManualEntryItem])
@requires(BOOKS)
async def list_manual_entries(read: Read, limit: Limit = 50, cursor: Cursor = None) -> Response:
    """List the entries booked by hand, the newest first."""
    return await answer_page(read, ENTRIES, limit=limit, cursor=cursor)


@router.post("/campaign-manual-entries", status_code=202, response_model=AskedEntryAnswer)
@requires(
    SETTLE,
    raises=(BreakNotFound, ManualEntryNotFound, ManualEntryNotPossible),
    idempotency="required",
)
async def ask_manual_entry(body: ManualEntryBody, unit: Unit) -> Response:
    """Ask a second person for an entry by hand."""
    asked = await ask_entry(
        unit.session,
        unit.context,
        wish=body.wish,
        subject_id=body.subject_id,
        reason=body.reason,
        now=unit.now,
    )
    return answer_json({"approval_id": asked.id}, status=202)


@router.post(
    "/campaign-provider-charges/{charge_id}/corrections",
    status_code=202,
    response_model=AskedEntryAnswer,
)
@requires(SETTLE, raises=(ChargeNotFound, ManualEntryNotPossible), idempotency="required")
async def correct_provider_charge(charge_id: UUID, body: FeeCorrectionBody, unit: Unit) -> Response:
    """Ask a second person to make a recorded fee what it should have been."""
    asked = await ask_fee_correction(
        unit.session,
        unit.context,
        charge_id=charge_id,
        right_minor=body.right_minor,
        reason=body.reason,
        now=unit.now,
    )
    return answer_json({"approval_id": asked.id}, status=202)

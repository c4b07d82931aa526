"""Routes of the escrow desk: what needs somebody's hand, over all campaigns."""

from typing import Annotated
from uuid import UUID

import orjson
from fastapi import Query
from starlette.responses import Response

from metatron.apps.campaigns.care import dispute_evidence, dispute_files
from metatron.apps.campaigns.care import errors as refused
from metatron.apps.campaigns.edge import answers, care_schemas, desk_queries, desk_schemas
from metatron.apps.campaigns.edge.lookup import LookupAnswer, look_up
from metatron.apps.campaigns.edge.paging import Cursor, Limit, answer_json, answer_page
from metatron.apps.campaigns.permissions import READ, SETTLE, SUPPLY
from metatron.kernel.http.access import requires
from metatron.kernel.http.routing import Router
from metatron.kernel.http.unit import Read, Unit
from metatron.platform.files.interface import FileNotFound
from metatron.platform.payments import interface as payments

router = Router(tags=["escrow desk"])


@router.get("/campaign-card-disputes", response_model=answers.Page[desk_schemas.ListedDispute])
@requires(READ)
async def list_all_card_disputes(
    read: Read,
    state: Annotated[desk_schemas.DisputeState | None, Query()] = None,
    campaign_id: Annotated[UUID | None, Query()] = None,
    limit: Limit = 50,
    cursor: Cursor = None,
) -> Response:
    """List the card disputes of all campaigns, the newest first."""
    filters = (state, campaign_id)
    return await answer_page(read, desk_queries.CARD_DISPUTES, *filters, limit=limit, cursor=cursor)


@router.post(
    "/campaign-card-disputes/{dispute_id}/evidence",
    status_code=202,
    response_model=care_schemas.CardDisputeShown,
)
@requires(
    SETTLE,
    raises=(
        refused.DisputeNotFound,
        refused.EvidenceNotPossible,
        payments.CapabilityMissing,
    ),
    idempotency="required",
)
async def hand_in_evidence(
    dispute_id: UUID, body: desk_schemas.EvidenceBody, unit: Unit
) -> Response:
    """Hand evidence in against a card dispute, once, before the provider's deadline."""
    dispute = await dispute_evidence.hand_in(
        unit.session,
        unit.context,
        dispute_id=dispute_id,
        explanation=body.explanation,
        now=unit.now,
    )
    names = care_schemas.CardDisputeShown.model_fields
    shown = {name: getattr(dispute, name) for name in names}
    return answer_json(shown, status=202, version=dispute.version)


@router.get("/campaign-lookup", response_model=LookupAnswer)
@requires(READ)
async def look_up_reference(
    unit: Unit, q: Annotated[str, Query(min_length=3, max_length=200, pattern=r"^[^\x00-\x1f]+$")]
) -> LookupAnswer:
    """Find what is known under a reference, an id, or the provider's own name for it."""
    return LookupAnswer(items=await look_up(unit.session, unit.context, reference=q))


@router.post(
    "/campaign-card-disputes/{dispute_id}/files",
    status_code=201,
    response_model=desk_schemas.DisputeFileShown,
)
@requires(
    SETTLE,
    raises=(
        refused.DisputeNotFound,
        refused.EvidenceNotPossible,
        refused.DisputeFileGiven,
        FileNotFound,
    ),
)
async def give_dispute_file(
    dispute_id: UUID, body: desk_schemas.DisputeFileBody, unit: Unit
) -> Response:
    """Keep an uploaded file as evidence against a card dispute, before it is handed in."""
    row = await dispute_files.add_dispute_file(
        unit.session,
        unit.context,
        dispute_id=dispute_id,
        file_id=body.file_id,
        note=body.note,
        now=unit.now,
    )
    names = desk_schemas.DisputeFileShown.model_fields
    return answer_json({name: getattr(row, name) for name in names}, status=201)


@router.get("/campaign-card-disputes/{dispute_id}/files", response_model=desk_schemas.DisputeFiles)
@requires(READ, raises=(refused.DisputeNotFound,))
async def list_dispute_files(dispute_id: UUID, read: Read) -> Response:
    """List the files that speak against a card dispute."""
    found = await read.direct.json(read.context, desk_queries.DISPUTE_FILES, dispute_id)
    items = orjson.loads(found or b"[]")
    if not items and not await read.direct.json(
        read.context, desk_queries.DISPUTE_EXISTS, dispute_id
    ):
        raise refused.DisputeNotFound
    return answer_json({"items": items})


@router.get("/campaign-payouts", response_model=answers.Page[desk_schemas.ListedPayout])
@requires(READ)
async def list_payouts(
    read: Read,
    state: Annotated[desk_schemas.PayoutState | None, Query()] = None,
    campaign_id: Annotated[UUID | None, Query()] = None,
    limit: Limit = 50,
    cursor: Cursor = None,
) -> Response:
    """List payments to suppliers, the newest first; `state=failed` is the queue to look after."""
    filters = (state, campaign_id)
    return await answer_page(read, desk_queries.PAYOUTS, *filters, limit=limit, cursor=cursor)


@router.get("/supplier/payouts", response_model=answers.Page[desk_schemas.SupplierPayout])
@requires(SUPPLY)
async def list_own_payouts(read: Read, limit: Limit = 50, cursor: Cursor = None) -> Response:
    """List the payments for the campaigns one supplies, the newest first."""
    own = read.context.actor_id
    return await answer_page(read, desk_queries.SUPPLIER_PAYOUTS, own, limit=limit, cursor=cursor)

"""Routes of claims on suppliers: made, paid, or written off by two persons."""

from typing import Annotated
from uuid import UUID

from fastapi import Query
from starlette.responses import Response

from metatron.apps.campaigns import errors
from metatron.apps.campaigns.care import claim_payments, supplier_claims
from metatron.apps.campaigns.care import errors as refused
from metatron.apps.campaigns.edge import answers, claim_queries
from metatron.apps.campaigns.edge import claim_schemas as shapes
from metatron.apps.campaigns.edge.money_answers import WaitingAnswer
from metatron.apps.campaigns.edge.paging import Cursor, Limit, answer_json, answer_page
from metatron.apps.campaigns.permissions import READ, SETTLE, SUPPLY
from metatron.kernel.http.access import requires
from metatron.kernel.http.routing import Router
from metatron.kernel.http.unit import Read, Unit

router = Router(tags=["supplier claims"])


@router.get("/supplier-claims", response_model=answers.Page[shapes.ListedClaim])
@requires(READ)
async def list_claims(
    read: Read,
    state: Annotated[shapes.ClaimState | None, Query()] = None,
    limit: Limit = 50,
    cursor: Cursor = None,
) -> Response:
    """List what suppliers owe back, the newest first."""
    filters = (state, None)
    return await answer_page(read, claim_queries.CLAIMS, *filters, limit=limit, cursor=cursor)


@router.get("/supplier/claims", response_model=answers.Page[shapes.ListedClaim])
@requires(SUPPLY)
async def list_own_claims(read: Read, limit: Limit = 50, cursor: Cursor = None) -> Response:
    """List what one owes back, the newest first."""
    own = (None, read.context.actor_id)
    return await answer_page(read, claim_queries.CLAIMS, *own, limit=limit, cursor=cursor)


@router.post("/supplier-claims", status_code=201, response_model=shapes.ClaimAnswer)
@requires(
    SETTLE,
    raises=(refused.ClaimNotPossible, errors.ReasonRequired, errors.LedgerRefused),
    idempotency="required",
)
async def open_claim(body: shapes.ClaimBody, unit: Unit) -> Response:
    """Claim from the supplier what a lost card dispute took after the release."""
    claim = await supplier_claims.open_claim(
        unit.session, unit.context, dispute_id=body.dispute_id, reason=body.reason, now=unit.now
    )
    names = shapes.ClaimAnswer.model_fields
    shown = {name: getattr(claim, name) for name in names}
    return answer_json(shown, status=201, version=claim.version)


@router.post("/supplier-claims/{claim_id}/write-off", status_code=202, response_model=WaitingAnswer)
@requires(
    SETTLE,
    raises=(refused.ClaimNotFound, refused.ClaimNotPossible, errors.ReasonRequired),
    idempotency="required",
)
async def write_off(claim_id: UUID, body: shapes.WriteOffBody, unit: Unit) -> Response:
    """Ask a second person to give up what is left of a claim."""
    approval = await supplier_claims.ask_write_off(
        unit.session, unit.context, claim_id=claim_id, reason=body.reason, now=unit.now
    )
    return answer_json({"approval_id": approval.id}, status=202)


@router.post(
    "/supplier/claims/{claim_id}/payments",
    status_code=202,
    response_model=shapes.ClaimPaymentAnswer,
)
@requires(
    SUPPLY,
    raises=(refused.ClaimNotFound, refused.ClaimNotPossible, errors.LedgerRefused),
    idempotency="required",
)
async def pay(claim_id: UUID, body: shapes.ClaimPaymentBody, unit: Unit) -> Response:
    """Have the provider take what one owes, or a part of it, from one's own method."""
    paid = await claim_payments.pay_claim(
        unit.session,
        unit.context,
        claim_id=claim_id,
        amount_minor=body.amount_minor,
        payment_method=body.payment_method,
        now=unit.now,
    )
    names = shapes.ClaimPaymentAnswer.model_fields
    return answer_json({name: getattr(paid, name) for name in names}, status=202)

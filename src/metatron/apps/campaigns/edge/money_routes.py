"""Routes of finance: refunds by hand, many at once, and those the provider refused."""

from dataclasses import asdict
from typing import Annotated
from uuid import UUID

from fastapi import Query
from starlette.responses import Response

from metatron.apps.campaigns import errors
from metatron.apps.campaigns.edge import money_answers as shapes
from metatron.apps.campaigns.edge import money_queries, money_schemas
from metatron.apps.campaigns.edge.paging import Cursor, Limit, answer_json, answer_page
from metatron.apps.campaigns.money.alternative_payouts import ask_alternative_payout
from metatron.apps.campaigns.money.bulk_refunds import Bulk, ask_bulk, preview_bulk
from metatron.apps.campaigns.money.manual_refunds import ask_refund, retry_one
from metatron.apps.campaigns.permissions import READ, SETTLE
from metatron.apps.campaigns.tables import Refund
from metatron.kernel.http.access import requires
from metatron.kernel.http.routing import Router
from metatron.kernel.http.unit import Read, Unit

router = Router(tags=["campaign money"])
REFUSALS = (
    errors.CommitmentDisputed,
    errors.TransitionNotAllowed,
    errors.RefundExceedsEscrow,
    errors.ReasonRequired,
    errors.LedgerRefused,
)


@router.get("/refunds", response_model=shapes.RefundPageAnswer)
@requires(READ)
async def list_refunds(
    read: Read,
    state: Annotated[shapes.RefundState | None, Query()] = None,
    campaign_id: Annotated[UUID | None, Query()] = None,
    limit: Limit = 50,
    cursor: Cursor = None,
) -> Response:
    """List refunds, the oldest first; `state=failed` is the queue of those to look after."""
    return await answer_page(
        read, money_queries.REFUNDS, state, campaign_id, limit=limit, cursor=cursor
    )


@router.post(
    "/commitments/{commitment_id}/refunds",
    status_code=201,
    response_model=shapes.AskedRefundAnswer,
)
@requires(SETTLE, raises=(errors.CommitmentNotFound, *REFUSALS), idempotency="required")
async def refund_commitment(
    commitment_id: UUID, body: money_schemas.RefundBody, unit: Unit
) -> Response:
    """Refund a commitment by hand, whole or in part; above the threshold a second person decides.

    Answered with 202 and `approval_id` when it waits for one.
    """
    asked = await ask_refund(
        unit.session,
        unit.context,
        commitment_id=commitment_id,
        amount_minor=body.amount_minor,
        whole=body.whole,
        reason_code=body.reason_code,
        reason=body.reason,
        now=unit.now,
    )
    shown = {
        "refund": _shown(asked.refund) if asked.refund else None,
        "approval_id": asked.approval_id,
    }
    return answer_json(shown, status=202 if asked.approval_id else 201)


@router.post("/campaigns/{campaign_id}/refunds/preview", response_model=shapes.BulkPreviewAnswer)
@requires(SETTLE, raises=(errors.CampaignNotFound,))
async def preview_refunds(
    campaign_id: UUID, body: money_schemas.BulkRefundBody, unit: Unit
) -> Response:
    """Say what refunding all held and allocated commitments would do now; changes nothing."""
    preview = await preview_bulk(
        unit.session, unit.context, campaign_id=campaign_id, bulk=_bulk(body)
    )
    return answer_json(asdict(preview))


@router.post(
    "/campaigns/{campaign_id}/refunds", status_code=202, response_model=shapes.WaitingAnswer
)
@requires(
    SETTLE,
    raises=(errors.CampaignNotFound, errors.PreviewOutdated, *REFUSALS),
    idempotency="required",
)
async def refund_many(
    campaign_id: UUID, body: money_schemas.AskedBulkRefundBody, unit: Unit
) -> Response:
    """Ask a second person for the bulk refund that was previewed."""
    approval = await ask_bulk(
        unit.session,
        unit.context,
        campaign_id=campaign_id,
        bulk=_bulk(body),
        expected=(body.expected_count, body.expected_amount_minor),
        now=unit.now,
    )
    return answer_json({"approval_id": approval.id}, status=202)


@router.post("/refunds/{refund_id}/retry", response_model=shapes.RefundAnswer)
@requires(
    SETTLE,
    raises=(errors.RefundNotFound, errors.TransitionNotAllowed, errors.LedgerRefused),
    idempotency="required",
)
async def retry_refund_row(refund_id: UUID, unit: Unit) -> Response:
    """Have one refused refund instructed again."""
    refund = await retry_one(unit.session, unit.context, refund_id=refund_id, now=unit.now)
    return answer_json(_shown(refund), version=refund.version)


@router.post(
    "/refunds/{refund_id}/alternative-payout",
    status_code=202,
    response_model=shapes.WaitingAnswer,
)
@requires(
    SETTLE,
    raises=(errors.RefundNotFound, errors.TransitionNotAllowed),
    idempotency="required",
)
async def pay_another_way(
    refund_id: UUID, body: money_schemas.AlternativePayoutBody, unit: Unit
) -> Response:
    """Ask a second person to have a refused refund paid to an account the member agreed to."""
    approval = await ask_alternative_payout(
        unit.session,
        unit.context,
        refund_id=refund_id,
        destination=body.destination,
        evidence=body.evidence,
        now=unit.now,
    )
    return answer_json({"approval_id": approval.id}, status=202)


def _bulk(body: money_schemas.BulkRefundBody) -> Bulk:
    return Bulk(body.amount_per_unit_minor, body.reason_code, body.reason)


def _shown(refund: Refund) -> dict[str, object]:
    return {name: getattr(refund, name) for name in shapes.RefundAnswer.model_fields}

"""Routes of suppliers: their own campaigns, their answer, their deliveries."""

from uuid import UUID

from starlette.responses import Response

from metatron.apps.campaigns import errors
from metatron.apps.campaigns.delivery.fulfilment import record_fulfilment
from metatron.apps.campaigns.edge import (
    answers,
    own_delivery_schemas,
    queries,
    schemas,
    supply_schemas,
    views,
)
from metatron.apps.campaigns.edge.own_delivery_queries import SUPPLIED_ISSUES
from metatron.apps.campaigns.edge.paging import Cursor, Limit, answer_json, read_page
from metatron.apps.campaigns.permissions import SUPPLY
from metatron.apps.campaigns.supply import supplier
from metatron.kernel.http.access import requires, signed_in
from metatron.kernel.http.routing import Router
from metatron.kernel.http.unit import Read, Unit

router = Router(tags=["supplier"])


async def _rows(
    read: Read, campaign_id: UUID | None, cursor: Cursor, limit: int
) -> tuple[list[dict[str, object]], str | None]:
    mine = (read.context.actor_id, campaign_id)
    rows, next_cursor = await read_page(
        read, queries.SUPPLIER_CAMPAIGNS, *mine, limit=limit, cursor=cursor
    )
    return [views.finish_supplier_campaign(row, read.context) for row in rows], next_cursor


@router.get("/supplier/campaigns", response_model=answers.Page[answers.SupplierCampaignAnswer])
@requires(SUPPLY)
async def list_supplied(read: Read, limit: Limit = 50, cursor: Cursor = None) -> Response:
    """List the campaigns one supplies."""
    rows, next_cursor = await _rows(read, None, cursor, limit)
    return answer_json({"items": rows, "next_cursor": next_cursor})


@router.get("/supplier/campaigns/{campaign_id}", response_model=answers.SupplierCampaignAnswer)
@requires(SUPPLY, raises=(errors.CampaignNotFound,))
async def show_supplied(campaign_id: UUID, read: Read) -> Response:
    """Show one of the campaigns one supplies."""
    rows, _ = await _rows(read, campaign_id, None, 1)
    if not rows:
        raise errors.CampaignNotFound
    return answer_json(rows[0])


@router.get(
    "/supplier/campaigns/{campaign_id}/issues",
    response_model=own_delivery_schemas.SuppliedIssuesAnswer,
)
@requires(SUPPLY, raises=(errors.CampaignNotFound,))
async def list_supplied_issues(campaign_id: UUID, read: Read) -> Response:
    """List up to 500 issues of a campaign one supplies, open ones first; members are not named."""
    found = await read.direct.json(
        read.context, SUPPLIED_ISSUES, campaign_id, read.context.actor_id
    )
    if found is None:
        raise errors.CampaignNotFound
    return Response(found, media_type="application/json")


ANSWER_REFUSALS = (errors.CampaignNotFound, errors.TransitionNotAllowed, errors.ReasonRequired)


@router.post(
    "/supplier/campaigns/{campaign_id}/accept", response_model=answers.SupplierCampaignAnswer
)
@requires(SUPPLY, raises=ANSWER_REFUSALS, idempotency="required")
async def accept(
    campaign_id: UUID, unit: Unit, body: supply_schemas.AcceptBody | None = None
) -> Response:
    """Accept all units, or fewer of them; of a part every member is asked first."""
    await supplier.accept(
        unit.session,
        unit.context,
        campaign_id=campaign_id,
        units=body.units if body else None,
        now=unit.now,
    )
    return await _show(unit, campaign_id)


@router.post(
    "/supplier/campaigns/{campaign_id}/decline", response_model=answers.SupplierCampaignAnswer
)
@requires(SUPPLY, raises=ANSWER_REFUSALS, idempotency="required")
async def decline(campaign_id: UUID, body: schemas.ReasonBody, unit: Unit) -> Response:
    """Decline, with a reason: every member is refunded in full."""
    await supplier.decline(
        unit.session, unit.context, campaign_id=campaign_id, reason=body.reason, now=unit.now
    )
    return await _show(unit, campaign_id)


@router.post(
    "/supplier/campaigns/{campaign_id}/fulfilment-events",
    status_code=201,
    response_model=answers.FulfilmentAnswer,
)
@signed_in(raises=(errors.CampaignNotFound, errors.TransitionNotAllowed))
async def record(campaign_id: UUID, body: schemas.FulfilmentBody, unit: Unit) -> Response:
    """Record how the delivery goes; suppliers and organisers may."""
    event = await record_fulfilment(
        unit.session,
        unit.context,
        campaign_id=campaign_id,
        kind=body.kind,
        note=body.note,
        units=body.units,
        now=unit.now,
    )
    names = answers.FulfilmentAnswer.model_fields
    return answer_json({name: getattr(event, name) for name in names}, status=201)


async def _show(unit: Unit, campaign_id: UUID) -> Response:
    row = await views.supplier_row(unit.session, unit.context, campaign_id)
    return answer_json(views.finish_supplier_campaign(row, unit.context))

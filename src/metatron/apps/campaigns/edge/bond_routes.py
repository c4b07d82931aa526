"""Routes of fees, the bond and coverage."""

from typing import Annotated, Literal
from uuid import UUID

from fastapi import Query
from sqlalchemy import func, select
from starlette.responses import Response

from metatron.apps.campaigns import errors
from metatron.apps.campaigns.edge import answers, bond_queries, money_schemas
from metatron.apps.campaigns.edge import money_answers as shapes
from metatron.apps.campaigns.edge.paging import Cursor, Limit, answer_json, answer_page
from metatron.apps.campaigns.money.accounts import Chart
from metatron.apps.campaigns.money.bond import pay_into_bond
from metatron.apps.campaigns.money.charges import ChargeKind, bond_left, record_charge
from metatron.apps.campaigns.money.coverage import coverage
from metatron.apps.campaigns.money.tables import BondDeposit, ProviderCharge
from metatron.apps.campaigns.permissions import BOOKS, SETTLE
from metatron.apps.campaigns.rules.tenant_settings import read_settings
from metatron.kernel.http.access import requires
from metatron.kernel.http.routing import Router
from metatron.kernel.http.unit import Read, Unit

router = Router(tags=["campaign money"])


@router.get("/campaign-coverage", response_model=list[shapes.CoverageAnswer])
@requires(BOOKS)
async def show_coverage(unit: Unit) -> Response:
    """Show for each currency what the provider holds beside what is held for others."""
    provider = (await read_settings(unit.session, unit.context)).provider
    query = (
        select(
            ProviderCharge.currency,
            func.sum(
                ProviderCharge.amount_minor
                + ProviderCharge.correction_minor
                - ProviderCharge.recharged_minor
            ),
        )
        .where(ProviderCharge.tenant_id == unit.context.tenant_id)
        .group_by(ProviderCharge.currency)
    )
    not_borne = {row[0]: int(row[1]) for row in await unit.session.execute(query)}
    shown = []
    for each in await coverage(unit.session, unit.context):
        chart = Chart(unit.context.tenant_id, each.currency, provider)
        shown.append(
            {
                "currency": each.currency,
                "covering_minor": each.covering_minor,
                "covered_minor": each.covered_minor,
                "missing_minor": each.missing_minor,
                "bond_minor": await bond_left(unit.session, unit.context, chart),
                "not_borne_minor": not_borne.get(each.currency, 0),
            }
        )
    return answer_json(shown)


@router.post(
    "/campaigns/{campaign_id}/provider-charges",
    status_code=201,
    response_model=shapes.ChargeAnswer,
)
@requires(
    SETTLE,
    raises=(errors.CampaignNotFound, errors.ChargeDiffers, errors.LedgerRefused),
    idempotency="required",
)
async def record_provider_charge(
    campaign_id: UUID, body: money_schemas.ChargeBody, unit: Unit
) -> Response:
    """Record a fee the provider took; the bond bears it as far as it goes."""
    charge = await record_charge(
        unit.session,
        unit.context,
        campaign_id=campaign_id,
        kind=body.kind,
        amount_minor=body.amount_minor,
        reference=body.reference,
        now=unit.now,
    )
    names = shapes.ChargeAnswer.model_fields
    return answer_json({name: getattr(charge, name) for name in names}, status=201)


@router.post("/campaign-bond/payments", status_code=202, response_model=shapes.BondPaymentAnswer)
@requires(SETTLE, raises=(errors.LedgerRefused,), idempotency="required")
async def pay_bond(body: money_schemas.BondBody, unit: Unit) -> Response:
    """Have the provider take a payment into the organisation's bond."""
    paid = await pay_into_bond(
        unit.session,
        unit.context,
        amount_minor=body.amount_minor,
        currency=body.currency,
        payment_method=body.payment_method,
        now=unit.now,
    )
    return _shown(paid)


@router.get("/campaign-bond/payments", response_model=answers.Page[shapes.BondPaymentAnswer])
@requires(BOOKS)
async def list_bond_payments(
    read: Read,
    state: Annotated[Literal["instructed", "confirmed", "failed"] | None, Query()] = None,
    limit: Limit = 50,
    cursor: Cursor = None,
) -> Response:
    """List what the organisation paid into its bond, the newest first."""
    return await answer_page(read, bond_queries.PAYMENTS, state, limit=limit, cursor=cursor)


@router.get("/campaign-provider-charges", response_model=answers.Page[shapes.ListedChargeAnswer])
@requires(BOOKS)
async def list_provider_charges(
    read: Read,
    kind: Annotated[ChargeKind | None, Query()] = None,
    campaign_id: Annotated[UUID | None, Query()] = None,
    limit: Limit = 50,
    cursor: Cursor = None,
) -> Response:
    """List fees of the provider and of disputes, the newest first, with what the bond bore."""
    filters = (kind, campaign_id)
    return await answer_page(read, bond_queries.CHARGES, *filters, limit=limit, cursor=cursor)


def _shown(paid: BondDeposit) -> Response:
    names = shapes.BondPaymentAnswer.model_fields
    return answer_json({name: getattr(paid, name) for name in names}, status=202)

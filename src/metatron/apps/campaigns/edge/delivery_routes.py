"""Routes of products, consolidation points, manifests, delivery addresses and receipts."""

from typing import Annotated
from uuid import UUID

import orjson
from fastapi import Header
from starlette.responses import Response

from metatron.apps.campaigns import errors
from metatron.apps.campaigns.delivery import errors as refused
from metatron.apps.campaigns.delivery import manifests, points, products, receiving
from metatron.apps.campaigns.edge import answers, delivery_queries, schemas, views
from metatron.apps.campaigns.edge import delivery_schemas as shapes
from metatron.apps.campaigns.edge.paging import Cursor, Limit, Words, answer_json
from metatron.apps.campaigns.permissions import COMMIT, ORGANISE, READ
from metatron.apps.campaigns.rules.addresses import Destination
from metatron.apps.campaigns.rules.products import Product
from metatron.apps.campaigns.tables import Campaign, Commitment, ConsolidationPoint
from metatron.kernel.errors import VersionConflict
from metatron.kernel.http.access import requires, signed_in
from metatron.kernel.http.routing import Router
from metatron.kernel.http.unit import Read, Unit
from metatron.kernel.paging import cursor_keys, cut_page

router = Router(tags=["campaign delivery"])
IfMatch = Annotated[str | None, Header(max_length=200)]
MANIFEST_REFUSALS = (errors.CampaignNotFound, refused.ManifestNotReady)


@router.get("/campaign-products", response_model=answers.Page[shapes.ItemAnswer])
@requires(READ)
async def list_products(
    read: Read, q: Words = None, limit: Limit = 50, cursor: Cursor = None
) -> Response:
    """List the organisation's products by name."""
    key, row_id = cursor_keys(cursor, of_time=False)
    found = await read.direct.json(
        read.context, delivery_queries.PRODUCTS, q, key, row_id, limit + 1
    )
    rows, next_cursor = cut_page(orjson.loads(found or b"[]"), limit)
    return answer_json({"items": rows, "next_cursor": next_cursor})


@router.post("/campaign-products", status_code=201, response_model=shapes.ItemAnswer)
@requires(ORGANISE, raises=(refused.ProductTaken,))
async def add_product(body: shapes.NewProductBody, unit: Unit) -> Response:
    """Add a product."""
    product = await products.add_product(
        unit.session, unit.context, fields=body.fields(), now=unit.now
    )
    return _product(product, status=201)


@router.patch("/campaign-products/{product_id}", response_model=shapes.ItemAnswer)
@requires(
    ORGANISE,
    raises=(refused.ProductNotFound, refused.ProductTaken, VersionConflict),
)
async def edit_product(
    product_id: UUID, body: shapes.ProductBody, unit: Unit, if_match: IfMatch = None
) -> Response:
    """Edit a product, archive it or bring it back; published campaigns keep what they copied."""
    product = await products.edit_product(
        unit.session,
        unit.context,
        product_id=product_id,
        fields=body.fields(),
        archived=body.archived,
        if_match=if_match,
        now=unit.now,
    )
    return _product(product)


def _product(product: Product, *, status: int = 200) -> Response:
    shown = {name: getattr(product, name) for name in shapes.ItemAnswer.model_fields}
    return answer_json(shown, status=status, version=product.version)


@router.patch("/consolidation-points/{point_id}", response_model=answers.PointAnswer)
@requires(ORGANISE, raises=(refused.PointNotFound, refused.PointInUse, VersionConflict))
async def edit_point(
    point_id: UUID, body: shapes.PointBody, unit: Unit, if_match: IfMatch = None
) -> Response:
    """Change a consolidation point, until a delivery is on its way there."""
    point = await points.edit_point(
        unit.session,
        unit.context,
        point_id=point_id,
        fields=body.model_dump(exclude_none=True),
        if_match=if_match,
        now=unit.now,
    )
    return _point(point)


@router.post("/consolidation-points/{point_id}/archive", response_model=answers.PointAnswer)
@requires(ORGANISE, raises=(refused.PointNotFound, refused.PointInUse))
async def archive_point(point_id: UUID, unit: Unit) -> Response:
    """Take a consolidation point out of the choice."""
    point = await points.archive_point(unit.session, unit.context, point_id=point_id, now=unit.now)
    return _point(point)


def _point(point: ConsolidationPoint) -> Response:
    shown = {name: getattr(point, name) for name in answers.PointAnswer.model_fields}
    return answer_json(shown, version=point.version)


@router.post("/campaigns/{campaign_id}/manifest", response_model=shapes.ManifestAnswer)
@signed_in(raises=MANIFEST_REFUSALS)
async def take_manifest(campaign_id: UUID, unit: Unit) -> Response:
    """Take out what goes where; that it was taken is recorded, without its content."""
    found = await manifests.export_manifest(
        unit.session, unit.context, campaign_id=campaign_id, form="json", now=unit.now
    )
    content = {
        "reference": found.reference,
        "strategy": found.strategy,
        "columns": found.columns,
        "units": found.units,
        "rows": found.rows,
    }
    return answer_json(content)


@router.post("/campaigns/{campaign_id}/manifest.csv", response_class=Response)
@signed_in(raises=MANIFEST_REFUSALS)
async def take_manifest_csv(campaign_id: UUID, unit: Unit) -> Response:
    """Take out what goes where as CSV, in which no cell is run as a formula."""
    found = await manifests.export_manifest(
        unit.session, unit.context, campaign_id=campaign_id, form="csv", now=unit.now
    )
    name = f"manifest-{found.reference}.csv"
    return Response(
        manifests.as_csv(found),
        media_type="text/csv; charset=utf-8",
        headers={"content-disposition": f'attachment; filename="{name}"'},
    )


@router.put(
    "/commitments/{commitment_id}/delivery-address", response_model=answers.CommitmentAnswer
)
@requires(
    COMMIT,
    raises=(
        errors.CommitmentNotFound,
        refused.DeliveryDataLocked,
        errors.DeliveryDataMissing,
    ),
)
async def change_address(commitment_id: UUID, body: schemas.Delivery, unit: Unit) -> Response:
    """Change where one's units go, until the delivery begins."""
    commitment = await receiving.change_destination(
        unit.session,
        unit.context,
        commitment_id=commitment_id,
        given=Destination(**body.model_dump()),
        now=unit.now,
    )
    return await _show(unit, commitment)


@router.delete(
    "/commitments/{commitment_id}/delivery-address", response_model=answers.CommitmentAnswer
)
@requires(COMMIT, raises=(errors.CommitmentNotFound, refused.DeliveryDataLocked))
async def erase_address(commitment_id: UUID, unit: Unit) -> Response:
    """Erase one's address once nothing is delivered there any more."""
    commitment = await receiving.erase_own_destination(
        unit.session, unit.context, commitment_id=commitment_id, now=unit.now
    )
    return await _show(unit, commitment)


@router.post("/commitments/{commitment_id}/receipt", response_model=answers.CommitmentAnswer)
@requires(COMMIT, raises=(errors.CommitmentNotFound, refused.ReceiptNotPossible))
async def confirm_receipt(commitment_id: UUID, unit: Unit) -> Response:
    """Confirm that one's units have arrived."""
    commitment = await receiving.confirm_receipt(
        unit.session, unit.context, commitment_id=commitment_id, now=unit.now
    )
    return await _show(unit, commitment)


async def _show(unit: Unit, commitment: Commitment) -> Response:
    campaign = await unit.session.get(Campaign, (unit.context.tenant_id, commitment.campaign_id))
    assert campaign is not None
    shown = await views.commitment_view(
        unit.session, unit.context, campaign, commitment, now=unit.now
    )
    return answer_json(shown, version=commitment.version)

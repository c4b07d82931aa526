"""Products: what campaigns are about, with the prices they were compared with by the organiser."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from metatron.apps.campaigns.delivery.errors import ProductNotFound, ProductTaken
from metatron.apps.campaigns.delivery.events import ProductChanged
from metatron.apps.campaigns.permissions import ORGANISE
from metatron.apps.campaigns.rules.products import Product
from metatron.kernel.context import Context
from metatron.kernel.etag import check_if_match
from metatron.kernel.events.event import publish
from metatron.kernel.ids import new_id

FIELDS = frozenset({"sku", "name", "description", "specification", "reference_prices"})
"""What a person may set."""


async def add_product(
    session: AsyncSession, context: Context, *, fields: dict[str, Any], now: datetime
) -> Product:
    """Add a product; `reference_prices` are minor units, each with its currency and source.

    Raises:
        ProductTaken: another product has the SKU.
    """
    context.demand(ORGANISE)
    product = Product(tenant_id=context.tenant_id, id=new_id(), created_at=now, version=1)
    product.specification, product.reference_prices = {}, []
    return await _save(session, context, product, fields, now)


async def edit_product(
    session: AsyncSession,
    context: Context,
    *,
    product_id: UUID,
    fields: dict[str, Any],
    archived: bool | None = None,
    if_match: str | None = None,
    now: datetime,
) -> Product:
    """Edit a product, archive it or bring it back; campaigns keep what they copied from it.

    Raises:
        ProductNotFound: no such product.
        ProductTaken: another product has the SKU.
        VersionConflict: it changed since it was read.
    """
    context.demand(ORGANISE)
    query = (
        select(Product)
        .where(Product.tenant_id == context.tenant_id, Product.id == product_id)
        .with_for_update(key_share=True)
        .execution_options(populate_existing=True)
    )
    product = (await session.execute(query)).scalar_one_or_none()
    if product is None:
        raise ProductNotFound
    check_if_match(if_match, product.version)
    product.version += 1
    if archived is not None:
        product.archived_at = (product.archived_at or now) if archived else None
    return await _save(session, context, product, fields, now)


async def _save(
    session: AsyncSession, context: Context, product: Product, fields: dict[str, Any], now: datetime
) -> Product:
    for name, value in fields.items():
        assert name in FIELDS, name
        setattr(product, name, value)
    try:
        async with session.begin_nested():
            session.add(product)
            await session.flush()
    except IntegrityError as error:
        if "product_tenant_id_sku_key" in str(error.orig):
            raise ProductTaken from error
        raise
    event = ProductChanged(
        aggregate_id=product.id,
        fields=sorted(fields),
        is_archived=product.archived_at is not None,
    )
    await publish(session, context, event, now=now)
    return product

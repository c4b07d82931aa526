"""The organisation's products; a campaign copies what it needs of one when it is chosen."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from metatron.apps.campaigns.tables import SCHEMA, Campaign
from metatron.kernel.context import Context
from metatron.kernel.database.mapping import Model, TenantRow
from metatron.kernel.errors import InvalidInput


class Product(Model, TenantRow):
    """What campaigns are about. `reference_prices` are for the organisation, never for members."""

    __tablename__ = "product"
    __table_args__ = SCHEMA

    sku: Mapped[str]
    name: Mapped[str]
    description: Mapped[str | None]
    specification: Mapped[dict[str, Any]] = mapped_column(default=dict)
    reference_prices: Mapped[list[Any]] = mapped_column(default=list)
    erp_item_id: Mapped[UUID | None]
    archived_at: Mapped[datetime | None]
    created_at: Mapped[datetime]
    version: Mapped[int] = mapped_column(default=1)


async def copy_product(
    session: AsyncSession, context: Context, campaign: Campaign, changes: dict[str, Any]
) -> None:
    """Fill a campaign's product fields from the chosen product, but for those given beside it.

    Raises:
        InvalidInput: there is no such product, or it is archived.
    """
    product = await session.get(Product, (context.tenant_id, changes["product_id"]))
    if product is None or product.archived_at is not None:
        hint = "There is no such product."
        raise InvalidInput.field("body.product_id", "not_found", hint)
    copied = {
        "sku": product.sku,
        "product_name": product.name,
        "product_description": product.description,
    }
    for name, value in copied.items():
        if name not in changes:
            setattr(campaign, name, value)

"""Where units go: what a member gives when joining, kept beside the commitment."""

from collections.abc import Sequence
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import delete
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from metatron.apps.campaigns.errors import DeliveryDataMissing
from metatron.apps.campaigns.tables import SCHEMA, Campaign
from metatron.kernel.context import Context
from metatron.kernel.database.mapping import Model
from metatron.kernel.errors import FieldError

DIRECT = "supplier_direct"


class DeliveryAddress(Model):
    """Personal data of one commitment; the row can be erased."""

    __tablename__ = "delivery_address"
    __table_args__ = SCHEMA

    tenant_id: Mapped[UUID] = mapped_column(primary_key=True)
    commitment_id: Mapped[UUID] = mapped_column(primary_key=True)
    recipient: Mapped[str]
    street: Mapped[str]
    postal_code: Mapped[str]
    city: Mapped[str]
    country: Mapped[str]
    updated_at: Mapped[datetime]


@dataclass(frozen=True, slots=True)
class Destination:
    """Name and address as the member wrote them; `country` is an ISO 3166 code of two letters."""

    recipient: str | None = None
    street: str | None = None
    postal_code: str | None = None
    city: str | None = None
    country: str | None = None


def check_destination(campaign: Campaign, given: Destination | None) -> None:
    """Refuse what lacks a part of the address where the delivery strategy needs one.

    Raises:
        DeliveryDataMissing: every missing field is named.
    """
    if campaign.delivery_strategy != DIRECT:
        return
    found = given or Destination()
    missing = [field.name for field in fields(Destination) if not getattr(found, field.name)]
    if missing:
        hint = "Your units are delivered to you directly; this is needed for it."
        errors = tuple(FieldError(f"body.delivery.{name}", "missing", hint) for name in missing)
        raise DeliveryDataMissing(f"Missing: {', '.join(missing)}.", errors=errors)


async def keep_destination(
    session: AsyncSession,
    context: Context,
    campaign: Campaign,
    commitment_id: UUID,
    given: Destination | None,
    *,
    now: datetime,
) -> None:
    """Keep a checked address beside the commitment; none where the strategy needs none."""
    if campaign.delivery_strategy != DIRECT:
        return
    assert given is not None
    values = {field.name: getattr(given, field.name) for field in fields(Destination)}
    values |= {"updated_at": now}
    key = {"tenant_id": context.tenant_id, "commitment_id": commitment_id}
    statement = insert(DeliveryAddress).values(key | values)
    await session.execute(statement.on_conflict_do_update(index_elements=list(key), set_=values))


def address_rows(
    campaign: Campaign, given: Sequence[tuple[UUID, Destination | None]], *, now: datetime
) -> list[dict[str, Any]]:
    """Return the rows of new commitments' checked addresses; none where the strategy needs none."""
    if campaign.delivery_strategy != DIRECT:
        return []
    return [
        {"tenant_id": campaign.tenant_id, "commitment_id": commitment_id, "updated_at": now}
        | {field.name: getattr(destination, field.name) for field in fields(Destination)}
        for commitment_id, destination in given
    ]


async def erase_destination(session: AsyncSession, context: Context, commitment_id: UUID) -> None:
    """Erase a commitment's address; the commitment itself stays as it is."""
    await session.execute(
        delete(DeliveryAddress).where(
            DeliveryAddress.tenant_id == context.tenant_id,
            DeliveryAddress.commitment_id == commitment_id,
        )
    )

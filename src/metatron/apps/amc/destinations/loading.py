"""Destinations and deliveries as rows, locked when they are to change."""

from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from metatron.apps.amc.destinations.errors import DeliveryNotFound
from metatron.apps.amc.destinations.tables import Delivery, Destination
from metatron.apps.amc.runs.errors import DestinationNotFound
from metatron.kernel.context import Context


async def destination_of(
    session: AsyncSession, context: Context, destination_id: UUID, *, lock: bool = False
) -> Destination:
    """Return a destination that is in use; raises `DestinationNotFound`."""
    key = (context.tenant_id, destination_id)
    found = await session.get(Destination, key, with_for_update=lock, populate_existing=lock)
    if found is None or found.archived_at is not None:
        raise DestinationNotFound
    return found


async def delivery_of(session: AsyncSession, context: Context, delivery_id: UUID) -> Delivery:
    """Return a delivery, locked; raises `DeliveryNotFound`."""
    key = (context.tenant_id, delivery_id)
    found = await session.get(Delivery, key, with_for_update=True, populate_existing=True)
    if found is None:
        raise DeliveryNotFound
    return found

"""The right to make a delivery: one worker at a time, under a lease that it keeps up."""

from contextlib import AbstractAsyncContextManager, suppress
from dataclasses import dataclass, field
from datetime import timedelta
from uuid import UUID

from metatron.apps.amc.destinations.errors import DeliveryNotFound
from metatron.apps.amc.destinations.kinds import AnySettings
from metatron.apps.amc.destinations.loading import delivery_of
from metatron.apps.amc.destinations.tables import DELIVERING, Delivery
from metatron.apps.amc.destinations.targets.load import Load
from metatron.apps.amc.runs import leases
from metatron.kernel.context import Context
from metatron.kernel.database.database import Database
from metatron.kernel.database.session import session_now

LEASE = timedelta(seconds=60)
BEAT_SECONDS = 15.0


@dataclass(frozen=True, slots=True)
class Hold:
    """A delivery that is ours until the lease ends: what, where to, by which try."""

    delivery_id: UUID
    lease_id: UUID
    tries: int
    settings: AnySettings
    secret: str = field(repr=False)
    load: Load


class HoldLost(Exception):
    """The lease ended while we worked: another delivers by now, or nobody should."""


def is_ours(delivery: Delivery, hold: Hold) -> bool:
    """Tell whether a locked delivery is still under our lease."""
    return delivery.lease_id == hold.lease_id and delivery.state == DELIVERING


def kept_up(database: Database, context: Context, hold: Hold) -> AbstractAsyncContextManager[None]:
    """Keep the lease while a block works; raises `HoldLost`, ending it, when the lease is lost."""
    return leases.kept_up(
        lambda: _renew(database, context, hold), every=BEAT_SECONDS, lost=HoldLost
    )


async def _renew(database: Database, context: Context, hold: Hold) -> bool:
    async with database.transaction(context) as session:
        now = await session_now(session)
        with suppress(DeliveryNotFound):
            delivery = await delivery_of(session, context, hold.delivery_id)
            if is_ours(delivery, hold):
                delivery.leased_until = now + LEASE
                await session.flush()
                return True
    return False

"""The right to make a delivery: one worker at a time, under a lease that it keeps up."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from datetime import timedelta
from uuid import UUID

from metatron.apps.amc.destinations.errors import DeliveryNotFound
from metatron.apps.amc.destinations.kinds import AnySettings
from metatron.apps.amc.destinations.loading import delivery_of
from metatron.apps.amc.destinations.tables import DELIVERING, Delivery
from metatron.apps.amc.destinations.targets.load import Load
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


@asynccontextmanager
async def kept_up(database: Database, context: Context, hold: Hold) -> AsyncIterator[None]:
    """Keep the lease while the block works; raises `HoldLost`, ending it, when the lease is."""
    work = asyncio.current_task()
    assert work is not None, "a delivery is a task"
    is_lost = False

    async def beat() -> None:
        nonlocal is_lost
        while not is_lost:
            await asyncio.sleep(BEAT_SECONDS)
            is_lost = not await _renew(database, context, hold)
        work.cancel()

    beating = asyncio.create_task(beat())
    try:
        yield
    except asyncio.CancelledError:
        if not is_lost:
            raise
        work.uncancel()
        raise HoldLost from None
    finally:
        beating.cancel()
        with suppress(asyncio.CancelledError):
            await beating


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

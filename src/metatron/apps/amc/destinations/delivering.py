"""One try of a delivery. The run stays successful whatever becomes of it."""

import asyncio
from uuid import UUID

import structlog

from metatron.apps.amc.destinations.claiming import take
from metatron.apps.amc.destinations.ending import finish, give_back, try_again
from metatron.apps.amc.destinations.errors import DeliveryNotFound
from metatron.apps.amc.destinations.holding import Hold, HoldLost, is_ours, kept_up
from metatron.apps.amc.destinations.loading import delivery_of
from metatron.apps.amc.destinations.targets import sending
from metatron.apps.amc.destinations.targets.outcome import Away, Refused
from metatron.apps.amc.runs.results import engine
from metatron.kernel.context import Context
from metatron.kernel.database.database import Database
from metatron.kernel.database.session import session_now
from metatron.kernel.errors import Busy

log = structlog.get_logger(__name__)
LONGEST_SECONDS = 3_600.0
UNREAD = "The result could not be read."
TOO_LONG = "It took longer than an hour."


async def deliver(database: Database, context: Context, *, delivery_id: UUID) -> None:
    """Try to make a delivery, unless it was made or somebody is about it."""
    async with database.transaction(context) as session:
        now = await session_now(session)
        try:
            delivery = await delivery_of(session, context, delivery_id)
        except DeliveryNotFound:
            return
        hold = await take(session, context, delivery, now=now)
    if hold is None:
        return
    try:
        async with kept_up(database, context, hold):
            async with asyncio.timeout(LONGEST_SECONDS):
                rows = await sending.send(hold.settings, hold.secret, hold.load)
            await _close(database, context, hold, rows=rows)
    except HoldLost:
        log.warning("amc_delivery_lost", delivery_id=str(delivery_id))
    except Refused as error:
        await _close(database, context, hold, problem=str(error), for_good=True)
    except Away as error:
        await _close(database, context, hold, problem=str(error))
    except TimeoutError:
        await _close(database, context, hold, problem=TOO_LONG)
    except Busy:
        await _close(database, context, hold)
    except (engine.Failed, OSError) as error:
        log.warning("amc_delivery_failed", error=type(error).__name__)
        await _close(database, context, hold, problem=UNREAD)


async def _close(
    database: Database,
    context: Context,
    hold: Hold,
    *,
    rows: int | None = None,
    problem: str | None = None,
    for_good: bool = False,
) -> None:
    async with database.transaction(context) as session:
        now = await session_now(session)
        try:
            delivery = await delivery_of(session, context, hold.delivery_id)
        except DeliveryNotFound:
            return
        if not is_ours(delivery, hold):
            return
        if problem is None and rows is None:
            await give_back(session, context, delivery, now=now)
        elif problem is None:
            await finish(session, context, delivery, "delivered", rows=rows, now=now)
        elif for_good:
            await finish(session, context, delivery, "failed", problem=problem, now=now)
        else:
            await try_again(session, context, delivery, problem=problem, now=now)

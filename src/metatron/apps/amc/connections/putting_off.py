"""Work that Amazon has no time for is put off until it may be asked again: it has not failed."""

import random
from datetime import timedelta

from metatron.apps.amc.amazon.errors import Throttled
from metatron.apps.amc.connections.errors import AmazonAway
from metatron.kernel.context import Context
from metatron.kernel.database.database import Database
from metatron.kernel.database.session import session_now
from metatron.kernel.events.jobs import enqueue

NOT_NOW = (Throttled, AmazonAway)
MOST_TIMES = 40
LONGEST_SECONDS = 600.0


def wait_seconds(error: Throttled | AmazonAway) -> float:
    """Return how long Amazon wants not to be asked; 0 when it did not say."""
    if isinstance(error, Throttled):
        return error.retry_after_seconds
    return float(error.headers.get("retry-after", 0))


async def put_off(
    database: Database,
    context: Context,
    job: str,
    error: Throttled | AmazonAway,
    *,
    times: int,
    **arguments: str,
) -> bool:
    """Ask for `job` once more, not before Amazon wants it; `times` tells how often that was done.

    Returns whether it was: a job that was put off too often fails.
    """
    if times >= MOST_TIMES:
        return False
    ours = min(LONGEST_SECONDS, 2.0 ** min(times, 10))
    pause = max(wait_seconds(error), ours) * random.uniform(1.0, 1.25)  # noqa: S311 - no secret
    async with database.transaction(context) as session:
        at = await session_now(session) + timedelta(seconds=pause)
        await enqueue(session, context, job, run_at=at, times=times + 1, **arguments)
    return True

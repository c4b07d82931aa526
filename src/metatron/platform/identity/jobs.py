"""Forgetting what is over."""

from datetime import datetime, timedelta

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from metatron.kernel.context import Context
from metatron.kernel.database.database import Database
from metatron.platform.identity.away import away

PRUNE = "identity.prune"
KEPT_DAYS = {
    "identity.one_time_token": 1,
    "identity.passkey_challenge": 1,
    "identity.throttle": 1,
    "identity.session": 30,
    "identity.refresh_token": 30,
}
"""How long what is over is kept; tokens go with their session."""
DAY = timedelta(days=KEPT_DAYS["identity.one_time_token"])
MONTH = timedelta(days=KEPT_DAYS["identity.session"])
_ENDED = (
    "delete from identity.one_time_token where expires_at < :day_ago",
    "delete from identity.passkey_challenge where expires_at < :day_ago",
    """delete from identity.throttle where window_started_at < :day_ago
       and (blocked_until is null or blocked_until < :day_ago)""",
    "delete from identity.session where absolute_expires_at < :month_ago",
    "delete from identity.session where revoked_at < :month_ago",
)


async def prune(session: AsyncSession, context: Context, *, now: datetime) -> None:
    """Delete links, challenges, counters and sessions that ended some time ago."""
    assert context.actor_kind == "system", "only the clock asks for this"
    instants = {"day_ago": now - DAY, "month_ago": now - MONTH}
    for statement in _ENDED:
        known = {name: instants[name] for name in instants if f":{name}" in statement}
        await session.execute(text(statement), known)


async def prune_as_job(database: Database, context: Context, *, now: datetime) -> None:
    """Do so here, or let `auth` do it where that is another process."""
    elsewhere = away()
    if elsewhere is not None:
        await elsewhere.prune()
        return
    async with database.transaction(context) as session:
        await prune(session, context, now=now)

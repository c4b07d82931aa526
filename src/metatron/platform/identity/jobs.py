"""Forgetting what is over."""

from datetime import datetime

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from metatron.kernel.context import Context

PRUNE = "identity.prune"
_ENDED = (
    "delete from identity.one_time_token where expires_at < cast(:now as timestamptz) - interval '1 day'",
    "delete from identity.passkey_challenge where expires_at < cast(:now as timestamptz) - interval '1 day'",
    """delete from identity.throttle where window_started_at < cast(:now as timestamptz) - interval '2 days'
       and (blocked_until is null or blocked_until < cast(:now as timestamptz))""",
    """delete from identity.session where absolute_expires_at < cast(:now as timestamptz) - interval '30 days'
       or revoked_at < cast(:now as timestamptz) - interval '30 days'""",
)


async def prune(session: AsyncSession, context: Context, *, now: datetime) -> None:
    """Delete links, challenges, counters and sessions that ended some time ago."""
    assert context.actor_kind == "system", "only the clock asks for this"
    for statement in _ENDED:
        await session.execute(text(statement), {"now": now})

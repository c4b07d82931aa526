"""Changes of how somebody signs in want a session that began, or was confirmed, a short while ago.

Whoever finds an open page, or has stolen an access token, is not to make it a way in of their own.
"""

from datetime import datetime, timedelta

from sqlalchemy.ext.asyncio import AsyncSession

from metatron.kernel.context import Context
from metatron.platform.identity.errors import FreshSignInNeeded
from metatron.platform.identity.tables import LoginSession

FRESH = timedelta(minutes=15)


async def demand_fresh(session: AsyncSession, context: Context, *, now: datetime) -> None:
    """Raise `FreshSignInNeeded` unless the session began or was confirmed within 15 minutes."""
    if not await is_fresh(session, context, now=now):
        raise FreshSignInNeeded("Confirm that it is you, then do it within 15 minutes.")


async def is_fresh(session: AsyncSession, context: Context, *, now: datetime) -> bool:
    """Tell whether the caller's session began, or was confirmed, within the last 15 minutes."""
    login = await session.get(LoginSession, context.session_id)
    return login is not None and (login.confirmed_at or login.created_at) > now - FRESH

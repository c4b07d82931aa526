"""Changes of how somebody signs in want a session that began a short while ago.

Whoever finds an open page, or has stolen an access token, is not to make it a way in of their own.
"""

from datetime import datetime, timedelta

from sqlalchemy.ext.asyncio import AsyncSession

from metatron.kernel.context import Context
from metatron.platform.identity.errors import FreshSignInNeeded
from metatron.platform.identity.tables import LoginSession

FRESH = timedelta(minutes=15)


async def demand_fresh(session: AsyncSession, context: Context, *, now: datetime) -> None:
    """Raise `FreshSignInNeeded` unless the caller's session began within the last 15 minutes."""
    login = await session.get(LoginSession, context.session_id)
    if login is None or login.created_at <= now - FRESH:
        raise FreshSignInNeeded("Sign out and in again, then do it within 15 minutes.")

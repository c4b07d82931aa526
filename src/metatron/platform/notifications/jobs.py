"""Jobs."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from metatron.kernel.context import Context
from metatron.platform.notifications.digests import send_digest


async def digest(
    session: AsyncSession, context: Context, *, user_id: str, now: datetime, **_more: Any
) -> None:
    """Send somebody the day's digest."""
    await send_digest(session, context, user_id=UUID(user_id), now=now)

"""Ending one's own session."""

from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from metatron.kernel.context import Context
from metatron.kernel.database.database import Database
from metatron.kernel.database.session import session_now
from metatron.kernel.events.event import publish
from metatron.platform.identity.events import SignedOut
from metatron.platform.identity.one_time_secrets import secret_hash
from metatron.platform.identity.sessions import revoke_where
from metatron.platform.identity.tables import LoginSession, RefreshToken


async def sign_out(database: Database, context: Context, *, refresh_secret: str | None) -> None:
    """End the session of the bearer token and that of the refresh token; often the same one."""
    async with database.transaction(context) as session:
        now = await session_now(session)
        wanted = {context.session_id, await session_of(session, refresh_secret)} - {None}
        for login in await session.scalars(
            select(LoginSession).where(LoginSession.id.in_(wanted), LoginSession.state == "active")
        ):
            where = [LoginSession.id == login.id, LoginSession.state == "active"]
            person = login.user_id
            why = "signed_out"
            if await revoke_where(session, context, where, user_id=person, why=why, now=now):
                event = SignedOut(aggregate_id=person, session_id=login.id)
                await publish(session, context, event, now=now)


async def session_of(session: AsyncSession, refresh_secret: str | None) -> UUID | None:
    """Return the session a refresh token belongs to."""
    if refresh_secret is None:
        return None
    return await session.scalar(
        select(RefreshToken.session_id).where(
            RefreshToken.token_hash == secret_hash(refresh_secret)
        )
    )

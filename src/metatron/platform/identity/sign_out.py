"""Ending one's own session."""

from datetime import datetime
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
        wanted = {context.session_id, await session_of(session, refresh_secret)}
        for login in await _active(session, wanted):
            if await _end(session, context, login, why="signed_out", now=now):
                event = SignedOut(aggregate_id=login.user_id, session_id=login.id)
                await publish(session, context, event, now=now)


async def end_replaced(database: Database, context: Context, *, refresh_secret: str) -> None:
    """End the session whose cookie a new sign-in in the same browser takes the place of."""
    async with database.transaction(context) as session:
        now = await session_now(session)
        for login in await _active(session, {await session_of(session, refresh_secret)}):
            await _end(session, context, login, why="replaced", now=now)


async def _active(session: AsyncSession, ids: set[UUID | None]) -> list[LoginSession]:
    statement = select(LoginSession).where(
        LoginSession.id.in_(ids - {None}), LoginSession.state == "active"
    )
    return list(await session.scalars(statement))


async def _end(
    session: AsyncSession, context: Context, login: LoginSession, *, why: str, now: datetime
) -> bool:
    where = [LoginSession.id == login.id, LoginSession.state == "active"]
    ended = await revoke_where(session, context, where, user_id=login.user_id, why=why, now=now)
    return ended > 0


async def session_of(session: AsyncSession, refresh_secret: str | None) -> UUID | None:
    """Return the session a refresh token belongs to."""
    if refresh_secret is None:
        return None
    return await session.scalar(
        select(RefreshToken.session_id).where(
            RefreshToken.token_hash == secret_hash(refresh_secret)
        )
    )

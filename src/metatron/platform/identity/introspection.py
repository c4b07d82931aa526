"""Whether a token holds (RFC 7662), and ending one (RFC 7009)."""

from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from metatron.kernel.context import Context
from metatron.kernel.database.database import Database
from metatron.kernel.database.session import session_now
from metatron.kernel.errors import Unauthenticated
from metatron.kernel.tokens import Claims, TokenVerifier
from metatron.platform.identity.access_tokens import AUDIENCE
from metatron.platform.identity.desk import Desk
from metatron.platform.identity.sessions import revoke_where
from metatron.platform.identity.sign_out import session_of
from metatron.platform.identity.tables import LoginSession, UserAccount
from metatron.platform.tenancy.interface import resolve_access

SHOWN = ("sub", "aud", "iss", "exp", "iat", "jti", "tid", "sid")


async def introspect(
    database: Database, context: Context, at: Context, *, desk: Desk, token: str
) -> dict[str, Any]:
    """Return RFC 7662's answer for an access token.

    A service may ask about every token, others about those of their own organisation only; about
    the rest they learn no more than about nonsense.
    """
    async with database.transaction(context) as session:
        now = await session_now(session)
        claims = _read(desk, token, now.timestamp(), desk_keys=desk.keys_now(now))
        login = await _live(session, claims)
    if claims is None or login is None:
        return {"active": False}
    if at.actor_kind != "service":
        if claims.tenant != at.tenant_id:
            return {"active": False}
        if await resolve_access(database, at.tenant_id, login.user_id) is None:
            return {"active": False}
    shown = {name: claims.everything[name] for name in SHOWN}
    return {"active": True, "token_type": "Bearer", **shown}


def _read(desk: Desk, token: str, now: float, *, desk_keys: Any) -> Claims | None:
    verifier = TokenVerifier(issuer=desk.issuer.issuer, audience=AUDIENCE, keys=desk_keys)
    try:
        return verifier.verify(token, now=now)
    except Unauthenticated:
        return None


async def _live(session: AsyncSession, claims: Claims | None) -> LoginSession | None:
    if claims is None:
        return None
    statement = (
        select(LoginSession)
        .join(UserAccount, UserAccount.id == LoginSession.user_id)
        .where(
            LoginSession.id == claims.session,
            LoginSession.version == claims.session_version,
            LoginSession.state == "active",
            UserAccount.state == "active",
        )
    )
    return (await session.scalars(statement)).one_or_none()


async def revoke(database: Database, context: Context, *, desk: Desk, token: str) -> None:
    """End the session of a refresh or access token; nonsense is answered the same way.

    Whoever holds a token may end it: that is all it proves here.
    """
    async with database.transaction(context) as session:
        now = await session_now(session)
        session_id = await session_of(session, token)
        if session_id is None:
            claims = _read(desk, token, now.timestamp(), desk_keys=desk.keys_now(now))
            session_id = claims.session if claims is not None else None
        if session_id is None:
            return
        login = await session.get(LoginSession, session_id)
        if login is not None:
            where = [LoginSession.id == session_id, LoginSession.state == "active"]
            person = login.user_id
            await revoke_where(session, context, where, user_id=person, why="revoked", now=now)

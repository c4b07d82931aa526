"""Refresh tokens: 7 days idle, 30 days in all, rotated at each use, reuse ends the family."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from metatron.kernel.context import Context, system_context
from metatron.kernel.database.database import Database
from metatron.kernel.database.direct import BOUND
from metatron.kernel.database.session import session_now
from metatron.kernel.events.event import publish
from metatron.platform.identity.access_tokens import TokenSubject
from metatron.platform.identity.errors import InvalidRefreshToken, RefreshTokenReused
from metatron.platform.identity.events import RefreshReuseFound
from metatron.platform.identity.one_time_secrets import new_secret, secret_hash
from metatron.platform.identity.sessions import revoke_where
from metatron.platform.identity.tables import LoginSession

_ROTATE = f"{BOUND} select r.* from bound, identity.rotate_refresh_token($2, $3, $4, $5) r"


@dataclass(frozen=True, slots=True)
class Rotation:
    """A successor, whom it is for, and when it was made (the database's clock)."""

    secret: str
    expires_at: datetime
    subject: TokenSubject
    at: datetime


async def rotate(
    database: Database, context: Context, secret: str, *, now: datetime | None = None
) -> Rotation:
    """Return a successor of the refresh token, in one statement; `now` None: database's clock.

    Within 10 s of its use a token still gets a successor, a sibling of the first: two requests
    of one browser may race. The first step of any sibling ends the others. Later use of a used
    token means that somebody holds a copy, and ends the session.

    Raises:
        InvalidRefreshToken: unknown or over.
        RefreshTokenReused: the session has just been ended.
    """
    home = system_context(request_id=context.request_id)
    door = await database.direct(home)
    successor = new_secret()
    row = await door.row(
        home, _ROTATE, secret_hash(secret), secret_hash(successor), now, context.ip
    )
    assert row is not None
    if row["verdict"] == "reused":
        await _end_family(database, home, row["session_id"], row["user_id"], now)
        raise RefreshTokenReused
    if row["verdict"] != "rotated":
        raise InvalidRefreshToken
    subject = TokenSubject(
        row["user_id"], row["tenant_id"], row["session_id"], row["version"], row["ends_at"]
    )
    return Rotation(successor, row["expires_at"], subject, row["decided_at"])


async def _end_family(
    database: Database, context: Context, session_id: UUID, user_id: UUID, now: datetime | None
) -> None:
    async with database.transaction(context) as session:
        instant = now or await session_now(session)
        where = [LoginSession.id == session_id, LoginSession.state == "active"]
        if await revoke_where(session, context, where, user_id=user_id, why="reuse", now=instant):
            event = RefreshReuseFound(aggregate_id=user_id, session_id=session_id)
            await publish(session, context, event, now=instant)

"""What follows a right factor: the second one if it is owed, else a session and its tokens."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from metatron.kernel.context import Context
from metatron.kernel.database.database import Database
from metatron.kernel.events.event import publish
from metatron.kernel.ids import PLATFORM_TENANT_ID
from metatron.platform.identity.access_tokens import TokenSubject
from metatron.platform.identity.desk import Desk
from metatron.platform.identity.events import SignedIn, SignInFailed
from metatron.platform.identity.one_time_secrets import new_secret, secret_hash
from metatron.platform.identity.one_time_tokens import issue_token
from metatron.platform.identity.sessions import first_refresh_token, open_session
from metatron.platform.identity.tables import LoginSession, Totp, UserAccount
from metatron.platform.tenancy.interface import memberships_of

METHODS = ("totp", "recovery_code")
NOBODY = UUID(int=0)


@dataclass(frozen=True, slots=True)
class Tokens:
    """A complete sign-in. `refresh_token` is None where there is none (impersonation, switch)."""

    access_token: str
    expires_in: int
    refresh_token: str | None = None
    refresh_expires_at: datetime | None = None
    return_to: str | None = None


@dataclass(frozen=True, slots=True)
class SecondFactorOwed:
    """The first factor was right; `mfa_token` goes with the code."""

    mfa_token: str


Outcome = Tokens | SecondFactorOwed


async def home_tenant(
    database: Database, session: AsyncSession, user_id: UUID, wanted: UUID | None = None
) -> UUID:
    """Return the organisation a new session opens in.

    The wanted one if the person belongs to it, else the one they used last, else their first,
    else the platform's own tenant: a person without an organisation.
    """
    mine = [membership.tenant_id for membership in await memberships_of(database, user_id)]
    if wanted in mine:
        return wanted
    statement = (
        select(LoginSession.tenant_id)
        .where(LoginSession.user_id == user_id, LoginSession.impersonator_id.is_(None))
        .order_by(LoginSession.last_used_at.desc())
        .limit(1)
    )
    last = await session.scalar(statement)
    if last in mine:
        return last
    return mine[0] if mine else PLATFORM_TENANT_ID


async def begin_session(
    session: AsyncSession,
    context: Context,
    *,
    desk: Desk,
    user: UserAccount,
    tenant_id: UUID,
    method: str,
    is_strong: bool = False,
    return_to: str | None = None,
    now: datetime,
) -> Outcome:
    """Open a session for a person whose first factor was right.

    `is_strong` says that the factor was two in one (a passkey with user verification).
    """
    owed = not is_strong and await has_second_factor(session, user.id)
    login = open_session(
        session,
        context,
        user_id=user.id,
        tenant_id=tenant_id,
        method=method,
        mfa_pending=owed,
        now=now,
    )
    await session.flush()
    if owed:
        payload = {"method": method, "return_to": return_to}
        secret = issue_token(
            session, kind="mfa", user_id=user.id, session_id=login.id, payload=payload, now=now
        )
        return SecondFactorOwed(secret)
    return await issue(session, context, desk=desk, login=login, return_to=return_to, now=now)


async def issue(
    session: AsyncSession,
    context: Context,
    *,
    desk: Desk,
    login: LoginSession,
    second_factor: str | None = None,
    return_to: str | None = None,
    now: datetime,
) -> Tokens:
    """Begin the session's refresh family and sign its first access token."""
    secret = new_secret()
    expires_at = first_refresh_token(session, login, secret_hash(secret), now=now)
    event = SignedIn(
        aggregate_id=login.user_id,
        session_id=login.id,
        method=login.method,
        second_factor=second_factor,
    )
    await publish(session, context, event, now=now)
    token = desk.issuer.access_token(subject_of(login), now=now)
    return Tokens(token.text, token.expires_in, secret, expires_at, return_to)


def subject_of(login: LoginSession) -> TokenSubject:
    """Return whom a session's tokens speak for."""
    return TokenSubject(
        user_id=login.user_id,
        tenant_id=login.tenant_id,
        session_id=login.id,
        session_version=login.version,
        session_ends_at=login.absolute_expires_at,
        impersonator_id=login.impersonator_id,
    )


async def has_second_factor(session: AsyncSession, user_id: UUID) -> bool:
    """Tell whether the person has confirmed an authenticator app."""
    statement = select(Totp.user_id).where(Totp.user_id == user_id, Totp.confirmed_at.is_not(None))
    return await session.scalar(statement) is not None


async def note_failure(
    database: Database, context: Context, *, factor: str, user_id: UUID | None, now: datetime
) -> None:
    """Record a wrong factor, committed whatever the request answers."""
    async with database.transaction(context) as session:
        event = SignInFailed(aggregate_id=user_id or NOBODY, factor=factor)
        await publish(session, context, event, now=now)

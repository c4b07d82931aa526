"""What an operator looks at to see whether somebody is at the doors: of the last 24 hours."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import exists, func, select, text
from sqlalchemy.ext.asyncio import AsyncSession

from metatron.kernel.ids import PLATFORM_TENANT_ID
from metatron.platform.identity import events
from metatron.platform.identity.sessions import IDLE_LIFETIME
from metatron.platform.identity.tables import LoginSession, Passkey, Totp, UserAccount

DAY = timedelta(days=1)
WATCHED = (
    events.SignedIn,
    events.SignInFailed,
    events.SignInConfirmed,
    events.PasswordChanged,
    events.TotpRemoved,
    events.RecoveryCodeUsed,
    events.RefreshReuseFound,
    events.PasskeyCloneSuspected,
    events.ImpersonationStarted,
)
"""Told in this order, with a nought where nothing happened."""
_COUNTS = text("""
select name, count(*) from kernel.event
where tenant_id = :tenant_id and id >= :since and name = any(:names) group by name
""")
_BLOCKED = text("select count(*) from identity.throttle where blocked_until > :now")


@dataclass(frozen=True, slots=True)
class Protected:
    """How an operator signs in."""

    user_id: UUID
    email: str
    display_name: str
    has_passkey: bool
    has_authenticator: bool


@dataclass(frozen=True, slots=True)
class Vigilance:
    """`counts` by event of 24 hours; the rest is as it is now."""

    counts: dict[str, int]
    blocked_count: int
    session_count: int
    impersonation_count: int
    operators: list[Protected]


async def vigilance(session: AsyncSession, *, operators: list[UUID], now: datetime) -> Vigilance:
    """Count what happened at the doors; `operators` are the people whose protection is told."""
    names = [event.name for event in WATCHED]
    since = first_id(now - DAY)
    given = {"tenant_id": PLATFORM_TENANT_ID, "since": since, "names": names}
    rows = (await session.execute(_COUNTS, given)).all()
    counted = {str(row[0]): int(row[1]) for row in rows}
    is_open = (
        LoginSession.state == "active",
        LoginSession.mfa_pending.is_(False),
        LoginSession.absolute_expires_at > now,
        LoginSession.last_used_at > now - IDLE_LIFETIME,
    )
    own = select(func.count()).select_from(LoginSession).where(*is_open)
    borrowed = own.where(LoginSession.impersonator_id.is_not(None))
    return Vigilance(
        counts={name: counted.get(name, 0) for name in names},
        blocked_count=await session.scalar(_BLOCKED, {"now": now}) or 0,
        session_count=await session.scalar(own) or 0,
        impersonation_count=await session.scalar(borrowed) or 0,
        operators=await _protected(session, operators),
    )


def first_id(at: datetime) -> UUID:
    """Return the smallest UUIDv7 of an instant: ids are made in order of time (RFC 9562, 5.7)."""
    return UUID(int=(int(at.timestamp() * 1_000) << 80) | (7 << 76) | (2 << 62))


async def _protected(session: AsyncSession, user_ids: list[UUID]) -> list[Protected]:
    passkey = exists().where(Passkey.user_id == UserAccount.id)
    totp = exists().where(Totp.user_id == UserAccount.id, Totp.confirmed_at.is_not(None))
    statement = (
        select(UserAccount.id, UserAccount.email, UserAccount.display_name, passkey, totp)
        .where(UserAccount.id.in_(user_ids))
        .order_by(UserAccount.display_name, UserAccount.id)
    )
    return [Protected(*row) for row in (await session.execute(statement)).all()]

"""Signed-in devices: opened, listed, ended."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import select, text, update
from sqlalchemy.ext.asyncio import AsyncSession

from metatron.kernel.context import Context
from metatron.kernel.errors import NotFound
from metatron.kernel.events.event import publish
from metatron.kernel.ids import new_id
from metatron.platform.identity.devices import device_name
from metatron.platform.identity.events import SessionRevoked
from metatron.platform.identity.tables import LoginSession, RefreshToken

ABSOLUTE_LIFETIME = timedelta(days=30)
IDLE_LIFETIME = timedelta(days=7)
PENDING_LIFETIME = timedelta(minutes=10)
_TELL = text("select pg_notify('metatron_access', 'session:' || cast(:id as text))")


@dataclass(frozen=True, slots=True)
class Device:
    """One session as its person sees it."""

    id: UUID
    device: str
    ip: str | None
    created_at: datetime
    last_used_at: datetime
    current: bool


def open_session(
    session: AsyncSession,
    context: Context,
    *,
    user_id: UUID,
    tenant_id: UUID,
    method: str,
    mfa_pending: bool,
    now: datetime,
) -> LoginSession:
    """Add a session for the device the request comes from.

    While its second factor is owed it lasts 10 minutes and opens no door.
    """
    lifetime = PENDING_LIFETIME if mfa_pending else ABSOLUTE_LIFETIME
    login = LoginSession(
        id=new_id(),
        user_id=user_id,
        tenant_id=tenant_id,
        version=1,
        state="active",
        mfa_pending=mfa_pending,
        method=method,
        device=device_name(context.user_agent),
        ip=context.ip,
        created_at=now,
        last_used_at=now,
        absolute_expires_at=now + lifetime,
    )
    session.add(login)
    return login


def first_refresh_token(
    session: AsyncSession, login: LoginSession, token_hash: bytes, *, now: datetime
) -> datetime:
    """Begin the session's family; returns when the token is over."""
    expires_at = min(now + IDLE_LIFETIME, login.absolute_expires_at)
    session.add(
        RefreshToken(
            token_hash=token_hash,
            session_id=login.id,
            generation=1,
            issued_at=now,
            expires_at=expires_at,
        )
    )
    return expires_at


def _open(user_id: UUID, now: datetime) -> Any:
    return (
        LoginSession.user_id == user_id,
        LoginSession.state == "active",
        LoginSession.mfa_pending.is_(False),
        LoginSession.absolute_expires_at > now,
        LoginSession.last_used_at > now - IDLE_LIFETIME,
    )


async def devices(
    session: AsyncSession, user_id: UUID, *, current_id: UUID | None, now: datetime
) -> list[Device]:
    """Return the person's open sessions, the last used first; impersonations are not theirs."""
    statement = (
        select(LoginSession)
        .where(*_open(user_id, now), LoginSession.impersonator_id.is_(None))
        .order_by(LoginSession.last_used_at.desc(), LoginSession.id)
        .limit(200)
    )
    return [
        Device(row.id, row.device, row.ip, row.created_at, row.last_used_at, row.id == current_id)
        for row in await session.scalars(statement)
    ]


async def revoke_session(
    session: AsyncSession,
    context: Context,
    *,
    user_id: UUID,
    session_id: UUID,
    why: str,
    now: datetime,
) -> None:
    """End one session of a person; raise `NotFound` when it is another's or has ended."""
    where = (*_open(user_id, now), LoginSession.id == session_id)
    if not await revoke_where(session, context, where, user_id=user_id, why=why, now=now):
        raise NotFound


async def revoke_all(
    session: AsyncSession,
    context: Context,
    *,
    user_id: UUID,
    keep: UUID | None = None,
    why: str,
    now: datetime,
) -> int:
    """End all of a person's sessions but `keep`; returns how many."""
    where = [LoginSession.user_id == user_id, LoginSession.state == "active"]
    if keep is not None:
        where.append(LoginSession.id != keep)
    return await revoke_where(session, context, where, user_id=user_id, why=why, now=now)


async def revoke_where(
    session: AsyncSession, context: Context, where: Any, *, user_id: UUID, why: str, now: datetime
) -> int:
    """End the sessions of one person that match; returns how many."""
    statement = (
        update(LoginSession)
        .where(*where)
        .values(state="revoked", revoked_at=now)
        .returning(LoginSession.id)
        .execution_options(synchronize_session=False)
    )
    ended = list(await session.scalars(statement))
    for session_id in ended:
        event = SessionRevoked(aggregate_id=user_id, session_id=session_id, why=why)
        await publish(session, context, event, now=now)
        await session.execute(_TELL, {"id": str(session_id)})
    return len(ended)

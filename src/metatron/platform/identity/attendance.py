"""A person's devices as an operator sees and ends them, within the reach of their grants."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from metatron.kernel.context import Context
from metatron.kernel.database.database import Database
from metatron.kernel.errors import NotFound
from metatron.platform.identity.sessions import IDLE_LIFETIME, revoke_where
from metatron.platform.identity.tables import LoginSession, UserAccount
from metatron.platform.tenancy.interface import (
    ScopeTooNarrow,
    memberships_of,
    resolve_operator,
    tenants_in_reach,
)

READ, REVOKE = "users:read", "users:revoke"
WHY = "operator"


async def reach_over(
    database: Database, context: Context, user_id: UUID, permission: str
) -> list[UUID] | None:
    """Return the organisations in which the caller may look after a person; None stands for all.

    Raises:
        NotFound: the person is in none of the caller's organisations.
        ScopeTooNarrow: somebody of limited scope would end an operator's sessions.
    """
    reach = await tenants_in_reach(database, context, permission)
    if reach is None:
        return None
    theirs = {membership.tenant_id for membership in await memberships_of(database, user_id)}
    within = [tenant_id for tenant_id in reach if tenant_id in theirs]
    if not within:
        raise NotFound
    if permission == REVOKE and await resolve_operator(database, user_id) is not None:
        raise ScopeTooNarrow(REVOKE)
    return within


async def attended_devices(
    session: AsyncSession, user_id: UUID, *, reach: list[UUID] | None, now: datetime
) -> list[LoginSession]:
    """Return a person's open sessions, impersonations included, the last used first.

    Raises:
        NotFound: there is no such person.
    """
    user = await session.get(UserAccount, user_id)
    if user is None or user.state == "erased":
        raise NotFound
    where = _open(user_id, reach, now)
    order = (LoginSession.last_used_at.desc(), LoginSession.id)
    found = await session.scalars(select(LoginSession).where(*where).order_by(*order).limit(200))
    return list(found)


async def end_devices(
    session: AsyncSession,
    context: Context,
    *,
    user_id: UUID,
    session_id: UUID | None = None,
    reach: list[UUID] | None,
    now: datetime,
) -> int:
    """End one session of a person, or all; returns how many.

    Raises:
        NotFound: the one named is another's, has ended, or is out of reach.
    """
    where = [*_open(user_id, reach, now)]
    if session_id is not None:
        where.append(LoginSession.id == session_id)
    ended = await revoke_where(session, context, where, user_id=user_id, why=WHY, now=now)
    if session_id is not None and ended == 0:
        raise NotFound
    return ended


def _open(user_id: UUID, reach: list[UUID] | None, now: datetime) -> list[Any]:
    where: list[Any] = [
        LoginSession.user_id == user_id,
        LoginSession.state == "active",
        LoginSession.absolute_expires_at > now,
        LoginSession.last_used_at > now - IDLE_LIFETIME,
    ]
    if reach is not None:
        where.append(LoginSession.tenant_id.in_(reach))
    return where

"""How many people an organisation's plan lets work in it; who only takes part is its customer."""

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from metatron.kernel.context import Context
from metatron.platform.tenancy.errors import LimitReached
from metatron.platform.tenancy.limits import limits_of
from metatron.platform.tenancy.rights import PARTICIPANT, system_role_id

SEATS = f"""
select count(*) from tenancy.member m
where m.tenant_id = t.id and m.state = 'active'
  and exists (select from tenancy.member_role r
              where r.tenant_id = m.tenant_id and r.member_id = m.id
                and r.system_role is distinct from '{PARTICIPANT}')
"""
"""Of a tenant `t`: the active members with any role but that of a participant."""
_TAKEN = text(f"""
select t.tier, t.limits, ({SEATS}) as taken,
       (select count(*) from tenancy.invitation i
        where i.tenant_id = t.id and i.state = 'pending' and i.expires_at > :now
          and i.role_ids <> array[cast(:participant as uuid)]) as invited
from tenancy.tenant t where t.id = :tenant_id
""")


def needs_seat(roles: Iterable[str | UUID]) -> bool:
    """Tell whether these roles (built-in names, ids of custom ones) make somebody a user."""
    return any(role != PARTICIPANT for role in roles)


async def check_seat(session: AsyncSession, context: Context, *, now: datetime) -> None:
    """Refuse a seat that was given in this transaction when there are too many by it.

    `session` is one of the home database and holds the lock of the members.

    Raises:
        LimitReached: the plan allows no more users.
    """
    taken, _, allowed = await _count(session, context, now)
    if allowed is not None and taken > allowed:
        detail = f"All {allowed} places for people are taken."
        raise LimitReached("users", allowed=allowed, used=taken - 1, detail=detail)


async def check_seat_to_offer(session: AsyncSession, context: Context, *, now: datetime) -> None:
    """Refuse to ask one more person than could come; open invitations count.

    Raises:
        LimitReached: people and open invitations are as many as the plan allows.
    """
    taken, invited, allowed = await _count(session, context, now)
    if allowed is not None and taken + invited >= allowed:
        detail = f"{taken} people and {invited} open invitations, of {allowed}."
        raise LimitReached("users", allowed=allowed, used=taken, detail=detail)


async def _count(
    session: AsyncSession, context: Context, now: datetime
) -> tuple[int, int, int | None]:
    values = {
        "tenant_id": context.tenant_id,
        "now": now,
        "participant": system_role_id(PARTICIPANT),
    }
    row = (await session.execute(_TAKEN, values)).one_or_none()
    if row is None:
        return 0, 0, None
    return row.taken, row.invited, limits_of(row.tier, row.limits).users

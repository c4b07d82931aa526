"""Whose turn an instance's runs are: one look at AMC at a time, however many workers there are.

While an instance has open runs exactly one job stands for its next look (`tick_id`); with none,
nothing stands and nothing looks. Who looks holds a lease. One that dies leaves the job, which is
delivered again, and the lease, which ends; what it does after that changes nothing.

Looks are due by the organisation's clock, leases end by the database's: a test clock that is
advanced ends nobody's turn while they are asking Amazon.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from metatron.kernel.context import Context
from metatron.kernel.events.jobs import enqueue
from metatron.kernel.ids import new_id

FOLLOW_JOB = "amc.follow_runs"
LEASE = timedelta(seconds=90)
"""Longer than a look takes: its calls to Amazon wait 20 s at most."""
OVERDUE = timedelta(minutes=10)
"""A look that late was lost: its job is dead, and whoever comes next calls for another."""

_LOCK = text("""
insert into amc.turn as t (tenant_id, instance_id) values (:tenant_id, :instance_id)
on conflict (tenant_id, instance_id) do update set instance_id = excluded.instance_id
returning t.tick_id, t.tick_at, t.quiet_until,
  case when t.leased_until between now() and now() + cast(:lease as interval)
    then t.leased_until - now() end as lease_left
""")
_CALL = text("""
update amc.turn set tick_id = :tick_id, tick_at = :tick_at
where tenant_id = :tenant_id and instance_id = :instance_id
""")
_TAKE = text("""
update amc.turn set lease_id = :lease_id, leased_until = now() + cast(:lease as interval)
where tenant_id = :tenant_id and instance_id = :instance_id
""")
_KEEP = text("""
update amc.turn set leased_until = now() + cast(:lease as interval)
where tenant_id = :tenant_id and instance_id = :instance_id and lease_id = :lease_id
returning now() as at
""")
_LEAVE = text("""
update amc.turn set lease_id = null, leased_until = null, tick_id = null, tick_at = null,
  quiet_until = :quiet_until
where tenant_id = :tenant_id and instance_id = :instance_id and lease_id = :lease_id
returning 1
""")
_OPEN = text("""
select 1 from amc.run where tenant_id = :tenant_id and instance_id = :instance_id
  and state not in ('succeeded', 'failed', 'cancelled') limit 1
""")


@dataclass(frozen=True, slots=True)
class Turn:
    """The right to look at an instance's runs, until the lease ends."""

    instance_id: UUID
    tick_id: UUID
    lease_id: UUID


async def call_turn(
    session: AsyncSession,
    context: Context,
    *,
    instance_id: UUID,
    at: datetime,
    now: datetime,
    is_urgent: bool = False,
) -> None:
    """See to it that somebody looks at the instance's runs at `at`, or before.

    Whoever looks just now sees what this transaction adds when they end, and calls for more.
    What keeps looks apart (Amazon said 429, the sign-in ended) gives way to `is_urgent`.
    """
    key = {"tenant_id": context.tenant_id, "instance_id": instance_id}
    turn = (await session.execute(_LOCK, key | {"lease": LEASE})).one()
    if turn.lease_left is not None:
        return
    stands = turn.tick_id is not None and turn.tick_at > now - OVERDUE
    if stands and turn.tick_at <= max(at, now):
        return
    quiet_until = None if is_urgent else turn.quiet_until
    await _call(session, context, instance_id, max(at, quiet_until or at))


async def _call(session: AsyncSession, context: Context, instance_id: UUID, at: datetime) -> None:
    tick_id = new_id()
    key = {"tenant_id": context.tenant_id, "instance_id": instance_id}
    await session.execute(_CALL, key | {"tick_id": tick_id, "tick_at": at})
    await enqueue(session, context, FOLLOW_JOB, run_at=at, instance_id=instance_id, tick_id=tick_id)


async def take_turn(
    session: AsyncSession, context: Context, *, instance_id: UUID, tick_id: UUID, now: datetime
) -> Turn | datetime | None:
    """Take the lease for a look; None when the job no longer stands for one.

    An instant says until when somebody else holds the lease: who may be dead.
    """
    key = {"tenant_id": context.tenant_id, "instance_id": instance_id}
    turn = (await session.execute(_LOCK, key | {"lease": LEASE})).one()
    if turn.tick_id != tick_id:
        return None
    if turn.lease_left is not None:
        left: timedelta = turn.lease_left
        return now + left
    lease_id = new_id()
    await session.execute(_TAKE, key | {"lease_id": lease_id, "lease": LEASE})
    return Turn(instance_id, tick_id, lease_id)


async def keep_turn(session: AsyncSession, context: Context, turn: Turn) -> datetime | None:
    """Hold the lease for longer; None when another has it by now, else the database's instant."""
    key = {"tenant_id": context.tenant_id, "instance_id": turn.instance_id}
    kept = await session.execute(_KEEP, key | {"lease_id": turn.lease_id, "lease": LEASE})
    at: datetime | None = kept.scalar_one_or_none()
    return at


async def leave_turn(
    session: AsyncSession,
    context: Context,
    turn: Turn,
    *,
    next_at: datetime,
    quiet_until: datetime | None = None,
) -> bool:
    """Give the lease back; returns whether there is a next look, for runs are still open.

    The row is locked before the look for open runs: what is asked for later finds no lease.
    """
    key = {"tenant_id": context.tenant_id, "instance_id": turn.instance_id}
    left = await session.execute(
        _LEAVE, key | {"lease_id": turn.lease_id, "quiet_until": quiet_until}
    )
    if left.first() is None:
        return False
    if (await session.execute(_OPEN, key)).first() is None:
        return False
    await _call(session, context, turn.instance_id, max(next_at, quiet_until or next_at))
    return True

"""Asking for a copy of somebody's data or for its erasure, and taking that back."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from metatron.kernel.context import Context
from metatron.kernel.database.session import at_home
from metatron.kernel.errors import ImpersonationForbidden
from metatron.kernel.events.event import publish
from metatron.kernel.events.jobs import enqueue
from metatron.kernel.ids import new_id
from metatron.platform.personal_data import plan
from metatron.platform.personal_data.configuration import cooling_off
from metatron.platform.personal_data.errors import (
    AlreadyAsked,
    ErasureObstructed,
    RequestClosed,
    RequestNotFound,
)
from metatron.platform.personal_data.events import (
    ErasureRequested,
    ErasureWithdrawn,
    ExportRequested,
)
from metatron.platform.personal_data.mails import post
from metatron.platform.personal_data.people import demand_fresh, person_of, wanted_person
from metatron.platform.personal_data.permissions import ERASE
from metatron.platform.personal_data.tables import RequestKind, RequestRow

EXPORT = "personal_data.export"
ERASE_PERSON = "personal_data.erase"
_ALONE = text("select pg_advisory_xact_lock(hashtextextended('personal_data/' || :user_id, 0))")
_IS_OPEN = text("""
select exists (select from personal_data.request where tenant_id = :tenant_id
  and user_id = :user_id and kind = :kind and state in ('waiting', 'running'))
""")


async def request_export(
    session: AsyncSession, context: Context, *, member_id: UUID | None = None, now: datetime
) -> RequestRow:
    """Ask for a copy of one's own data, or of a member's; the person gets it by mail.

    Raises:
        PersonNeeded, ImpersonationForbidden, PermissionDenied, PersonNotFound, OwnersOnly:
            see `wanted_person`.
        AlreadyAsked: a copy is being made.
    """
    async with at_home(session) as home:
        user_id = await wanted_person(home, context, member_id)
    row = await _note(session, context, "export", user_id, due_at=now, now=now)
    event = ExportRequested(aggregate_id=row.id, user_id=user_id)
    await publish(session, context, event, now=now)
    await enqueue(session, context, EXPORT, request_id=row.id)
    return row


async def request_erasure(
    session: AsyncSession, context: Context, *, member_id: UUID | None = None, now: datetime
) -> RequestRow:
    """Ask for the erasure of one's own data, or of a member's; it waits and can be withdrawn.

    Raises:
        PersonNeeded, ImpersonationForbidden, PermissionDenied, PersonNotFound, OwnersOnly:
            see `wanted_person`.
        FreshSignInNeeded: the session was confirmed too long ago.
        ErasureObstructed: money is on its way, or the person is the last owner.
        AlreadyAsked: it waits already.
    """
    async with at_home(session) as home:
        user_id = await wanted_person(home, context, member_id)
        await demand_fresh(home, context)
        person = await person_of(home, user_id)
        due_at = now + await cooling_off(home, context)
    obstacles = await plan.obstacles(session, context, person)
    if obstacles:
        raise ErasureObstructed(obstacles)
    row = await _note(session, context, "erasure", user_id, due_at=due_at, now=now)
    event = ErasureRequested(aggregate_id=row.id, user_id=user_id, due_at=due_at)
    await publish(session, context, event, now=now)
    await enqueue(session, context, ERASE_PERSON, run_at=due_at, request_id=row.id)
    await post.erasure_asked(session, context, person, due_at=due_at, now=now)
    return row


async def withdraw_request(
    session: AsyncSession, context: Context, *, request_id: UUID, now: datetime
) -> None:
    """Take back an erasure that has not begun.

    Raises:
        RequestNotFound: none of one's own, nor of a member for whom one may ask.
        RequestClosed: it has begun, is done, or was withdrawn; or it is a copy.
        ImpersonationForbidden: an operator in somebody's name.
    """
    if context.impersonator_id is not None:
        raise ImpersonationForbidden
    row = await session.get(RequestRow, (context.tenant_id, request_id), with_for_update=True)
    if row is None or not _concerns(context, row):
        raise RequestNotFound
    await withdraw(session, context, row, now=now)


async def withdraw(
    session: AsyncSession, context: Context, row: RequestRow, *, now: datetime
) -> None:
    """Withdraw an erasure whose row is locked; raises `RequestClosed` as `withdraw_request`."""
    if row.kind != "erasure" or row.state != "waiting":
        raise RequestClosed
    row.state, row.ended_at = "withdrawn", now
    row.version += 1
    event = ErasureWithdrawn(aggregate_id=row.id, user_id=row.user_id)
    await publish(session, context, event, now=now)


def _concerns(context: Context, row: RequestRow) -> bool:
    is_own = context.actor_kind == "user" and context.actor_id == row.user_id
    return is_own or context.allows(ERASE)


async def _note(
    session: AsyncSession,
    context: Context,
    kind: RequestKind,
    user_id: UUID,
    *,
    due_at: datetime,
    now: datetime,
) -> RequestRow:
    await session.execute(_ALONE, {"user_id": str(user_id)})
    key = {"tenant_id": context.tenant_id, "user_id": user_id, "kind": kind}
    if await session.scalar(_IS_OPEN, key):
        raise AlreadyAsked
    assert context.actor_id is not None, "a person asks"
    row = RequestRow(
        **key,
        id=new_id(),
        requested_by=context.actor_id,
        requested_at=now,
        due_at=due_at,
        state="waiting",
        obstacles=[],
    )
    session.add(row)
    await session.flush()
    return row

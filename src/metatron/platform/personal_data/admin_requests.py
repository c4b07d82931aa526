"""What operators do about an organisation's requests: try again, or withdraw one that waits."""

from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from metatron.kernel.context import Context
from metatron.kernel.database.session import at_home
from metatron.kernel.events.event import publish
from metatron.kernel.events.jobs import enqueue
from metatron.platform.personal_data.errors import NothingToRetry, RequestNotFound
from metatron.platform.personal_data.events import RequestRetried
from metatron.platform.personal_data.mails import post
from metatron.platform.personal_data.people import person_of
from metatron.platform.personal_data.requests import ERASE_PERSON, EXPORT, withdraw
from metatron.platform.personal_data.tables import OPEN, RequestRow


async def retry_request(
    session: AsyncSession, context: Context, *, request_id: UUID, now: datetime
) -> None:
    """Have a copy made, or an erasure tried that was put off or whose worker gave up, at once.

    What stood in the way is looked at again; the days in which an erasure can be withdrawn are
    never cut short.

    Raises:
        RequestNotFound: the organisation has none of this id.
        NothingToRetry: it has ended, or its first day has not come.
    """
    row = await _find(session, context, request_id)
    if row.state not in OPEN:
        raise NothingToRetry
    if row.kind == "erasure" and row.state == "waiting":
        if not row.obstacles:
            raise NothingToRetry
        row.due_at = min(row.due_at, now)
        row.version += 1
    event = RequestRetried(aggregate_id=row.id, user_id=row.user_id, kind=row.kind)
    await publish(session, context, event, now=now)
    job = EXPORT if row.kind == "export" else ERASE_PERSON
    await enqueue(session, context, job, request_id=row.id)


async def withdraw_for_person(
    session: AsyncSession, context: Context, *, request_id: UUID, now: datetime
) -> None:
    """Withdraw an erasure that has not begun, as its person asked support to; they are told.

    Raises:
        RequestNotFound: the organisation has none of this id.
        RequestClosed: it has begun, is done, or was withdrawn; or it is a copy.
    """
    row = await _find(session, context, request_id)
    await withdraw(session, context, row, now=now)
    async with at_home(session) as home:
        person = await person_of(home, row.user_id)
    await post.erasure_withdrawn(session, context, person, now=now)


async def _find(session: AsyncSession, context: Context, request_id: UUID) -> RequestRow:
    row = await session.get(RequestRow, (context.tenant_id, request_id), with_for_update=True)
    if row is None:
        raise RequestNotFound
    return row

"""The module's jobs; thin, they call a use case."""

from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from metatron.kernel.context import Context
from metatron.kernel.events.jobs import Job
from metatron.platform.approvals import requests
from metatron.platform.approvals.telling import herald


async def expire(
    session: AsyncSession, context: Context, *, approval_id: str, now: datetime
) -> None:
    """End a request that nobody decided in time."""
    await requests.expire(session, context, approval_id=UUID(approval_id), now=now)


JOBS = (
    Job(requests.EXPIRE_JOB, expire),
    Job(requests.TELL_JOB, herald.tell_approvers, transactional=False),
)

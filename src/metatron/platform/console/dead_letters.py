"""Jobs in the queue, above all those that gave up: seen, sent round again, or dropped."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Row, text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from metatron.kernel.context import Context
from metatron.kernel.errors import NotFound
from metatron.kernel.events.event import publish
from metatron.kernel.ids import PLATFORM_TENANT_ID
from metatron.kernel.telemetry.logs import strike_out
from metatron.platform.console.errors import JobQueuedAnew
from metatron.platform.console.events import JobCancelled, JobDropped, JobRetried
from metatron.platform.tenancy.interface import paged

READ, RETRY, DROP = "jobs:read", "jobs:retry", "jobs:drop"
LONGEST_MESSAGE = 300

JOBS = paged(
    """j.id, j.entrypoint as job, nullif(j.headers ->> 'tenant_id', '')::uuid as tenant_id,
       j.status::text as state, j.attempts, j.created as queued_at, j.updated as failed_at,
       (select json_build_array(l.traceback ->> 'exception_type',
                                l.traceback ->> 'exception_message')
        from jobs.pgqueuer_log l
        where l.job_id = j.id and l.traceback is not null order by l.created desc, l.id desc
        limit 1) as error""",
    """jobs.pgqueuer j where bound.t is not null and j.status::text = $6
       and ($7::uuid[] is null or nullif(j.headers ->> 'tenant_id', '')::uuid = any($7::uuid[]))
       and ($8::text is null or j.entrypoint = $8)""",
    ("j.updated", "j.id"),
    ("timestamptz", "bigint"),
)
"""Arguments after the page's: state, the tenants in reach and the kind of job (null for all)."""
_FIND = text("""
select id, entrypoint, nullif(headers ->> 'tenant_id', '')::uuid as tenant_id
from jobs.pgqueuer where id = :id and status::text = :state for update
""")
_AGAIN = text("""
with again as (
  update jobs.pgqueuer
  set status = 'queued', attempts = 0, execute_after = now(), updated = now(),
      queue_manager_id = null, slot = null
  where id = :id returning id, entrypoint, priority)
insert into jobs.pgqueuer_log (job_id, status, entrypoint, priority)
select id, 'queued', entrypoint, priority from again
""")
_DROP = text("""
with dropped as (delete from jobs.pgqueuer where id = :id returning id, entrypoint, priority)
insert into jobs.pgqueuer_log (job_id, status, entrypoint, priority)
select id, 'deleted', entrypoint, priority from dropped
""")


async def retry_job(
    session: AsyncSession,
    context: Context,
    *,
    queue_id: int,
    reach: Iterable[UUID] | None,
    now: datetime,
) -> None:
    """Queue a dead letter anew with all its attempts.

    Raises:
        NotFound: there is none of this id within `reach` (None is everything).
        JobQueuedAnew: the same work has been queued again meanwhile.
    """
    found = await _find(session, queue_id, reach)
    try:
        await session.execute(_AGAIN, {"id": queue_id})
    except IntegrityError as error:
        raise JobQueuedAnew from error
    event = JobRetried(aggregate_id=about(found), queue_id=queue_id, job=found.entrypoint)
    await publish(session, context, event, now=now)


async def drop_job(
    session: AsyncSession,
    context: Context,
    *,
    queue_id: int,
    reach: Iterable[UUID] | None,
    now: datetime,
) -> None:
    """Give up a dead letter for good; raises `NotFound` as `retry_job` does."""
    found = await _find(session, queue_id, reach)
    await session.execute(_DROP, {"id": queue_id})
    event = JobDropped(aggregate_id=about(found), queue_id=queue_id, job=found.entrypoint)
    await publish(session, context, event, now=now)


async def cancel_job(
    session: AsyncSession,
    context: Context,
    *,
    queue_id: int,
    reach: Iterable[UUID] | None,
    now: datetime,
) -> None:
    """Take a waiting job out of the queue before it runs.

    Raises:
        NotFound: none of this id waits within `reach`; it may have begun meanwhile.
    """
    found = await _find(session, queue_id, reach, state="queued")
    await session.execute(_DROP, {"id": queue_id})
    event = JobCancelled(aggregate_id=about(found), queue_id=queue_id, job=found.entrypoint)
    await publish(session, context, event, now=now)


def shown_error(pair: list[str | None] | None) -> str | None:
    """Return an error's kind and the first line of its words, secrets struck out.

    Later lines are left out: a database adds the offending values there.
    """
    if pair is None:
        return None
    kind, message = (part or "" for part in pair)
    words = str(strike_out(message.partition("\n")[0]))[:LONGEST_MESSAGE]
    return f"{kind}: {words}" if words else kind


async def _find(
    session: AsyncSession, queue_id: int, reach: Iterable[UUID] | None, *, state: str = "failed"
) -> Row[Any]:
    found = (await session.execute(_FIND, {"id": queue_id, "state": state})).one_or_none()
    if found is None or (reach is not None and found.tenant_id not in set(reach)):
        raise NotFound
    return found


def about(found: Row[Any]) -> UUID:
    """Return what an event about a job is about: its tenant, the platform's without one."""
    return found.tenant_id or PLATFORM_TENANT_ID

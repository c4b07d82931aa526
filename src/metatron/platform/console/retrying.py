"""Dead letters by the hundred: those of a kind, or of a tenant, sent round again at once."""

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from metatron.kernel.context import Context
from metatron.kernel.events.event import publish_all
from metatron.platform.console.dead_letters import about
from metatron.platform.console.errors import JobQueuedAnew
from metatron.platform.console.events import JobRetried

AT_ONCE = 500
_MATCHING = """
jobs.pgqueuer j where j.status = 'failed'
  and (cast(:job as text) is null or j.entrypoint = cast(:job as text))
  and (cast(:reach as uuid[]) is null
       or nullif(j.headers ->> 'tenant_id', '')::uuid = any(cast(:reach as uuid[])))
"""
# Of the same work only one may wait: neither what is queued already nor a second one of it goes.
_AGAIN = text(f"""
with found as (
  select j.id from {_MATCHING}
    and not exists (select from jobs.pgqueuer o
      where o.dedupe_key = j.dedupe_key and o.status in ('queued', 'picked'))
    and not exists (select from jobs.pgqueuer o
      where o.dedupe_key = j.dedupe_key and o.status = 'failed' and o.id < j.id)
  order by j.id limit :most for update of j skip locked
), again as (
  update jobs.pgqueuer q
  set status = 'queued', attempts = 0, execute_after = now(), updated = now(),
      queue_manager_id = null, slot = null
  from found where q.id = found.id returning q.id, q.entrypoint, q.priority, q.headers
), noted as (
  insert into jobs.pgqueuer_log (job_id, status, entrypoint, priority)
  select id, 'queued', entrypoint, priority from again
)
select id, entrypoint, nullif(headers ->> 'tenant_id', '')::uuid as tenant_id
from again order by id
""")
_LEFT = text(f"select count(*) from (select from {_MATCHING} limit 10001) m")


async def retry_jobs(
    session: AsyncSession,
    context: Context,
    *,
    job: str | None,
    reach: Iterable[UUID] | None,
    now: datetime,
) -> tuple[int, int]:
    """Queue dead letters anew, the oldest first, at most `AT_ONCE`.

    Args:
        session: a transaction of the system role.
        context: the operator, in the platform's tenant.
        job: the kind of job; None is every kind.
        reach: the tenants whose jobs they are; None is everything.
        now: the instant on the real clock.

    Returns:
        How many go round again, and how many of the same kind and reach are left (10,001 stands
        for more): those beyond the most, and those whose work has been queued again already.

    Raises:
        JobQueuedAnew: the work of one was queued again just now; nothing is changed.
    """
    asked = {"job": job, "reach": None if reach is None else list(reach)}
    try:
        found = (await session.execute(_AGAIN, {**asked, "most": AT_ONCE})).all()
    except IntegrityError as error:
        raise JobQueuedAnew from error
    events = [
        JobRetried(aggregate_id=about(row), queue_id=row.id, job=row.entrypoint) for row in found
    ]
    if events:
        await publish_all(session, context, events, now=now)
    left = await session.scalar(_LEFT, asked)
    return len(found), int(left or 0)

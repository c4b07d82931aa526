"""Jobs that gave up: seen and sent round again, within an operator's reach."""

from datetime import datetime

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from metatron.kernel.context import Context
from metatron.kernel.errors import NotFound
from metatron.kernel.events.event import publish
from metatron.kernel.ids import PLATFORM_TENANT_ID
from metatron.platform.console.events import JobRetried
from metatron.platform.tenancy.interface import paged, reach_of

READ, RETRY = "jobs:read", "jobs:retry"

DEAD = paged(
    """j.id, j.entrypoint as job, nullif(j.headers ->> 'tenant_id', '')::uuid as tenant_id,
       j.attempts, j.updated as failed_at,
       (select l.traceback ->> 'exception_type' from jobs.pgqueuer_log l
        where l.job_id = j.id and l.traceback is not null order by l.created desc limit 1)
         as error""",
    """jobs.pgqueuer j left join tenancy.tenant t on t.id::text = j.headers ->> 'tenant_id'
       where bound.t is not null and j.status = 'failed'
       and ($6::bool or t.account_id = any($7::uuid[]) or t.id = any($8::uuid[]))""",
    ("j.updated", "j.id"),
    ("timestamptz", "bigint"),
)
_FIND = text("""
select j.entrypoint, nullif(j.headers ->> 'tenant_id', '')::uuid as tenant_id, t.account_id
from jobs.pgqueuer j left join tenancy.tenant t on t.id::text = j.headers ->> 'tenant_id'
where j.id = :id and j.status = 'failed' for update of j
""")
_AGAIN = text("""
update jobs.pgqueuer
set status = 'queued', attempts = 0, execute_after = now(), updated = now(),
    queue_manager_id = null, slot = null
where id = :id
""")


async def retry_job(
    session: AsyncSession, context: Context, *, queue_id: int, now: datetime
) -> None:
    """Queue a dead letter anew with all its attempts; raises `NotFound` when there is none."""
    reach = await reach_of(session, context, RETRY)
    found = (await session.execute(_FIND, {"id": queue_id})).one_or_none()
    if found is None:
        raise NotFound
    reach.check(found.tenant_id, found.account_id)
    await session.execute(_AGAIN, {"id": queue_id})
    event = JobRetried(
        aggregate_id=found.tenant_id or PLATFORM_TENANT_ID,
        queue_id=queue_id,
        job=found.entrypoint,
    )
    await publish(session, context, event, now=now)

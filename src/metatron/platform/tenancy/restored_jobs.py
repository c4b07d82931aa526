"""The queue's part of one tenant, put back with its rows: what waited then waits again."""

from typing import Any
from uuid import UUID

_THEIRS = "headers ->> 'tenant_id' = $1::uuid::text"
_WAITING = f"""
select priority, created, execute_after, entrypoint, dedupe_key, payload, headers::text as headers
from jobs.pgqueuer where {_THEIRS} and status in ('queued', 'picked') order by id
"""
_DROP = f"delete from jobs.pgqueuer where {_THEIRS} and status = 'queued'"
_PUT = """
insert into jobs.pgqueuer
  (priority, created, execute_after, entrypoint, dedupe_key, payload, headers, status)
values ($1, $2, $3, $4, $5, $6, $7::jsonb, 'queued')
on conflict do nothing
"""


async def replace_jobs(source: Any, target: Any, tenant_id: UUID) -> int:
    """Queue the tenant's jobs that waited in `source`, in place of those that wait in `target`.

    Both are owner's connections to a home database. What had begun then begins again: handlers
    bear repetition. Returns how many were put back.
    """
    waiting = await source.fetch(_WAITING, tenant_id)
    async with target.transaction():
        await target.execute(_DROP, tenant_id)
        await target.executemany(_PUT, [tuple(row) for row in waiting])
    return len(waiting)

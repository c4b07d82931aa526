"""The job queue by kind of job, and what the outbox still holds."""

from typing import Any

import orjson

_QUEUES = """
select json_build_object(
  'items', (select coalesce(json_agg(json_build_object('job', q.entrypoint, 'waiting', q.waiting,
      'later', q.later, 'at_work', q.at_work, 'gave_up', q.gave_up,
      'oldest_seconds', extract(epoch from now() - q.oldest)::float8)
      order by q.gave_up desc, q.waiting desc, q.entrypoint), '[]')
    from (select entrypoint,
            count(*) filter (where status = 'queued' and execute_after <= now()) as waiting,
            count(*) filter (where status = 'queued' and execute_after > now()) as later,
            count(*) filter (where status = 'picked') as at_work,
            count(*) filter (where status = 'failed') as gave_up,
            min(execute_after) filter (where status = 'queued' and execute_after <= now()) as oldest
          from jobs.pgqueuer group by entrypoint) q),
  'outbox', (select count(*) from (select from kernel.outbox limit 10001) o))::text
"""


async def queues(pool: Any) -> dict[str, Any]:
    """Return jobs by kind, and how many events and jobs are in the outbox (10,001 is more)."""
    found: dict[str, Any] = orjson.loads(await pool.fetchval(_QUEUES))
    return found | {"next_cursor": None}

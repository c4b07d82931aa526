"""Requests of single tenants by the minute, written by every web process."""

import asyncio
from typing import Any

from metatron.kernel.database.lost import DATABASE_ERRORS, outlived
from metatron.kernel.telemetry.tenant_traffic import put_back, take_tallies

EVERY_SECONDS = 5.0
KEPT_HOURS = 3
_WRITE = """
insert into health.tenant_traffic as t (tenant_id, minute, requests, errors, seconds)
select u.tenant_id, date_trunc('minute', now()), u.requests, u.errors, u.seconds
from unnest($1::uuid[], $2::bigint[], $3::bigint[], $4::float8[])
  u(tenant_id, requests, errors, seconds)
order by u.tenant_id
on conflict (tenant_id, minute) do update set requests = t.requests + excluded.requests,
  errors = t.errors + excluded.errors, seconds = t.seconds + excluded.seconds
"""
DROP = "delete from health.tenant_traffic where minute < now() - make_interval(hours => $1)"


async def write_traffic(pool: Any) -> int:
    """Write what this process has counted, in one statement; returns of how many tenants."""
    taken = take_tallies()
    if not taken:
        return 0
    tallies = list(taken.values())
    try:
        await pool.execute(
            _WRITE,
            list(taken),
            [tally.requests for tally in tallies],
            [tally.errors for tally in tallies],
            [tally.seconds for tally in tallies],
        )
    except DATABASE_ERRORS:
        put_back(taken)
        raise
    return len(taken)


async def keep_writing(pool: Any, *, every_seconds: float = EVERY_SECONDS) -> None:
    """Write every few seconds until cancelled."""
    while True:
        await asyncio.sleep(every_seconds)
        with outlived("tenant_traffic_waits"):
            await write_traffic(pool)

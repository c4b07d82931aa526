"""Writes down the calls made with API keys: every process what it answered, each two seconds.

What a process that is killed has answered within the last seconds is not in the log; one that is
told to end writes all of it first.
"""

import asyncio
import time
from datetime import datetime
from typing import Any

from metatron.kernel.clock import unix_now
from metatron.kernel.context import Context
from metatron.kernel.database.database import Database
from metatron.kernel.database.lost import DATABASE_ERRORS, outlived
from metatron.kernel.telemetry.api_calls import put_back_api_calls, take_api_calls
from metatron.platform.gateway.api_call_batches import arguments_of

EVERY_SECONDS = 2.0
AT_ONCE = 1_000
"""Calls of one statement: about two milliseconds in which the process does nothing else."""
KEPT_DAYS = 90
FORGET = "gateway.forget_api_calls"
# The arrays of the calls come as they are, once; a batch is told by where it begins and ends.
_WRITE = """
insert into gateway.api_call_batch (tenant_id, slot, id, last_at,
  api_key_id, user_id, method, route, status, code,
  kind, called_at, duration_ms, response_bytes, request_id)
select b.tenant_id, (floor(b.last_at / 604800)::bigint % 15)::smallint, b.id,
  to_timestamp(b.last_at), ($8::uuid[])[b.kinds_from:b.kinds_to],
  ($9::uuid[])[b.kinds_from:b.kinds_to], ($10::text[])[b.kinds_from:b.kinds_to],
  ($11::text[])[b.kinds_from:b.kinds_to], ($12::int2[])[b.kinds_from:b.kinds_to],
  ($13::text[])[b.kinds_from:b.kinds_to],
  ($14::int2[])[b.calls_from:b.calls_to], ($15::float8[])[b.calls_from:b.calls_to],
  ($16::real[])[b.calls_from:b.calls_to], ($17::int4[])[b.calls_from:b.calls_to],
  ($18::text[])[b.calls_from:b.calls_to]
from unnest($1::uuid[], $2::uuid[], $3::float8[], $4::int4[], $5::int4[], $6::int4[], $7::int4[])
  b(tenant_id, id, last_at, kinds_from, kinds_to, calls_from, calls_to)
"""
# Batches of a round before in the present week's partition: nothing ran for a whole week.
_LEFT_OVER = f"""
delete from gateway.api_call_batch
where slot = (floor(extract(epoch from now()) / 604800)::bigint % 15)::smallint
  and last_at < now() - interval '{KEPT_DAYS} days'
"""


class ApiLog:
    """Writes the calls that this process holds."""

    def __init__(self, pool: Any) -> None:
        """Write through the system pool of the home database."""
        self._pool = pool
        self._writing = asyncio.Lock()

    async def write(self) -> int:
        """Write what is held; returns how many calls."""
        written = 0
        # The last writing of a process waits for the one under way.
        async with self._writing:
            while calls := take_api_calls(AT_ONCE):
                behind = unix_now() - time.perf_counter()
                try:
                    await self._pool.execute(_WRITE, *arguments_of(calls, behind=behind))
                except DATABASE_ERRORS:
                    put_back_api_calls(calls)
                    raise
                written += len(calls)
        return written

    async def keep_writing(self, *, every_seconds: float = EVERY_SECONDS) -> None:
        """Write every two seconds until cancelled."""
        while True:
            await asyncio.sleep(every_seconds)
            with outlived("api_log_waits"):
                await self.write()


async def forget_api_calls(database: Database, context: Context, *, now: datetime) -> None:  # noqa: ARG001 - every job is told
    """Empty the week that is over ninety days ago; runs daily, by the real clock."""
    assert context.actor_kind == "system", "tidying is the system's own work"
    await database.system.execute("select gateway.empty_oldest_api_calls()")
    await database.system.execute(_LEFT_OVER)

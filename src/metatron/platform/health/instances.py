"""Which processes are running: each beats every 30 seconds."""

import asyncio
import os
import socket
from typing import Any

import orjson
import structlog

from metatron import __version__
from metatron.kernel.database.lost import DATABASE_ERRORS, outlived
from metatron.kernel.ids import new_id

log = structlog.get_logger(__name__)

EVERY_SECONDS = 30
_BEAT = """
insert into health.instance (id, service, version, host, process_id, started_at, beat_at)
values ($1, $2, $3, $4, $5, now(), now())
on conflict (id) do update set beat_at = now()
"""
_FORGET = "delete from health.instance where beat_at < now() - interval '180 seconds'"
_LEAVE = "delete from health.instance where id = $1"
_LIST = """
select coalesce(json_agg(s.item order by s.service), '[]')::text from (
  select i.service, json_build_object('name', i.service, 'state', case
      when max(i.beat_at) > now() - interval '60 seconds' then 'healthy'
      else 'unknown' end,
    'instances', json_agg(json_build_object('id', i.id, 'version', i.version,
      'started_at', i.started_at, 'beat_at', i.beat_at) order by i.started_at)) item
  from health.instance i where i.beat_at >= now() - interval '180 seconds'
  group by i.service) s
"""


async def beat(pool: Any, service: str, *, every_seconds: float = EVERY_SECONDS) -> None:
    """Beat until cancelled, then leave."""
    me = new_id()
    try:
        while True:
            with outlived("beat_missed"):
                await pool.execute(
                    _BEAT, me, service, __version__, socket.gethostname(), os.getpid()
                )
                await pool.execute(_FORGET)
            await asyncio.sleep(every_seconds)
    finally:
        try:
            async with asyncio.timeout(1):
                await pool.execute(_LEAVE, me)
        except DATABASE_ERRORS:
            log.info("left_without_notice", service=service)


async def running_services(pool: Any) -> list[dict[str, Any]]:
    """Return the services whose last beat is less than 180 seconds old, with their instances."""
    found: list[dict[str, Any]] = orjson.loads(await pool.fetchval(_LIST))
    return found

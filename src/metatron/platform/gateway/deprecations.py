"""Who still calls routes on their way out: counted by the day, reported to operators."""

import asyncio
from typing import Any
from uuid import UUID

import orjson

from metatron.kernel.database.database import Database
from metatron.kernel.database.lost import DATABASE_ERRORS, outlived
from metatron.kernel.http.deprecation import Deprecation
from metatron.kernel.telemetry.deprecated_calls import note_caller, take_callers
from metatron.platform.tenancy.interface import tenants_by_id

EVERY_SECONDS = 10.0
REPORTED_DAYS = 30
KEPT_DAYS = 400
NOBODY = UUID(int=0)
_WRITE = """
insert into gateway.deprecated_call as d
  (tenant_id, day, method, route, application_id, calls, last_at)
select u.tenant_id, (now() at time zone 'utc')::date, u.method, u.route, u.application_id, u.calls,
  now()
from unnest($1::uuid[], $2::text[], $3::text[], $4::uuid[], $5::bigint[])
  u(tenant_id, method, route, application_id, calls)
order by u.tenant_id, u.method, u.route, u.application_id
on conflict (tenant_id, day, method, route, application_id)
do update set calls = d.calls + excluded.calls, last_at = excluded.last_at
"""
_FORGET = (
    "delete from gateway.deprecated_call where day < (now() - make_interval(days => $1))::date"
)
_CALLERS = """
select coalesce(json_agg(json_build_object('method', c.method, 'route', c.route,
  'tenant_id', c.tenant_id,
  'application_id', nullif(c.application_id, '00000000-0000-0000-0000-000000000000'),
  'calls', c.calls, 'last_called_at', c.last_at) order by c.calls desc, c.tenant_id), '[]')::text
from (select method, route, tenant_id, application_id, sum(calls)::bigint as calls,
        max(last_at) as last_at
      from gateway.deprecated_call
      where day > (now() at time zone 'utc')::date - $1::int
      group by method, route, tenant_id, application_id
      order by 5 desc limit 500) c
"""


async def write_callers(pool: Any) -> int:
    """Write what this process has counted; returns of how many callers."""
    taken = take_callers()
    if not taken:
        return 0
    try:
        await pool.execute(
            _WRITE,
            [tenant_id for _, _, tenant_id, _ in taken],
            [method for method, *_ in taken],
            [route for _, route, _, _ in taken],
            [application_id or NOBODY for *_, application_id in taken],
            list(taken.values()),
        )
    except DATABASE_ERRORS:
        for caller, calls in taken.items():
            note_caller(*caller, calls=calls)
        raise
    return len(taken)


async def keep_writing_callers(pool: Any, *, every_seconds: float = EVERY_SECONDS) -> None:
    """Write every few seconds until cancelled; forget what is very old once at the start."""
    with outlived("callers_wait"):
        await pool.execute(_FORGET, KEPT_DAYS)
    while True:
        await asyncio.sleep(every_seconds)
        with outlived("callers_wait"):
            await write_callers(pool)


async def report(application: Any, database: Database) -> list[dict[str, Any]]:
    """Return every deprecated route with who called it in the last thirty days."""
    callers = orjson.loads(await database.system.fetchval(_CALLERS, REPORTED_DAYS))
    facts = await tenants_by_id(database, {UUID(caller["tenant_id"]) for caller in callers})
    for caller in callers:
        tenant = facts.get(UUID(caller["tenant_id"]))
        caller["tenant_name"] = tenant.name if tenant is not None else None
    found = []
    for route in application.routes:
        told = getattr(route, "deprecation", None)
        if not isinstance(told, Deprecation):
            continue
        for method in sorted(route.methods or ()):
            own = [c for c in callers if c["method"] == method and route.path.endswith(c["route"])]
            found.append(
                {
                    "method": method,
                    "route": route.path,
                    "since": told.since,
                    "sunset": told.sunset,
                    "link": told.link,
                    "calls": sum(caller["calls"] for caller in own),
                    "callers": own,
                }
            )
    return sorted(found, key=lambda item: (item["sunset"], item["route"], item["method"]))

"""Writes who called whom: every process what it counted, each ten seconds."""

import asyncio
from collections.abc import Mapping
from typing import Any

from metatron.kernel.database.lost import DATABASE_ERRORS, outlived
from metatron.kernel.telemetry.calls import (
    DATABASE,
    Calls,
    Pair,
    observe_pair,
    take_pairs,
    take_routes,
)
from metatron.kernel.telemetry.metrics import hand_on_requests

EVERY_SECONDS = 10.0
KEPT_HOURS = 2
GATEWAY = "gateway"
"""Every request passes the gate: it is what calls the module a route belongs to."""
_WRITE = """
insert into health.call as c (taken_at, source, target, calls, errors, seconds)
select date_bin('10 seconds', now(), timestamptz '2000-01-01 00:00:00+00'),
  u.source, u.target, u.calls, u.errors, u.seconds
from unnest($1::text[], $2::text[], $3::bigint[], $4::bigint[], $5::float8[])
  u(source, target, calls, errors, seconds)
order by u.source, u.target
on conflict (taken_at, source, target) do update set calls = c.calls + excluded.calls,
  errors = c.errors + excluded.errors, seconds = c.seconds + excluded.seconds
"""
DROP = "delete from health.call where taken_at < now() - make_interval(hours => $1)"


def by_module(routes: Mapping[str, Calls], owners: Mapping[str, str]) -> dict[Pair, Calls]:
    """Return the calls of modules by the gateway, and of the database by modules.

    Args:
        routes: what was answered, by the route's template.
        owners: the module each template belongs to; what is in none is the gateway's own.
    """
    found: dict[Pair, Calls] = {}
    for route, counted in routes.items():
        module = owners.get(route, GATEWAY)
        served = Calls(counted.calls, counted.errors, counted.seconds)
        found.setdefault((GATEWAY, module), Calls()).add(served)
        if counted.statements:
            found.setdefault((module, DATABASE), Calls()).add(Calls(counted.statements))
    return found


async def write_calls(pool: Any, owners: Mapping[str, str]) -> int:
    """Write what this process has counted, in one statement; returns how many pairs."""
    hand_on_requests()
    taken = by_module(take_routes(), owners)
    for pair, calls in take_pairs().items():
        taken.setdefault(pair, Calls()).add(calls)
    taken = {pair: calls for pair, calls in taken.items() if calls.calls}
    if not taken:
        return 0
    counted = list(taken.values())
    try:
        await pool.execute(
            _WRITE,
            [source for source, _ in taken],
            [target for _, target in taken],
            [calls.calls for calls in counted],
            [calls.errors for calls in counted],
            # Of statements only their number is known.
            [None if t == DATABASE else c.seconds for (_, t), c in taken.items()],
        )
    except DATABASE_ERRORS:
        for (source, target), calls in taken.items():
            observe_pair(source, target, calls)
        raise
    return len(taken)


async def keep_writing_calls(
    pool: Any, owners: Mapping[str, str], *, every_seconds: float = EVERY_SECONDS
) -> None:
    """Write every few seconds until cancelled."""
    while True:
        await asyncio.sleep(every_seconds)
        with outlived("calls_wait"):
            await write_calls(pool, owners)

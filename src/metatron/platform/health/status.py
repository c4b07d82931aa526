"""The console's figures, each from a sample, or null."""

import asyncio
import time
from collections.abc import Mapping
from typing import Any

import orjson
import structlog

from metatron.kernel.database.database import Database
from metatron.kernel.settings import CARD_LIMITS
from metatron.platform.health.schemas import Card

log = structlog.get_logger(__name__)
REMEMBERED_SECONDS = 60.0
OBJECTIVE = 0.999
"""Share of requests that shall be answered without a 5xx; the burn rate is relative to it."""
_LATEST = """
select to_jsonb(s)::text from health.sample s
where taken_at > now() - interval '60 seconds' order by taken_at desc limit 1
"""
_HISTORY = """
select coalesce(jsonb_agg(to_jsonb(s) order by s.taken_at), '[]')::text from (
  select * from health.sample where taken_at > now() - interval '10 minutes'
  order by taken_at desc limit 60) s
"""
_WINDOWS = """
select w.name,
       nullif(count(s.taken_at), 0)::float8 / nullif(count(s.taken_at), 0)
         * count(s.taken_at) filter (where s.healthy)
         / nullif(ceil(extract(epoch from now() - greatest(min(s.taken_at),
             now() - w.length)) / 10), 0) as up,
       sum(s.errors)::float8 as errors, sum(s.requests)::float8 as requests
from (values ('1h', interval '1 hour'), ('24h', interval '1 day'), ('7d', interval '7 days'),
             ('30d', interval '30 days'), ('90d', interval '90 days')) w(name, length)
left join health.sample s on s.taken_at > now() - w.length
group by w.name, w.length
"""


class Windows:
    """What long windows add up to: three months of samples are not read at every look."""

    def __init__(self, pool: Any) -> None:
        """Know nothing yet."""
        self._pool = pool
        self._known: dict[str, Any] | None = None
        self._read_at = 0.0
        self._reading: asyncio.Task[None] | None = None

    async def known(self) -> dict[str, Any]:
        """Return the windows, at most a minute and one reading old; only the first look waits."""
        if self._reading is None and time.monotonic() - self._read_at > REMEMBERED_SECONDS:
            self._reading = asyncio.create_task(self._read())
            self._reading.add_done_callback(self._done)
        if self._known is None and self._reading is not None:
            await asyncio.shield(self._reading)
        assert self._known is not None, "the first reading has ended"
        return self._known

    async def _read(self) -> None:
        rows = await self._pool.fetch(_WINDOWS)
        self._known = {row["name"]: dict(row) for row in rows}
        self._read_at = time.monotonic()

    def _done(self, reading: "asyncio.Task[None]") -> None:
        self._reading = None
        if not reading.cancelled() and reading.exception() is not None:
            log.warning("windows_wait", error=type(reading.exception()).__name__)


def windows_of(database: Database) -> Windows:
    """Return the windows of a database, for `Database.keep`."""
    return Windows(database.system)


async def figures(
    database: Database,
) -> tuple[dict[str, Any], list[dict[str, Any]], dict[str, Any]]:
    """Return the newest sample of the last minute, ten minutes of samples, and the windows."""
    latest = await database.system.fetchval(_LATEST)
    history = orjson.loads(await database.system.fetchval(_HISTORY))
    windows = await database.keep(windows_of).known()
    return orjson.loads(latest) if latest else {}, history, windows


def cards(
    latest: dict[str, Any],
    windows: dict[str, Any],
    services: list[dict[str, Any]],
    limits: Mapping[str, Mapping[str, float]],
) -> dict[str, Card]:
    """Return the cards; one without a source has the value null.

    `limits` are those that differ from `CARD_LIMITS`.
    """
    healthy = [service["state"] == "healthy" for service in services]
    running = 100.0 * sum(healthy) / len(healthy) if healthy else None
    hour, day = windows["1h"], windows["24h"]
    burn = None
    if hour["requests"]:
        burn = hour["errors"] / hour["requests"] / (1 - OBJECTIVE)
    of = {name: {**known, **limits.get(name, {})} for name, known in CARD_LIMITS.items()}
    shown = {
        "response_p95": _card(latest.get("p95_ms"), "ms", of["response"]),
        "services_healthy": _card(running, "percent", of["services"], falling=True),
        "memory": _card(latest.get("memory_percent"), "percent", of["memory"]),
        "cpu": _card(latest.get("cpu_percent"), "percent", of["cpu"]),
        "storage": _card(latest.get("storage_percent"), "percent", of["storage"]),
        "errors_24h": _card(day["errors"], "count", of["errors"]),
        "error_rate_1h": _card(_rate(hour), "percent"),
        "requests_24h": _card(day["requests"], "count"),
        "queue_waiting": _card(latest.get("queue_waiting"), "count"),
        "queue_oldest": _card(latest.get("queue_oldest_seconds"), "seconds"),
        "dead_letters": _card(latest.get("dead_letters"), "count"),
        "database": _card(latest.get("database_ms"), "ms"),
        "error_budget_burn_1h": _card(burn, "ratio"),
    }
    for name in ("24h", "7d", "30d", "90d"):
        up = windows[name]["up"]
        shown[f"uptime_{name}"] = _card(min(100.0, 100 * up) if up is not None else None, "percent")
    return shown


def _rate(window: dict[str, Any]) -> float | None:
    """Return the share of requests answered with a 5xx, in percent."""
    return 100 * window["errors"] / window["requests"] if window["requests"] else None


def _card(
    value: float | None,
    unit: str,
    limits: Mapping[str, float] | None = None,
    *,
    falling: bool = False,
) -> Card:
    """Return a card with its level; of one that falls, what is below a limit is worse."""
    if value is None or limits is None:
        return Card(value=value, unit=unit, level=None)
    amber, red = limits["amber"], limits["red"]
    if falling:
        level = "red" if value < red else "amber" if value < amber else "green"
    else:
        level = "red" if value >= red else "amber" if value >= amber else "green"
    return Card(value=round(value, 3), unit=unit, level=level)

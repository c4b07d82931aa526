"""Web vitals: how fast the page felt, as browsers measured it. Only counts are kept.

A reading is one metric of one visit: LCP, INP and TTFB in milliseconds, CLS without a unit
(https://web.dev/articles/vitals). Counted in this process, written every few seconds.
"""

import asyncio
from bisect import bisect_left
from math import inf
from typing import Any, Literal

from metatron.kernel.database.lost import DATABASE_ERRORS, outlived

Metric = Literal["LCP", "INP", "CLS", "TTFB"]
EVERY_SECONDS = 5.0
KEPT_DAYS = 90
MOST_ROUTES = 300
"""The page has some hundred routes; more names than this are made up by somebody."""
_TIMES = (
    25, 50, 75, 100, 150, 200, 300, 400, 500, 650, 800, 1_000, 1_250, 1_500, 1_800, 2_100, 2_500,
    3_000, 4_000, 5_000, 7_000, 10_000, 20_000,
)  # fmt: skip
_SHIFTS = (0.0, 0.005, 0.01, 0.02, 0.03, 0.05, 0.075, 0.1, 0.15, 0.2, 0.25, 0.4, 0.6, 1.0, 2.0)
STEPS: dict[str, tuple[float, ...]] = {
    "LCP": _TIMES, "INP": _TIMES, "TTFB": _TIMES, "CLS": _SHIFTS,
}  # fmt: skip
"""Upper ends. Every limit between good, middling and poor is one, so no step lies across it."""
GOOD_AND_POOR: dict[str, tuple[float, float]] = {
    "LCP": (2_500, 4_000), "INP": (200, 500), "CLS": (0.1, 0.25), "TTFB": (800, 1_800),
}  # fmt: skip
"""Up to the first is good, above the second poor; source: web.dev/articles/vitals, and /ttfb."""
_WRITE = """
insert into health.web_vital as v (hour, route, metric, up_to, readings)
select date_trunc('hour', now(), 'UTC'), u.route, u.metric, u.up_to, u.readings
from unnest($1::text[], $2::text[], $3::float8[], $4::bigint[]) u(route, metric, up_to, readings)
order by u.route, u.metric, u.up_to
on conflict (hour, route, metric, up_to) do update set readings = v.readings + excluded.readings
"""
DROP = "delete from health.web_vital where hour < now() - make_interval(days => $1)"
_counted: dict[tuple[str, str, float], int] = {}
_routes: set[str] = set()


def observe_vital(route: str, metric: Metric, reading: float) -> None:
    """Count one reading; one of a route too many is let go."""
    if route not in _routes:
        if len(_routes) >= MOST_ROUTES:
            return
        _routes.add(route)
    steps = STEPS[metric]
    at = bisect_left(steps, reading)
    key = route, metric, steps[at] if at < len(steps) else inf
    _counted[key] = _counted.get(key, 0) + 1


async def write_vitals(pool: Any) -> int:
    """Write what this process has counted, in one statement; returns how many rows."""
    if not _counted:
        return 0
    taken = dict(_counted)
    _counted.clear()
    routes, metrics, ends = zip(*taken, strict=True)
    try:
        await pool.execute(_WRITE, list(routes), list(metrics), list(ends), list(taken.values()))
    except DATABASE_ERRORS:
        for key, readings in taken.items():
            _counted[key] = _counted.get(key, 0) + readings
        raise
    return len(taken)


async def keep_writing_vitals(pool: Any, *, every_seconds: float = EVERY_SECONDS) -> None:
    """Write every few seconds until cancelled."""
    while True:
        await asyncio.sleep(every_seconds)
        with outlived("web_vitals_wait"):
            await write_vitals(pool)


def percentile(metric: str, readings: dict[float, int], share: float) -> float:
    """Return what `share` of the readings stayed at or below, in the metric's unit.

    Linear within a step, as Prometheus' histogram_quantile does; of what is above the last step
    only that step's end is known.
    """
    steps = STEPS[metric]
    goal = sum(readings.values()) * share
    below, lower = 0, 0.0
    for end in (*steps, inf):
        here = readings.get(end, 0)
        if here and below + here >= goal:
            if end == inf:
                break
            return round(lower + (end - lower) * (goal - below) / here, 4)
        below, lower = below + here, min(end, steps[-1])
    return steps[-1]


def rating(metric: str, reading: float) -> Literal["good", "middling", "poor"]:
    """Return how a reading is judged."""
    good, poor = GOOD_AND_POOR[metric]
    if reading <= good:
        return "good"
    return "middling" if reading <= poor else "poor"

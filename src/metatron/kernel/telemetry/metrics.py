"""Prometheus metrics of the HTTP edge and the jobs.

An observation of the library costs as much as the rest of the edge, so requests are counted here
and handed on in one go, twice a second and before every look at the figures.
"""

import asyncio
from bisect import bisect_left

from prometheus_client import Counter, Histogram

from metatron.kernel.telemetry.calls import Calls, observe_route

_BUCKETS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30)
_HAND_ON_SECONDS = 0.5


class _Gathered(Histogram):
    """A histogram that takes many observations at once."""

    def take(self, counts: list[int], seconds: float) -> None:
        """Add `counts` by bucket, the last one endless, and the sum of their seconds."""
        for bucket, count in zip(self._buckets, counts, strict=True):
            if count:
                bucket.inc(count)
        self._sum.inc(seconds)


_REQUESTS = _Gathered(
    "metatron_http_request_seconds",
    "Time to answer, by method, route template and status",
    ["method", "route", "status"],
    buckets=_BUCKETS,
)
_METHODS = frozenset({"GET", "POST", "PUT", "PATCH", "DELETE", "HEAD"})


class _Tally:
    """Requests of one label set since they were last handed on."""

    __slots__ = ("counts", "seconds", "statements")

    def __init__(self) -> None:
        self.counts = [0] * (len(_BUCKETS) + 1)
        self.seconds = 0.0
        self.statements = 0


_tallies: dict[tuple[str, str, int], _Tally] = {}
_JOBS = Counter("metatron_jobs_total", "Jobs run, by handler and outcome", ["handler", "outcome"])


_DEPRECATED = Counter(
    "metatron_deprecated_calls_total", "Calls of routes on their way out", ["route"]
)


def observe_deprecated(route: str) -> None:
    """Count one call of a deprecated route."""
    _DEPRECATED.labels(route).inc()


def observe_request(
    method: str, route: str, status: int, seconds: float, *, statements: int = 0
) -> None:
    """Count one answered request and the statements it took; runs in an event loop."""
    key = (method, route, status)
    tally = _tallies.get(key)
    if tally is None:
        if not _tallies:
            asyncio.get_running_loop().call_later(_HAND_ON_SECONDS, hand_on_requests)
        tally = _tallies[key] = _Tally()
    tally.counts[bisect_left(_BUCKETS, seconds)] += 1
    tally.seconds += seconds
    tally.statements += statements


def hand_on_requests() -> None:
    """Hand what was counted to the library, and by route to the graph of calls."""
    taken = dict(_tallies)
    _tallies.clear()
    for (method, route, status), tally in taken.items():
        known = method if method in _METHODS else "other"
        _REQUESTS.labels(known, route, str(status)).take(tally.counts, tally.seconds)
        answered = sum(tally.counts)
        failed = answered if status >= 500 else 0
        observe_route(route, Calls(answered, failed, tally.seconds, tally.statements))


def observe_job(handler: str, outcome: str) -> None:
    """Count one job run: outcome is done, retried or dead."""
    _JOBS.labels(handler, outcome).inc()

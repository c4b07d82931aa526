"""Prometheus metrics of the HTTP edge and the jobs."""

from prometheus_client import Counter, Histogram

_BUCKETS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30)
_REQUESTS = Histogram(
    "metatron_http_request_seconds",
    "Time to answer, by method, route template and status",
    ["method", "route", "status"],
    buckets=_BUCKETS,
)
_METHODS = frozenset({"GET", "POST", "PUT", "PATCH", "DELETE", "HEAD"})
# The library's own look-up of a label set costs as much as the observation.
_children: dict[tuple[str, str, int], Histogram] = {}
_JOBS = Counter("metatron_jobs_total", "Jobs run, by handler and outcome", ["handler", "outcome"])


_DEPRECATED = Counter(
    "metatron_deprecated_calls_total", "Calls of routes on their way out", ["route"]
)


def observe_deprecated(route: str) -> None:
    """Count one call of a deprecated route."""
    _DEPRECATED.labels(route).inc()


def observe_request(method: str, route: str, status: int, seconds: float) -> None:
    """Count one answered request."""
    key = (method, route, status)
    child = _children.get(key)
    if child is None:
        known = method if method in _METHODS else "other"
        child = _REQUESTS.labels(known, route, str(status))
        if known == method:
            _children[key] = child
    child.observe(seconds)


def observe_job(handler: str, outcome: str) -> None:
    """Count one job run: outcome is done, retried or dead."""
    _JOBS.labels(handler, outcome).inc()

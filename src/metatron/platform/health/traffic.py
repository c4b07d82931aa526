"""Requests, errors and percentiles of the time between two looks at the metrics."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from math import inf

from prometheus_client.core import Metric

METRIC = "metatron_http_request_seconds"
_OWN = ("/health", "/api/v1/health", "/metrics")


@dataclass(frozen=True, slots=True)
class Traffic:
    """Totals since the start: requests at or below each bound in seconds, and 5xx answers."""

    buckets: dict[float, float] = field(default_factory=dict)
    errors: float = 0.0

    @property
    def requests(self) -> float:
        """Return how many requests were answered."""
        return self.buckets.get(inf, 0.0)

    def since(self, earlier: "Traffic") -> "Traffic":
        """Return what came after `earlier`; totals that went back were started anew."""
        if self.requests < earlier.requests:
            return self
        return Traffic(
            {bound: n - earlier.buckets.get(bound, 0.0) for bound, n in self.buckets.items()},
            self.errors - earlier.errors,
        )

    def percentile_ms(self, share: float) -> float | None:
        """Return the time within which `share` of the requests were answered.

        Linear within the bucket, as Prometheus' histogram_quantile does; None without a request.
        """
        goal = self.requests * share
        if self.requests <= 0:
            return None
        below, lower = 0.0, 0.0
        for bound in sorted(self.buckets):
            count = self.buckets[bound]
            if count >= goal:
                if bound == inf:
                    return lower * 1000
                inside = (goal - below) / (count - below) if count > below else 1.0
                return round((lower + (bound - lower) * inside) * 1000, 3)
            below, lower = count, bound
        return None


def traffic(metrics: Iterable[Metric]) -> Traffic:
    """Add up the histogram over routes; our own health routes are left out."""
    buckets: dict[float, float] = {}
    errors = 0.0
    for metric in metrics:
        if metric.name != METRIC:
            continue
        for sample in metric.samples:
            if sample.labels.get("route", "").startswith(_OWN):
                continue
            if sample.name == f"{METRIC}_bucket":
                bound = float(sample.labels["le"])
                buckets[bound] = buckets.get(bound, 0.0) + sample.value
            elif sample.name == f"{METRIC}_count" and sample.labels["status"].startswith("5"):
                errors += sample.value
    return Traffic(buckets, errors)

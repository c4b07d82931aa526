"""The metrics of all processes of this machine, in Prometheus' text format."""

import os
from collections.abc import Iterable, Iterator
from pathlib import Path

from prometheus_client import REGISTRY, CollectorRegistry, generate_latest
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.multiprocess import MultiProcessCollector

from metatron.kernel.telemetry.metrics import hand_on_requests
from metatron.kernel.telemetry.metrics_folder import VARIABLE, metrics_files

Gauges = Iterable[tuple[str, str, float]]
"""Name, help and value of figures measured at the moment of the scrape."""


class _Shown:
    def __init__(self, metrics: Iterable[Metric]) -> None:
        self._metrics = list(metrics)

    def collect(self) -> Iterator[Metric]:
        yield from self._metrics


def gathered(data_dir: Path) -> list[Metric]:
    """Return the summed metrics: of all processes when they share a folder, else of this one."""
    hand_on_requests()
    if os.environ.get(VARIABLE):
        merged: list[Metric] = list(
            MultiProcessCollector.merge(metrics_files(data_dir))  # type: ignore[no-untyped-call]
        )
        return merged
    return list(REGISTRY.collect())


def exposition(data_dir: Path, gauges: Gauges = ()) -> bytes:
    """Return the text a scraper reads."""
    registry = CollectorRegistry()
    measured = [GaugeMetricFamily(name, text, value=value) for name, text, value in gauges]
    registry.register(_Shown([*gathered(data_dir), *measured]))
    return generate_latest(registry)

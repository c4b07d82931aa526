"""The metrics of all processes of this machine, in Prometheus' text format."""

import os
from collections.abc import Iterable, Iterator
from pathlib import Path

from prometheus_client import REGISTRY, CollectorRegistry, generate_latest
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.multiprocess import MultiProcessCollector

from metatron.kernel.telemetry.metrics import hand_on_requests
from metatron.kernel.telemetry.metrics_folder import VARIABLE, metrics_files, own_files

Gauges = Iterable[tuple[str, str, float]]
"""Name, help and value of figures measured at the moment of the scrape."""


class _Shown:
    def __init__(self, metrics: Iterable[Metric]) -> None:
        self._metrics = list(metrics)

    def collect(self) -> Iterator[Metric]:
        yield from self._metrics


def gathered(data_dir: Path, *, alone: bool = False) -> list[Metric]:
    """Return the summed metrics: of all processes when they share a folder, else of this one.

    `alone` leaves it at the process group of this one.
    """
    hand_on_requests()
    own = os.environ.get(VARIABLE)
    if own:
        files = own_files(Path(own)) if alone else metrics_files(data_dir)
        merged: list[Metric] = list(
            MultiProcessCollector.merge(files)  # type: ignore[no-untyped-call]
        )
        return merged
    return list(REGISTRY.collect())


def exposition(data_dir: Path, gauges: Gauges = (), *, alone: bool = False) -> bytes:
    """Return the text a scraper reads; `alone` as in `gathered`."""
    registry = CollectorRegistry()
    measured = [GaugeMetricFamily(name, text, value=value) for name, text, value in gauges]
    registry.register(_Shown([*gathered(data_dir, alone=alone), *measured]))
    return generate_latest(registry)

"""Writes a sample every ten seconds; of several workers, one does."""

import asyncio
import os
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

from metatron.kernel.database.lost import outlived
from metatron.kernel.telemetry.exposition import gathered
from metatron.kernel.telemetry.metrics_folder import VARIABLE
from metatron.platform.health import calls, vitals
from metatron.platform.health.doctor import Doctor
from metatron.platform.health.machine import Processor, memory_percent, storage_percent
from metatron.platform.health.tenant_traffic import DROP, KEPT_HOURS
from metatron.platform.health.traffic import Traffic, traffic

EVERY_SECONDS = 10
KEPT_DAYS = 90
_WRITE = """
insert into health.sample (taken_at, healthy, database_ms, requests, errors, p50_ms, p95_ms, p99_ms,
  queue_waiting, queue_oldest_seconds, outbox_due, dead_letters, cpu_percent, memory_percent,
  storage_percent)
values (date_bin('10 seconds', now(), timestamptz '2000-01-01 00:00:00+00'),
        $1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)
on conflict (taken_at) do nothing
"""
_DROP = "delete from health.sample where taken_at < now() - make_interval(days => $1)"


class Sampler:
    """Measures and keeps; what it cannot measure it leaves null."""

    def __init__(
        self,
        pool: Any,
        doctor: Doctor,
        data_dir: Path,
        *,
        afterwards: Callable[[], Awaitable[None]] | None = None,
        each_minute: Callable[[], Awaitable[None]] | None = None,
    ) -> None:
        """Use the system pool of the home database.

        `afterwards` looks at each new sample, `each_minute` at what changes more slowly.
        """
        self._pool = pool
        self._afterwards, self._each_minute = afterwards, each_minute
        self._doctor = doctor
        self._data_dir = data_dir
        self._processor = Processor()
        self._before: Traffic | None = None

    async def run(self, *, every_seconds: float = EVERY_SECONDS) -> None:
        """Sample until cancelled."""
        rounds = 0
        while True:
            with outlived("sample_missed"):
                await self.sample()
                if self._afterwards is not None:
                    await self._afterwards()
                if self._each_minute is not None and rounds % 6 == 0:
                    await self._each_minute()
                if rounds % 360 == 0:
                    await self._pool.execute(_DROP, KEPT_DAYS)
                    await self._pool.execute(DROP, KEPT_HOURS)
                    await self._pool.execute(calls.DROP, calls.KEPT_HOURS)
                    await self._pool.execute(vitals.DROP, vitals.KEPT_DAYS)
            rounds += 1
            await asyncio.sleep(every_seconds)

    async def sample(self) -> None:
        """Measure once and write the row of these ten seconds, unless another has."""
        diagnosis = await self._doctor.diagnosis(fresh=True)
        seen = await asyncio.to_thread(self._traffic)
        await self._pool.execute(
            _WRITE,
            diagnosis.ready,
            diagnosis.fact("database_ms"),
            int(seen.requests) if seen else None,
            int(seen.errors) if seen else None,
            *(seen.percentile_ms(share) if seen else None for share in (0.5, 0.95, 0.99)),
            diagnosis.fact("waiting"),
            diagnosis.fact("oldest_seconds"),
            diagnosis.fact("outbox_due"),
            diagnosis.fact("dead"),
            self._processor.percent(),
            memory_percent(),
            storage_percent(self._data_dir),
        )

    def _traffic(self) -> Traffic | None:
        """Return the requests since the last sample; None when the web's metrics are not here."""
        if not os.environ.get(VARIABLE) or not self._serving():
            return None
        now = traffic(gathered(self._data_dir))
        before, self._before = self._before, now
        return now.since(before) if before is not None else None

    def _serving(self) -> bool:
        """Tell whether a process that serves HTTP keeps its metrics on this machine."""
        return any(
            folder.name != "worker" and any(folder.glob("*.db"))
            for folder in self._data_dir.glob("metrics/*")
        )

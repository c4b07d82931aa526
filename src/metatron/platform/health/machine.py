"""Figures of the machine, from the kernel's own files; None where there are none."""

import shutil
from pathlib import Path

_CPU = Path("/proc/stat")
_MEMORY = Path("/proc/meminfo")


class Processor:
    """Share of busy processor time between two looks."""

    def __init__(self) -> None:
        """Begin without a look."""
        self._last: tuple[int, int] | None = None

    def percent(self) -> float | None:
        """Return the busy share since the last look, None at the first."""
        now, self._last, before = _cpu_times(), None, self._last
        if now is None:
            return None
        self._last = now
        if before is None or now[1] <= before[1]:
            return None
        return round(100.0 * (now[0] - before[0]) / (now[1] - before[1]), 1)


def _cpu_times() -> tuple[int, int] | None:
    """Return busy and total ticks since the machine started."""
    try:
        times = [int(part) for part in _CPU.read_text().splitlines()[0].split()[1:9]]
    except (OSError, ValueError, IndexError):
        return None
    return sum(times) - times[3] - times[4], sum(times)


def memory_percent() -> float | None:
    """Return the share of memory that is not available."""
    try:
        lines = dict(line.split(":", 1) for line in _MEMORY.read_text().splitlines())
        total, free = (int(lines[name].split()[0]) for name in ("MemTotal", "MemAvailable"))
    except (OSError, ValueError, KeyError):
        return None
    return round(100.0 * (total - free) / total, 1)


def storage_percent(folder: Path) -> float | None:
    """Return how full the disk of the data folder is."""
    try:
        usage = shutil.disk_usage(folder)
    except OSError:
        return None
    return round(100.0 * usage.used / usage.total, 1)

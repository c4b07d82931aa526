"""Load with wrk, a Debian package, so that the client costs little of the two cores."""

import os
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

_UNITS = {"us": 1e-6, "ms": 1e-3, "s": 1.0, "m": 60.0}


@dataclass(frozen=True, slots=True)
class Load:
    """What one run of wrk saw. Durations are seconds."""

    per_second: float
    p50: float
    p99: float
    errors: int


def require_wrk() -> str:
    """Return wrk's path, installing it from Debian when we may."""
    found = shutil.which("wrk")
    if found is None and os.geteuid() == 0 and shutil.which("apt-get"):
        print("installing wrk", file=sys.stderr)
        subprocess.run(["apt-get", "install", "-y", "-q", "wrk"], check=True, capture_output=True)
        found = shutil.which("wrk")
    if found is None:
        sys.exit("cause: wrk is not installed; remedy: apt-get install wrk")
    return found


def run(
    url: str,
    headers: dict[str, str],
    *,
    seconds: int,
    connections: int = 32,
    script: Path | None = None,
) -> Load:
    """Send requests for `seconds` over `connections` connections."""
    command = [
        require_wrk(), "-t1", f"-c{connections}", f"-d{seconds}s", "--latency", "--timeout", "10s",
        *(part for name, value in headers.items() for part in ("-H", f"{name}: {value}")),
        *(("-s", str(script)) if script else ()), url,
    ]  # fmt: skip
    out = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    rate = re.search(r"Requests/sec:\s+([\d.]+)", out)
    assert rate, out
    failed = sum(int(n) for n in re.findall(r"Non-2xx or 3xx responses: (\d+)", out))
    failed += sum(int(n) for n in re.findall(r"(?:connect|read|write|timeout) (\d+)", out))
    return Load(float(rate[1]), _percentile(out, "50"), _percentile(out, "99"), failed)


def _percentile(out: str, which: str) -> float:
    found = re.search(rf"^\s+{which}%\s+([\d.]+)(us|ms|s|m)\s*$", out, re.MULTILINE)
    return float(found[1]) * _UNITS[found[2]] if found else 0.0

"""The smallest run of each measurement: its figures say nothing, but that it still runs.

    bin/bench NAME --smoke        bin/bench --smoke: all of them in turn

`ledger` looks for pgledger's checkout in `PGLEDGER`, and fails without.
"""

import os
import runpy
import subprocess
import sys
import time

MOST_SECONDS = 600.0
SMALLEST: dict[str, str] = {
    "amc": "--preset 100k --rounds 1 --asks 3 --rows 2000 --runs 2 --watched 1 --seconds 1",
    "auth": "--seconds 1 --runs 1",
    "campaigns": "--all 4000 --seconds 1 --rounds 1",
    "events": "--rounds 1 --events 100",
    "http": "--rounds 1 --seconds 1",
    "ledger": "--rounds 1 --seconds 1",
    "load": "--tenants 10 --rates 20 --most 100 --seconds 3 --sessions 20 --streams 5",
    "night": "--brief --faults 3 --minutes 3",
    "simulation": "--steps 300",
    "start": "--seconds 1 --warm 1",
    "status": "--seconds 2",
    "tenants": "--tenants 2 --out bench/results/smoke.svg",
}


def arguments(name: str) -> list[str]:
    """Return the arguments of a measurement's smallest run."""
    words = SMALLEST[name].split()
    if name == "ledger":
        words += ["--pgledger", os.environ.get("PGLEDGER", "pgledger")]
    return words


def main() -> int:
    """Run one in this process, or all of them, each in its own; returns the exit status."""
    if len(sys.argv) > 1:
        name, *more = sys.argv[1:]
        sys.argv = [name, *arguments(name), *more]
        runpy.run_module(f"bench.{name}", run_name="__main__", alter_sys=True)
        return 0
    failed = [name for name in SMALLEST if _failed(name)]
    return 1 if failed else 0


def _failed(name: str) -> bool:
    begun = time.monotonic()
    try:
        done = subprocess.run(
            [sys.executable, "-m", "bench._smoke", name], check=False, timeout=MOST_SECONDS
        )
        how = "ok" if done.returncode == 0 else f"FAILED ({done.returncode})"
    except subprocess.TimeoutExpired:
        how = "FAILED (too slow)"
    print(f"{name}: {how}, {time.monotonic() - begun:.0f} s", flush=True)
    return how != "ok"


if __name__ == "__main__":
    sys.exit(main())

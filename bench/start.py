"""`bin/up` from an empty data folder to ready, memory at rest, answers at 200 requests a second.

Environment and page are there before: what the script looks at, not what it would build.
"""

import argparse
import asyncio
import statistics
import sys
import tempfile
import time
from pathlib import Path

import httpx

from bench._crowd import steady, written
from bench._processes import memory_bytes
from bench._report import Result, show
from bench._running import SCRIPT, Suite, free_port, start, stop, until_at_rest
from metatron.up import AMAZON_IDLE_SECONDS

WARM_SECONDS = 5.0
MEMORY_MEGABYTES = 600.0
P50_MILLISECONDS = 20.0
P99_MILLISECONDS = 100.0
PER_SECOND = 200
LIST = "/api/v1/applications?limit=50"


def against_goal(name: str, unit: str, ours: float, goal: float) -> Result:
    """Report a figure of which less is better beside the house's goal for it."""
    ratio = goal / ours if ours else 0.0
    return Result(name, unit, round(ours, 3), goal, round(ratio, 3), 1.0, ratio >= 1.0)


def main() -> None:
    """Measure and report."""
    parser = argparse.ArgumentParser(prog="bin/bench start")
    parser.add_argument("--seconds", type=int, default=10)
    parser.add_argument("--warm", type=int, default=3)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="metatron-bench-") as folder:
        data, port = Path(folder), free_port()
        process, _, cold = start(data, port, by=SCRIPT)
        until_at_rest(process.pid)
        stop(process)
        warm = []
        for number in range(given.warm):
            process, link, seconds = start(data, port, by=SCRIPT)
            warm.append(seconds)
            if number < given.warm - 1:
                stop(process)
        try:
            base = f"http://127.0.0.1:{port}"
            answer = httpx.post(f"{base}/api/v1/auth/verify-magic-link", json={"token": link})
            token = answer.raise_for_status().json()["access_token"]
            until_at_rest(process.pid)
            # The local Amazon ends when nobody has asked it for so long; at rest it is not there.
            time.sleep(float(AMAZON_IDLE_SECONDS))
            until_at_rest(process.pid)
            memory = memory_bytes(process.pid) / 1e6
            suite = Suite(base, data, process.pid, warm[-1], token)
            times = asyncio.run(
                steady(
                    suite,
                    # What a list page of the product reads.
                    lambda host: written(host, "GET", LIST, suite.bearer),
                    per_second=PER_SECOND,
                    seconds=given.seconds,
                )
            )
        finally:
            stop(process)
    print(f"cold start (environment and page built): {cold:.1f} s", file=sys.stderr)
    p50, p99 = times[len(times) // 2] * 1e3, times[int(len(times) * 0.99)] * 1e3
    show(
        "start",
        [
            against_goal("cold start on an empty data folder", "s", cold, 60.0),
            against_goal("warm start", "s", statistics.median(warm), WARM_SECONDS),
            against_goal("memory at rest, all processes", "MB", memory, MEMORY_MEGABYTES),
            against_goal("p50 at 200 requests/s", "ms", p50, P50_MILLISECONDS),
            against_goal("p99 at 200 requests/s", "ms", p99, P99_MILLISECONDS),
        ],
    )


if __name__ == "__main__":
    main()

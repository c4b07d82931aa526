"""Measures AMC's workbench: `bin/bench amc`, or parts of it with `--only engine,web`."""

import argparse
import asyncio

from bench._report import Result, show
from bench._running import running
from bench.amc import _engine, _follow, _language, _results, _web

PARTS = ("language", "engine", "results", "web", "runs")


def main() -> None:
    """Measure and report."""
    parser = argparse.ArgumentParser(prog="bin/bench amc")
    parser.add_argument("--only", default=",".join(PARTS), help=f"of {', '.join(PARTS)}")
    parser.add_argument("--preset", choices=("100k", "1M", "10M"), default="10M")
    parser.add_argument("--no-peer", action="store_true", help="leave PostgreSQL out")
    parser.add_argument("--rounds", type=int, default=3, help="of what takes seconds")
    parser.add_argument("--asks", type=int, default=100, help="of what takes milliseconds")
    parser.add_argument("--rows", type=int, default=1_000_000, help="of a result")
    parser.add_argument("--runs", type=int, default=100, help="of one instance at once")
    parser.add_argument("--watched", type=int, default=12, help="runs watched one by one")
    parser.add_argument("--seconds", type=int, default=8, help="of steady load")
    parser.add_argument("--big", type=float, default=0.0, help="GB of one more result, say 5")
    given = parser.parse_args()
    parts, results = given.only.split(","), list[Result]()
    if "language" in parts:
        results += _language.measure(given.asks)
    if "engine" in parts:
        results += _engine.measure(given.preset, given.rounds, peer=not given.no_peer)
    if "results" in parts:
        results += asyncio.run(_results.measure(given.rows, given.rounds))
    if given.big:
        results += _results.run_big(given.big)
    if {"web", "runs"} & set(parts):
        with running() as suite:
            if "runs" in parts:
                results += _follow.run(suite, watched=given.watched, many=given.runs)
            if "web" in parts:
                results += _web.run(
                    suite, rounds=given.asks, rows=given.rows, seconds=given.seconds
                )
    show("amc", results)


if __name__ == "__main__":
    main()

"""Our ledger beside pgledger: one PostgreSQL, one run, alternating, pgbench for both.

pgledger is not part of this project: name a checkout of github.com/pgr0ss/pgledger.
"""

import argparse
import os
import statistics
import sys
from functools import partial
from pathlib import Path

from bench._report import Result, result, show
from bench.ledger.batching import into_one_account
from bench.ledger.shapes import Shape, shapes
from bench.ledger.stand import PEER_SCRIPTS, Stand, stand

ENGINES = ("ours", "pgledger")
PUBLISHED_BYTES = 743.0
"""Durable bytes of a pgledger transfer by an earlier measurement: the goal is to stay below."""


def run(place: Stand, shape: Shape, engine: str, seconds: int) -> tuple[float, int]:
    """Return transactions a second, and how many there were."""
    if engine == "ours" and shape.callers:
        return into_one_account(place, callers=shape.callers, seconds=seconds)
    script = shape.ours if engine == "ours" else shape.pgledger
    return place.pgbench(engine, script, clients=shape.clients, seconds=seconds)


def measure(place: Stand, shape: Shape, rounds: int, seconds: int) -> Result:
    """Alternate the two and compare medians of transfers a second."""
    rates: dict[str, list[float]] = {engine: [] for engine in ENGINES}
    # Pages written for the first time after a checkpoint are logged whole: that happens here.
    place.settle()
    for engine in ENGINES:
        run(place, shape, engine, min(2, seconds))
    for number in range(rounds):
        for engine in ENGINES if number % 2 == 0 else ENGINES[::-1]:
            before = place.count(engine)
            rate, done = run(place, shape, engine, seconds)
            booked = place.count(engine) - before
            assert booked == done * shape.items, f"{engine}: {booked} booked in {done} x {shape}"
            rates[engine].append(rate * shape.items)
    ratios = [a / b for a, b in zip(rates["ours"], rates["pgledger"], strict=True)]
    print(
        f"{shape.name}: ours {_spread(rates['ours'])}, pgledger {_spread(rates['pgledger'])},"
        f" ratio of rounds {min(ratios):.2f}-{max(ratios):.2f}, load {os.getloadavg()[0]:.1f}",
        flush=True,
    )
    return result(shape.name, "transfers/s", rates["ours"], rates["pgledger"], shape.goal)


def _spread(rates: list[float]) -> str:
    return f"{statistics.median(rates):,.0f} ({min(rates):,.0f}-{max(rates):,.0f})"


def main() -> None:
    """Measure and report."""
    parser = argparse.ArgumentParser(prog="bin/bench ledger")
    parser.add_argument("--pgledger", type=Path, required=True, help="its checkout")
    parser.add_argument("--rounds", type=int, default=4)
    parser.add_argument("--seconds", type=int, default=5)
    parser.add_argument("--only", default="", help="shapes whose name contains this")
    given = parser.parse_args()
    missing = [name for name in PEER_SCRIPTS if not (given.pgledger / name).is_file()]
    if missing:
        sys.exit(f"cause: {given.pgledger} has no {missing[0]}; remedy: name pgledger's checkout")
    with stand(given.pgledger.resolve()) as place:
        results = [
            measure(place, shape, given.rounds, given.seconds)
            for shape in shapes()
            if given.only in shape.name
        ]
        sizes = {engine: [place.bytes_per_transfer(engine)] for engine in ENGINES}
        ours, peer = sizes.values()
        bytes_left = partial(result, unit="bytes", ours=ours, goal=1.0, less_is_better=True)
        results += [
            bytes_left("bytes per transfer, after vacuum", peer=peer),
            bytes_left("bytes per transfer, against 743", peer=[PUBLISHED_BYTES]),
        ]
    show("ledger", results)


if __name__ == "__main__":
    main()

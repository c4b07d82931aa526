"""bin/bench night: hundreds of faults under load; nothing may be lost, nothing done twice.

    bin/bench night                                  200 faults
    bin/bench night --seed 7 --faults 40 --minutes 5

Ends with 1 when anything was found. The seed chooses faults, their sequence and what the clients
do; when exactly something happens is the machine's to say.
"""

import argparse
import asyncio
import math
import random
import statistics
import sys
from collections import defaultdict
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import orjson

from bench._report import Result, show
from bench.night.night import Night, Plan, shown, spend
from bench.night.pulse import LONGEST_SECONDS


def main() -> int:
    """Spend the night and report."""
    parser = argparse.ArgumentParser(prog="bin/bench night")
    parser.add_argument("--seed", type=int, default=random.randrange(10**6))
    parser.add_argument("--faults", type=int, default=200)
    parser.add_argument("--minutes", type=float, default=30.0)
    parser.add_argument("--per-second", type=float, default=3.0, help="commits a second")
    parser.add_argument("--organisations", type=int, default=2, help="that play seasons")
    parser.add_argument("--without-amazon", action="store_true")
    parser.add_argument("--brief", action="store_true", help="a small night, for the tests")
    parser.add_argument("--write", type=Path, help="a JSON file for all there is to tell")
    parser.add_argument("--only", default="", help="faults whose name begins like this")
    given = parser.parse_args()
    plan = Plan(
        given.seed, given.faults, given.minutes, organisations=given.organisations,
        per_second=given.per_second, amazon=not given.without_amazon, only=given.only,
    )  # fmt: skip
    if given.brief:
        plan = replace(plan, organisations=1, members=4, amazon=False, brief=True,
                       pause_seconds=0.2)  # fmt: skip
    night = asyncio.run(spend(plan))
    report(night, given.write)
    return 1 if night.findings else 0


def report(night: Night, write: Path | None = None) -> None:
    """Print the faults, what was compared, the findings; then the figures, to a file as well."""
    print(f"seed {night.plan.seed}, {len(night.struck)} faults, {night.seconds:.0f} s,"
          f" {night.seasons} seasons")  # fmt: skip
    for struck in sorted(night.struck, key=lambda each: each.number):
        print(shown(struck))
    for name, reason in night.impossible.items():
        print(f"      not struck: {name}: {reason}")
    print("answers:", dict(night.book.statuses.most_common()))
    print(f"asked again after success: {night.book.repeats}")
    print("compared:", dict(night.verdict.compared))
    print(f"mails handed over twice and kept once: {night.verdict.handed_twice}")
    for given_up in night.verdict.given_up:
        print(f"given up until its schedule brings it again: {given_up}")
    for finding in night.findings[:200]:
        print(f"FOUND {finding}")
    print(f"{len(night.findings)} findings")
    if write is not None:
        write.write_bytes(orjson.dumps(told(night), option=orjson.OPT_INDENT_2))
    show("night", figures(night))


def told(night: Night) -> dict[str, Any]:
    """Return all there is to tell, for a file."""
    verdict = night.verdict
    return {
        "seed": night.plan.seed, "seconds": round(night.seconds, 1), "seasons": night.seasons,
        "findings": night.findings, "not_struck": night.impossible,
        "answers": dict(night.book.statuses), "asked_again": night.book.repeats,
        "compared": dict(verdict.compared), "mails_handed_twice": verdict.handed_twice,
        "given_up": verdict.given_up,
        "figures": [asdict(each) for each in figures(night)],
        "faults": [asdict(each) for each in sorted(night.struck, key=lambda each: each.number)],
    }  # fmt: skip


def figures(night: Night) -> list[Result]:
    """Return what was lost, doubled or broken, and how long recovering took."""
    verdict = night.verdict
    counted = {
        "lost": len(verdict.lost), "doubled": len(verdict.doubled), "broken": len(verdict.broken),
        "other findings": len(night.book.findings),
    }  # fmt: skip
    results = [
        Result(name, "", float(count), 0.0, 1.0 if count == 0 else 0.0, 1.0, count == 0)
        for name, count in counted.items()
    ]
    wanted = night.plan.faults
    ratio = len(night.struck) / wanted
    results.append(Result("faults", "", len(night.struck), wanted, ratio, 1.0, ratio >= 1))
    times: dict[str, list[float]] = defaultdict(list)
    for struck in night.struck:
        took = struck.recovered_seconds
        for name in ("all", struck.name):
            times[name].append(LONGEST_SECONDS if took is None else took)
    for name, each in times.items():
        worst = max(each)
        middle = statistics.median(each)
        results.append(_recovery(f"recovered, median: {name} ({len(each)})", middle))
        if name == "all":
            late = sorted(each)[math.ceil(0.95 * len(each)) - 1]
            results.append(_recovery("recovered, 95 of 100: all", late))
        if name == "all" or worst > 2 * middle:
            results.append(_recovery(f"recovered, slowest: {name}", worst))
    return results


def _recovery(name: str, seconds: float) -> Result:
    goal = LONGEST_SECONDS
    return Result(name, "s", round(seconds, 2), goal, round(goal / max(seconds, 0.01), 2), 1.0,
                  seconds < goal)  # fmt: skip


if __name__ == "__main__":
    sys.exit(main())

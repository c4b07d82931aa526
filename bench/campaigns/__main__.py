"""bin/bench campaigns: commits over HTTP and the closing of a large campaign.

Without arguments the commits; `--close N` how long the closing of N commitments takes.
"""

import argparse

from bench._report import Result, show
from bench.campaigns import close, commit


def main() -> None:
    """Measure and report."""
    parser = argparse.ArgumentParser(prog="bin/bench campaigns")
    parser.add_argument("--close", type=int, metavar="N", help="close N commitments, nothing else")
    parser.add_argument("--all", type=int, metavar="N", help="the commits, then close N")
    parser.add_argument("--seconds", type=int, default=10)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--steady", action="store_true", help="commits at the goal's rate alone")
    given = parser.parse_args()
    results: list[Result] = []
    if given.close is None:
        results += commit.measure(given.seconds, given.rounds, only_steady=given.steady)
    count = given.close or given.all
    if count:
        results += close.measure(count)
    show("campaigns", results)


if __name__ == "__main__":
    main()

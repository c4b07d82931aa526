"""bin/bench campaigns --close N: how long the closing of a campaign of N commitments takes."""

import argparse

from bench._report import show
from bench.campaigns import close


def main() -> None:
    """Measure and report."""
    parser = argparse.ArgumentParser(prog="bin/bench campaigns")
    parser.add_argument("--close", type=int, default=20_000, metavar="N", help="commitments")
    given = parser.parse_args()
    show("campaigns", close.measure(given.close))


if __name__ == "__main__":
    main()

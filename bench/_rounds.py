"""Rounds of load on alternating servers: requests a second and processor time a request."""

import statistics
import sys
from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path

from bench import _load
from bench._processes import cpu_seconds
from bench._report import Result, result
from bench._running import Suite


@dataclass(frozen=True, slots=True)
class Shape:
    """One kind of request and what it must reach against each peer."""

    name: str
    path: str
    headers: dict[str, str]
    fastify: float
    express: float = 3.0
    script: Path | None = None
    ours: Path | None = None
    """The script for Metatron when it is another than the peer's."""


@dataclass(frozen=True, slots=True)
class Server:
    """One of the compared: its address and its process, the root of its tree."""

    base: str
    pid: int
    only: str = ""
    """Part of the command lines that count; all of them without it."""

    def cpu_seconds(self) -> float:
        """Return the processor seconds it has used."""
        return cpu_seconds(self.pid, only=self.only)


@dataclass(frozen=True, slots=True)
class Round:
    """One round: requests a second, and microseconds of processor time a request."""

    per_second: float
    server: float
    database: float


Rounds = dict[tuple[str, str], list[Round]]


def measure(
    suite: Suite, servers: dict[str, Server], shapes: list[Shape], *, rounds: int, seconds: int
) -> Rounds:
    """Alternate the servers round by round; the rounds by (shape, server)."""
    found: Rounds = {}
    database = Server("", suite.pid, only="postgres")
    # Shape by shape: what the writes leave behind must not change what the reads find.
    for shape in shapes:
        for number in range(rounds + 1):
            for name, server in servers.items():
                script = shape.ours if name == "metatron" and shape.ours else shape.script
                before = server.cpu_seconds(), database.cpu_seconds()
                load = _load.run(
                    server.base + shape.path, shape.headers, seconds=seconds, script=script
                )
                after = server.cpu_seconds(), database.cpu_seconds()
                if load.errors:
                    sys.exit(f"{shape.name} at {name}: {load.errors} requests failed")
                spent = [
                    (end - begin) * 1e6 / (load.per_second * seconds)
                    for begin, end in zip(before, after, strict=True)
                ]
                if number:  # the first round warms up
                    one = Round(load.per_second, *spent)
                    found.setdefault((shape.name, name), []).append(one)
        tell(shape, servers, found)
    return found


def tell(shape: Shape, servers: Iterable[str], rounds: Rounds) -> None:
    """Print what a shape took: processor time of the server and of its share of the database."""
    for name in servers:
        found = rounds[shape.name, name]
        server, database = (
            statistics.median(values)
            for values in zip(*((item.server, item.database) for item in found), strict=True)
        )
        print(
            f"{shape.name:<24} {name:<9} {server:6.1f} us a request, and of PostgreSQL"
            f" {database:6.1f} us",
            file=sys.stderr,
        )


def against(shape: Shape, server: str, goal: float, rounds: Rounds) -> list[Result]:
    """Compare requests a second, and processor time of server and database together."""
    ours, theirs = rounds[shape.name, "metatron"], rounds[shape.name, server]
    name = f"{shape.name} against {server}"
    rate = result(
        name, "requests/s", [item.per_second for item in ours],
        [item.per_second for item in theirs], goal,
    )  # fmt: skip
    cpu = result(
        f"{name}: processor", "us/request", [item.server + item.database for item in ours],
        [item.server + item.database for item in theirs], goal, less_is_better=True,
    )  # fmt: skip
    # The median of the rounds' own ratios: a noisy minute disturbs both sides of a round alike.
    pairs = statistics.median(
        mine.per_second / other.per_second for mine, other in zip(ours, theirs, strict=True)
    )
    ratio = round(pairs, 3)
    return [replace(rate, ratio=ratio, met=ratio >= goal), cpu]

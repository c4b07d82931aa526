"""bin/bench tenants: what 1, 10, 100 and 1,000 tenants cost, and one migration over all of them.

By default nine of ten are pooled; `--full` gives each a database of its own. At each stage: the
time a tenant takes to be there, memory, connections and disk, what the suite does when nobody asks
anything, and how long one small migration takes. The curves go to `--out` as SVG.
"""

import argparse
import json
import sys
import tempfile
import time
from dataclasses import asdict, dataclass
from pathlib import Path

from bench._curves import Panel, draw
from bench._fleet import NO_ARCHIVE, command, provision, spent, usage
from bench._report import Result, show
from bench._running import ROOT, Suite, running, until_at_rest
from bench.tenants._migration import write_revision

MIGRATION_SECONDS, POOLED_SECONDS, DEDICATED_SECONDS = 300.0, 5.0, 60.0
MOST_CONNECTIONS, IDLE_CORES = 200.0, 0.2
REST_SECONDS = 60.0


@dataclass(frozen=True, slots=True)
class Stage:
    """What was seen with so many tenants. Seconds a tenant are 0 where none was added."""

    tenants: int
    dedicated: int
    pooled_seconds: float
    dedicated_seconds: float
    memory_ours: float
    memory_postgres: float
    connections: int
    disk: float
    idle_cores: float
    migration_seconds: float


def stage(suite: Suite, folder: Path, before: Stage | None, tenants: int, own: int) -> Stage:
    """Have so many tenants, `own` of them with a database of their own; look at what that takes."""
    took = {}
    for kind, wanted, there in (
        ("pooled", tenants - own, before.tenants - before.dedicated if before else 0),
        ("dedicated", own, before.dedicated if before else 0),
    ):
        added = wanted - there
        seconds = provision(suite, wanted, dedicated=kind == "dedicated") if added else 0.0
        took[kind] = seconds / added if added else 0.0
    number = len(list(folder.glob("bench_*.py"))) + 1
    write_revision(folder, number)
    migrated = 0.0
    if own:
        migrated = command(suite, "-m", "bench.tenants._migration", str(folder), "4")
    # The worker takes up what provisioning has announced; connections close after a minute.
    until_at_rest(suite.pid, seconds=REST_SECONDS)
    first = usage(suite)
    begun = time.monotonic()
    time.sleep(10.0)
    rested = usage(suite)
    idle = sum(spent(first, rested).values()) / (time.monotonic() - begun)
    ours = rested.total() - rested.memory["postgres"]
    seen = Stage(
        tenants, own, round(took["pooled"], 3), round(took["dedicated"], 3), round(ours / 1e6, 1),
        round(rested.memory["postgres"] / 1e6, 1), rested.connections,
        round(rested.disk / 1e6, 1), round(idle, 3), round(migrated, 2),
    )  # fmt: skip
    print(json.dumps(asdict(seen)), file=sys.stderr, flush=True)
    return seen


def panels(stages: list[Stage]) -> list[Panel]:
    """Return the curves."""

    def line(name: str, *, skip_zero: bool = False) -> list[tuple[float, float]]:
        points = [(float(each.tenants), float(getattr(each, name))) for each in stages]
        return [point for point in points if point[1] or not skip_zero]

    provisioning = {
        "pooled": line("pooled_seconds", skip_zero=True),
        "dedicated": line("dedicated_seconds", skip_zero=True),
    }
    memory = {"ours": line("memory_ours"), "PostgreSQL": line("memory_postgres")}
    return [
        Panel("seconds to provision one tenant", {k: v for k, v in provisioning.items() if v}),
        Panel("seconds of one migration over all", {"all": line("migration_seconds")}),
        Panel("memory at rest, MB (PSS)", memory),
        Panel("connections at rest", {"open": line("connections")}, goal=MOST_CONNECTIONS),
        Panel("cores busy at rest", {"all processes": line("idle_cores")}),
        Panel("disk of all databases, MB", {"all": line("disk")}),
    ]


def results(stages: list[Stage]) -> list[Result]:
    """Hold the last stage against the goals."""
    last = stages[-1]

    def most(name: str, unit: str, ours: float, goal: float) -> Result:
        ratio = round(goal / ours, 3) if ours else 0.0
        return Result(name, unit, ours, goal, ratio, 1.0, ours <= goal)

    found = [
        most(
            f"one small migration over {last.dedicated} databases", "s", last.migration_seconds,
            MIGRATION_SECONDS,
        ),
        most("connections at rest", "", float(last.connections), MOST_CONNECTIONS),
        most(f"cores busy at rest, {last.tenants} tenants", "", last.idle_cores, IDLE_CORES),
    ]  # fmt: skip
    if last.pooled_seconds:
        found.append(most("a pooled tenant", "s", last.pooled_seconds, POOLED_SECONDS))
    if last.dedicated_seconds:
        found.append(most("a dedicated tenant", "s", last.dedicated_seconds, DEDICATED_SECONDS))
    for name, value in (
        ("memory at rest: ours", last.memory_ours), ("memory at rest: PostgreSQL",
        last.memory_postgres), ("disk of all databases", last.disk),
    ):  # fmt: skip
        found.append(Result(name, "MB", value, 0.0, 0.0, 0.0, met=True))
    return found


def main() -> None:
    """Measure, draw and print."""
    parser = argparse.ArgumentParser(prog="bin/bench tenants")
    parser.add_argument("--tenants", type=int, default=1_000)
    parser.add_argument("--full", action="store_true", help="each with a database of its own")
    parser.add_argument("--out", type=Path, help="where the curves go")
    given = parser.parse_args()
    name = "tenants-full" if given.full else "tenants"
    out = given.out or ROOT / "bench" / "results" / f"{name}.svg"
    counts = [count for count in (1, 10, 100, 1_000) if count < given.tenants] + [given.tenants]
    stages: list[Stage] = []
    with (
        running(NO_ARCHIVE, demo=False) as suite,
        tempfile.TemporaryDirectory(prefix="metatron-revisions-") as folder,
    ):
        for count in counts:
            own = count if given.full else count // 10
            before = stages[-1] if stages else None
            stages.append(stage(suite, Path(folder), before, count, own))
    kind = "all with a database of their own" if given.full else "one in ten with its own database"
    draw(out, f"Tenants, {kind}, two cores", panels(stages))
    print(f"curves: {out}", file=sys.stderr)
    show(name, results(stages))


if __name__ == "__main__":
    main()

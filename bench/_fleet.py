"""Tenants of a running suite: provisioned by its own command, counted, migrated."""

import asyncio
import csv
import os
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

import asyncpg

from bench._processes import tree
from bench._running import ROOT, Suite
from metatron.kernel.process.embedded_postgres import EmbeddedPostgres

KEYS = "bench-keys.csv"
OWNER = "owner@{slug}.example"
NO_ARCHIVE = {"METATRON_BACKUPS_KEPT": "0"}
"""A thousand databases leave 8 GB of log behind, which is not what is measured."""
_CONNECTIONS = """
select count(*) from pg_stat_activity where backend_type = 'client backend'
"""
_DISK = "select coalesce(sum(pg_database_size(oid)), 0)::bigint from pg_database"
_KINDS = {"serve web": "web", "metatron work": "worker", "postgres": "postgres"}


def command(suite: Suite, *words: str) -> float:
    """Run a command of the suite's on its data folder; returns the seconds it took."""
    begun = time.monotonic()
    done = subprocess.run(
        [sys.executable, *words],
        cwd=ROOT,
        env=os.environ
        | {"PYTHONPATH": f"{ROOT / 'src'}:{ROOT}", "METATRON_DATA_DIR": str(suite.data)},
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        sys.exit(f"{' '.join(words)} failed:\n{done.stdout[-2_000:]}{done.stderr[-2_000:]}")
    return time.monotonic() - begun


def provision(suite: Suite, count: int, *, dedicated: bool) -> float:
    """Have so many tenants of a kind, those that are there included; returns seconds."""
    kind = "dedicated" if dedicated else "pooled"
    return command(
        suite, "-m", "metatron", "tenant", "provision", "--count", str(count), "--slug", kind,
        f"--{kind}", "--owner-email", OWNER, "--tier", "enterprise",
        "--keys", str(suite.data / KEYS),
    )  # fmt: skip


def keys(suite: Suite) -> dict[str, str]:
    """Return the first API key of each tenant, by short name."""
    with (suite.data / KEYS).open(newline="") as file:
        return dict(csv.reader(file))  # type: ignore[arg-type]


@dataclass(frozen=True, slots=True)
class Usage:
    """What the suite uses. Bytes are proportional set sizes; processor seconds since its start."""

    memory: dict[str, int]
    cpu: dict[str, float]
    connections: int
    disk: int

    def total(self) -> int:
        """Return the bytes of all processes."""
        return sum(self.memory.values())


def usage(suite: Suite) -> Usage:
    """Look at the processes and ask the server."""
    memory: dict[str, int] = {}
    cpu: dict[str, float] = {}
    for pid in tree(suite.pid):
        try:
            line = Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode()
            fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
            rollup = Path(f"/proc/{pid}/smaps_rollup").read_text()
        except OSError:
            continue
        kind = next((kind for part, kind in _KINDS.items() if part in line), "others")
        held = [int(row.split()[1]) for row in rollup.splitlines() if row.startswith("Pss:")]
        memory[kind] = memory.get(kind, 0) + sum(held) * 1024
        # The ended children of the server's first process are its connections that were.
        ticks = sum(int(field) for field in fields[11:15])
        cpu[kind] = cpu.get(kind, 0.0) + ticks / os.sysconf("SC_CLK_TCK")
    connections, disk = asyncio.run(_ask(suite))
    return Usage(memory, cpu, connections, disk)


async def _ask(suite: Suite) -> tuple[int, int]:
    server = EmbeddedPostgres(suite.data)
    connection = await asyncpg.connect(server.dsn("postgres", "postgres"))
    try:
        # Not this one.
        return (
            await connection.fetchval(_CONNECTIONS) - 1,
            await connection.fetchval(_DISK),
        )
    finally:
        await connection.close()


def spent(before: Usage, after: Usage) -> dict[str, float]:
    """Return processor seconds by kind between two looks."""
    return {kind: after.cpu[kind] - before.cpu.get(kind, 0.0) for kind in after.cpu}

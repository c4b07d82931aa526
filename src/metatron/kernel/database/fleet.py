"""Migrations over many databases: SQL rendered once, run in each, canaries first."""

import asyncio
import io
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import asyncpg

from metatron.kernel.database.migrations import alembic_config
from metatron.kernel.database.service_grants import settle_services

WAVES = (1, 10)
MOST_FAILED = 0.01
_SETTINGS = {"lock_timeout": "5s", "statement_timeout": "120s"}
_STEP = "-- Running upgrade"
_APPLIED = "select version_num from kernel.alembic_version order by 1"


@dataclass(frozen=True, slots=True)
class Target:
    """One database to migrate: a name for reports, and the owner's address."""

    name: str
    dsn: str


@dataclass(slots=True)
class Outcome:
    """How a run went: names of databases, and the error of each that failed."""

    migrated: list[str] = field(default_factory=list)
    at_head: list[str] = field(default_factory=list)
    failed: dict[str, str] = field(default_factory=dict)
    not_tried: list[str] = field(default_factory=list)


Record = Callable[[Target, Sequence[str], str | None], Awaitable[None]]
"""Told after each database: its revisions now, and the error if it failed."""


def render(folders: Sequence[Path], applied: Sequence[str]) -> str:
    """Return the SQL that takes a database from `applied` revisions to every head."""
    # Here, for every web process imports this module, and none of them migrates.
    from alembic.runtime.environment import EnvironmentContext  # noqa: PLC0415
    from alembic.script import ScriptDirectory  # noqa: PLC0415

    out = io.StringIO()
    config = alembic_config(folders)
    config.output_buffer = out
    scripts = ScriptDirectory.from_config(config)
    with EnvironmentContext(
        config,
        scripts,
        fn=lambda revision, _context: scripts._upgrade_revs("heads", revision),  # noqa: SLF001
        as_sql=True,
        starting_rev=list(applied) or None,
        destination_rev="heads",
    ):
        scripts.run_env()
    return f"create schema if not exists kernel;\n{out.getvalue()}"


async def applied_revisions(connection: "asyncpg.Connection[asyncpg.Record]") -> list[str]:
    """Return the revisions recorded in a database; none in an empty one."""
    if await connection.fetchval("select to_regclass('kernel.alembic_version')") is None:
        return []
    return [row[0] for row in await connection.fetch(_APPLIED)]


class Fleet:
    """Brings databases to the heads of `folders`; resuming means running it again."""

    def __init__(self, folders: Sequence[Path], record: Record, *, workers: int = 4) -> None:
        """Prepare; `workers` databases are migrated at a time."""
        self._folders, self._record, self._workers = folders, record, workers
        self._scripts: dict[tuple[str, ...], str] = {}

    async def run(self, targets: Sequence[Target]) -> Outcome:
        """Migrate one database, then ten, then the rest; stop when over 1 % of a wave fail."""
        outcome = Outcome()
        start = 0
        for size in (*WAVES, len(targets)):
            wave = targets[start : start + size]
            before = len(outcome.failed)
            await self._wave(wave, outcome)
            start += len(wave)
            if len(outcome.failed) - before > len(wave) * MOST_FAILED:
                break
        outcome.not_tried = [target.name for target in targets[start:]]
        return outcome

    async def _wave(self, wave: Sequence[Target], outcome: Outcome) -> None:
        permits = asyncio.Semaphore(self._workers)

        async def one(target: Target) -> None:
            async with permits:
                await self.migrate(target, outcome)

        await asyncio.gather(*(one(target) for target in wave))

    async def migrate(self, target: Target, outcome: Outcome) -> None:
        """Migrate one database in one transaction; note the outcome, raise nothing of its own."""
        applied: list[str] = []
        try:
            connection = await asyncpg.connect(target.dsn, server_settings=_SETTINGS)
            try:
                applied = await applied_revisions(connection)
                script = self._script(tuple(applied))
                if _STEP not in script:
                    await settle_services(connection)
                    outcome.at_head.append(target.name)
                    await self._record(target, applied, None)
                    return
                await connection.execute(script)
                await settle_services(connection)
                await self._record(target, await applied_revisions(connection), None)
                outcome.migrated.append(target.name)
            finally:
                await connection.close()
        except (asyncpg.PostgresError, asyncpg.InterfaceError, OSError) as error:
            outcome.failed[target.name] = f"{type(error).__name__}: {error}"
            await self._record(target, applied, outcome.failed[target.name])

    def _script(self, applied: tuple[str, ...]) -> str:
        if applied not in self._scripts:
            self._scripts[applied] = render(self._folders, applied)
        return self._scripts[applied]

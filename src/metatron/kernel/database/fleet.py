"""Migrations over many databases: SQL rendered once, run in each, canaries first."""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

import asyncpg

from metatron.kernel.database.rendering import STEP, render
from metatron.kernel.database.service_grants import settle_services

WAVES = (1, 10)
MOST_FAILED = 0.01
_SETTINGS = {"lock_timeout": "5s", "statement_timeout": "120s"}
_APPLIED = "select version_num from kernel.alembic_version order by 1"


@dataclass(frozen=True, slots=True)
class Target:
    """One database to migrate: a name for reports, and the owner's address."""

    name: str
    dsn: str


@dataclass(slots=True)
class Outcome:
    """How a run went: names of databases, and the error of each that failed.

    `locked` were left as they are, for somebody held a lock on what had to change. `passed_over`
    is how many whoever asked for the run knew to be at head already.
    """

    migrated: list[str] = field(default_factory=list)
    at_head: list[str] = field(default_factory=list)
    failed: dict[str, str] = field(default_factory=dict)
    locked: dict[str, str] = field(default_factory=dict)
    not_tried: list[str] = field(default_factory=list)
    passed_over: int = 0


State = Literal["migrating", "active", "failed"]
Record = Callable[[Target, State, Sequence[str], str | None], Awaitable[None]]
"""Told before each database's migration and after it: its revisions now, and what went wrong."""


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
        """Migrate one database, then ten, then the rest; stop when over 1 % of a wave fail.

        One that is locked says nothing about the migration: another is taken in its place, and it
        comes last, once more.
        """
        outcome = Outcome()
        left = deque(targets)
        for size in (*WAVES, len(targets)):
            if not await self._wave(left, size, outcome):
                break
        else:
            again = [target for target in targets if target.name in outcome.locked]
            outcome.locked.clear()
            await self._wave(deque(again), len(again), outcome)
        outcome.not_tried = [target.name for target in left]
        return outcome

    async def _wave(self, left: deque[Target], size: int, outcome: Outcome) -> bool:
        """Decide `size` databases; False when too many failed, the others are not begun then."""
        size = min(size, len(left))
        before, decided = len(outcome.failed), 0

        def is_over() -> bool:
            return len(outcome.failed) - before > size * MOST_FAILED

        async def work() -> None:
            nonlocal decided
            while left and decided < size and not is_over():
                target = left.popleft()
                decided += 1
                await self.migrate(target, outcome)
                if target.name in outcome.locked:
                    decided -= 1

        await asyncio.gather(*(work() for _ in range(self._workers)))
        return not is_over()

    async def migrate(self, target: Target, outcome: Outcome) -> None:
        """Migrate one database in one transaction; note the outcome, raise nothing of its own."""
        applied: list[str] = []
        try:
            connection = await asyncpg.connect(target.dsn, server_settings=_SETTINGS)
            try:
                applied = await applied_revisions(connection)
                script = self._script(tuple(applied))
                if STEP not in script:
                    await settle_services(connection)
                    outcome.at_head.append(target.name)
                    await self._record(target, "active", applied, None)
                    return
                await self._record(target, "migrating", applied, None)
                await connection.execute(script)
                await settle_services(connection)
                now_applied = await applied_revisions(connection)
                await self._record(target, "active", now_applied, None)
                outcome.migrated.append(target.name)
            finally:
                await connection.close()
        except asyncpg.LockNotAvailableError as error:
            outcome.locked[target.name] = f"{type(error).__name__}: {error}"
            await self._record(target, "failed", applied, outcome.locked[target.name])
        except (asyncpg.PostgresError, asyncpg.InterfaceError, OSError) as error:
            outcome.failed[target.name] = f"{type(error).__name__}: {error}"
            await self._record(target, "failed", applied, outcome.failed[target.name])

    def _script(self, applied: tuple[str, ...]) -> str:
        if applied not in self._scripts:
            self._scripts[applied] = render(self._folders, applied)
        return self._scripts[applied]

"""Migrations over many databases: rendered once, canaries first, stopped, resumed."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from pathlib import Path

import asyncpg
import pytest

from metatron.kernel.clock import utc_now
from metatron.kernel.database import fleet
from metatron.kernel.database.database import Database
from metatron.kernel.database.fleet import Fleet, Outcome, State, Target
from metatron.kernel.database.migrations import Schema
from metatron.kernel.errors import TenantMigrating
from metatron.kernel.ids import new_id
from metatron.platform.tenancy.fleet import migrate_fleet
from metatron.platform.tenancy.moving import move_tenant
from metatron.platform.tenancy.site import migration_folders, site

from .conftest import Found

FIRST = """
from alembic import op
revision = "probe_0001"
down_revision = None
branch_labels = ("probe",)
depends_on = None

def upgrade() -> None:
    op.execute("create table probe_one (id int, note text default '100 % sure')")

def downgrade() -> None:
    op.execute("drop table probe_one")
"""
SLOW = FIRST.replace("create table", "select pg_sleep(0.15); create table")
CREATE = "create table probe_two (id int, note text default '100 % sure')"
SECOND = FIRST.replace("probe_0001", "probe_0002").replace("probe_one", "probe_two")
SECOND = SECOND.replace("down_revision = None", 'down_revision = "probe_0001"')
SECOND = SECOND.replace('branch_labels = ("probe",)', "branch_labels = None")


@pytest.fixture
async def targets() -> AsyncIterator[list[Target]]:
    owner = await asyncpg.connect(site().owner_dsn())
    names = [f"metatron_f_{new_id().hex[-12:]}" for _ in range(20)]
    try:
        for name in names:
            await owner.execute(f"create database {name}")
        yield [Target(name, site().owner_dsn(name)) for name in names]
        for name in names:
            await owner.execute(f"drop database {name} with (force)")
    finally:
        await owner.close()


class Notes:
    def __init__(self) -> None:
        self.rows: list[tuple[str, list[str], str | None]] = []
        self.begun: list[str] = []

    async def __call__(
        self, target: Target, state: State, revisions: Sequence[str], error: str | None
    ) -> None:
        if state == "migrating":
            self.begun.append(target.name)
        else:
            self.rows.append((target.name, list(revisions), error))


async def _run(folder: Path, targets: list[Target]) -> tuple[Outcome, Notes]:
    notes = Notes()
    return await Fleet([folder], notes, workers=3).run(targets), notes


async def _break(target: Target) -> None:
    connection = await asyncpg.connect(target.dsn)
    await connection.execute("create table probe_two ()")
    await connection.close()


async def test_canary_stop_and_resume(tmp_path: Path, targets: list[Target]) -> None:
    (tmp_path / "probe_0001.py").write_text(FIRST)
    outcome, notes = await _run(tmp_path, targets)
    assert len(outcome.migrated) == 20
    assert {tuple(revisions) for _, revisions, _ in notes.rows} == {("probe_0001",)}
    outcome, _ = await _run(tmp_path, targets)
    assert len(outcome.at_head) == 20
    (tmp_path / "probe_0002.py").write_text(SECOND)
    # The canary fails: nobody else is touched.
    await _break(targets[0])
    outcome, notes = await _run(tmp_path, targets)
    assert list(outcome.failed) == [targets[0].name]
    assert (outcome.migrated, len(outcome.not_tried)) == ([], 19)
    assert "DuplicateTable" in (notes.rows[0][2] or "")
    connection = await asyncpg.connect(targets[0].dsn)
    await connection.execute("drop table probe_two")
    await connection.close()
    # One of the second wave fails: the third is not begun.
    await _break(targets[5])
    outcome, _ = await _run(tmp_path, targets)
    assert list(outcome.failed) == [targets[5].name]
    done = len(outcome.migrated)
    assert 5 <= done <= 10
    assert done + len(outcome.not_tried) == 19
    connection = await asyncpg.connect(targets[5].dsn)
    await connection.execute("drop table probe_two")
    await connection.close()
    outcome, _ = await _run(tmp_path, targets)
    assert (len(outcome.migrated), len(outcome.at_head)) == (20 - done, done)
    connection = await asyncpg.connect(targets[7].dsn)
    assert (
        await connection.fetchval(
            "select column_default from information_schema.columns"
            " where table_name = 'probe_two' and column_name = 'note'"
        )
        == "'100 % sure'::text"
    )
    await connection.close()


async def test_one_whose_table_is_locked_is_left_for_later(
    tmp_path: Path, targets: list[Target], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(fleet._SETTINGS, "lock_timeout", "200ms")
    (tmp_path / "probe_0001.py").write_text(FIRST)
    await _run(tmp_path, targets)
    change = "alter table probe_one add column other int"
    (tmp_path / "probe_0002.py").write_text(SECOND.replace(CREATE, change))
    # The canary, and one of the many.
    holders = [await asyncpg.connect(targets[number].dsn) for number in (0, 15)]
    for holder in holders:
        await holder.execute("begin; lock table probe_one in access share mode")
    outcome, notes = await _run(tmp_path, targets)
    assert set(outcome.locked) == {targets[0].name, targets[15].name}
    assert (len(outcome.migrated), outcome.failed, outcome.not_tried) == (18, {}, [])
    assert "LockNotAvailable" in outcome.locked[targets[0].name]
    assert notes.rows[-1][2] is not None
    for holder in holders:
        await holder.close()
    outcome, _ = await _run(tmp_path, targets)
    assert (len(outcome.migrated), len(outcome.at_head), outcome.locked) == (2, 18, {})


async def test_killed_in_the_middle_and_resumed(tmp_path: Path, targets: list[Target]) -> None:
    (tmp_path / "probe_0001.py").write_text(SLOW)
    notes = Notes()
    run = asyncio.create_task(Fleet([tmp_path], notes, workers=3).run(targets))
    while len(notes.rows) < 6:  # noqa: ASYNC110 - it tells nobody
        await asyncio.sleep(0.01)
    run.cancel()
    with pytest.raises(asyncio.CancelledError):
        await run
    done = {name for name, _, error in notes.rows if error is None}
    assert 6 <= len(done) < 20
    # What was under way has all of it or nothing.
    assert set(notes.begun) >= done
    outcome, _ = await _run(tmp_path, targets)
    assert done <= set(outcome.at_head)
    assert (len(outcome.migrated) + len(outcome.at_head), outcome.failed) == (20, {})
    for target in targets:
        connection = await asyncpg.connect(target.dsn)
        assert await connection.fetchval("select count(*) from probe_one") == 0
        await connection.close()


async def test_a_wave_is_ended_when_too_many_of_it_have_failed(
    tmp_path: Path, targets: list[Target]
) -> None:
    (tmp_path / "probe_0001.py").write_text(FIRST)
    await _run(tmp_path, targets)
    (tmp_path / "probe_0002.py").write_text(SECOND)
    for target in targets[11:]:
        await _break(target)
    outcome, _ = await _run(tmp_path, targets)
    # Three are under way at a time.
    assert 1 <= len(outcome.failed) <= 3
    assert len(outcome.migrated) == 11
    assert len(outcome.failed) + len(outcome.not_tried) == 9


def test_this_and_the_revision_before_are_understood(tmp_path: Path) -> None:
    (tmp_path / "probe_0001.py").write_text(FIRST)
    (tmp_path / "probe_0002.py").write_text(SECOND)
    (tmp_path / "probe_0003.py").write_text(
        SECOND.replace("0002", "0003").replace("0001", "0002").replace("probe_two", "probe_three")
    )
    schema = Schema([tmp_path])
    assert schema.is_understood(["probe_0003"])
    assert schema.is_understood(["probe_0002"])
    assert not schema.is_understood(["probe_0001"])
    assert not schema.is_understood([])


async def test_a_tenant_too_far_behind_answers_migrating(database: Database, found: Found) -> None:
    context, bystander = await found(), await found()
    moved = await move_tenant(database, tenant_id=context.tenant_id, to="dedicated", now=utc_now())
    await database.system.execute(
        "update tenancy.placement set schema_revisions = '{kernel_0001}' where database_name = $1",
        moved.database_name,
    )
    database.router.directory.forget(context.tenant_id)  # type: ignore[attr-defined]
    with pytest.raises(TenantMigrating) as refused:
        await database.session(context)
    assert refused.value.headers["Retry-After"]
    await (await database.session(bystander)).close()
    outcome = await migrate_fleet(database)
    assert moved.database_name in outcome.at_head
    database.router.directory.forget(context.tenant_id)  # type: ignore[attr-defined]
    await (await database.session(context)).close()
    assert migration_folders()

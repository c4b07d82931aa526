"""A migrated database is recognised as one."""

import asyncpg

from metatron.kernel.database.migrations import at_heads, heads, scripts_in
from metatron.kernel.settings import Settings
from metatron.processes import migrated, migration_folders


async def test_a_migrated_database_is_at_head(settings: Settings) -> None:
    assert await migrated(settings)


async def test_a_database_that_lacks_a_branch_is_not(settings: Settings) -> None:
    owner = await asyncpg.connect(settings.database_owner_url.get_secret_value())
    rows = await owner.fetch("select version_num from kernel.alembic_version")
    await owner.close()
    applied = [row["version_num"] for row in rows]
    assert at_heads(applied, migration_folders())
    assert not at_heads(applied[1:], migration_folders())
    assert sorted(applied) == heads(migration_folders())


def test_heads_are_those_that_alembic_records() -> None:
    scripts = scripts_in(migration_folders())
    needed = {name for each in scripts.walk_revisions() for name in each._resolved_dependencies}
    assert heads(migration_folders()) == sorted(set(scripts.get_heads()) - needed)

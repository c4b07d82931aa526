"""A migrated database is recognised as one."""

import asyncpg

from metatron.kernel.database.migrations import at_heads, heads
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

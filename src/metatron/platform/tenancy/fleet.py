"""Brings the databases of dedicated tenants to the newest schema, with a state for each."""

from collections.abc import Callable, Sequence

from metatron.kernel.database.database import Database
from metatron.kernel.database.fleet import Fleet, Outcome, Target
from metatron.platform.tenancy.announce import CHANNEL
from metatron.platform.tenancy.site import migration_folders, site

_CURRENT = """
select database_name from tenancy.placement where is_current order by attempts, database_name
"""
_NOTED = """
update tenancy.placement
set schema_revisions = case when $2::text[] = '{}' then schema_revisions else $2 end,
    attempts = case when $3::text is null then 0 else attempts + 1 end,
    state = case when $3::text is null then 'active' else 'failed' end, last_error = $3
where database_name = $1
returning tenant_id
"""


async def migrate_fleet(
    database: Database, *, workers: int = 4, progress: Callable[[str], None] | None = None
) -> Outcome:
    """Migrate all dedicated databases: one, then ten, then the rest; stop when they fail.

    Run it again to resume: those at head are passed over with one query each. A database behind
    what this code understands answers 503 `tenant_migrating` until it is done.

    Raises:
        OwnerAccessMissing: this process cannot change schemas.
    """
    names = [row[0] for row in await database.system.fetch(_CURRENT)]
    targets = [Target(name, site().owner_dsn(name)) for name in names]

    async def record(target: Target, revisions: Sequence[str], error: str | None) -> None:
        tenant_id = await database.system.fetchval(
            _NOTED, target.name, list(revisions), error and error[:500]
        )
        await database.system.execute("select pg_notify($1, $2)", CHANNEL, f"tenant:{tenant_id}")
        if progress is not None:
            progress(f"{target.name}: {error or 'at head'}")

    return await Fleet(migration_folders(), record, workers=workers).run(targets)

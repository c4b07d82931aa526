"""Brings the databases of dedicated tenants to the newest schema, with a state for each."""

from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass

import asyncpg

from metatron.kernel.database.database import Database
from metatron.kernel.database.fleet import Fleet, Outcome, State, Target
from metatron.kernel.database.migrations import heads
from metatron.kernel.database.service_grants import has_services
from metatron.platform.tenancy.announce import CHANNEL
from metatron.platform.tenancy.errors import MigrationUnderWay
from metatron.platform.tenancy.site import migration_folders, site

_ONE_RUN = "select pg_try_advisory_lock(hashtextextended('metatron.fleet', 0))"
# Those that have failed come last: they are no canaries.
_BEHIND = """
select database_name from tenancy.placement
where is_current and ($2 or state <> 'active' or not (schema_revisions @> $1 and $1 @>
  schema_revisions))
order by attempts, database_name
"""
_COUNT = "select count(*) from tenancy.placement where is_current"
_NOTED = """
update tenancy.placement
set schema_revisions = case when $2::text[] = '{}' then schema_revisions else $2 end,
    attempts = case when $3 = 'active' then 0
      when $3 = 'failed' and state = 'migrating' then attempts else attempts + 1 end,
    state = $3, last_error = case when $3 = 'migrating' then last_error else $4 end
where database_name = $1
returning tenant_id
"""
_STATES = """
select p.database_name, t.slug, p.state, p.attempts, p.last_error,
  p.schema_revisions @> $1 and $1 @> p.schema_revisions as is_at_head,
  array(select unnest($1::text[]) except select unnest(p.schema_revisions) order by 1) as missing
from tenancy.placement p join tenancy.tenant t on t.id = p.tenant_id
where p.is_current order by t.slug
"""


@dataclass(frozen=True, slots=True)
class DatabaseState:
    """One dedicated database; `missing` names the heads that it has not reached."""

    database_name: str
    slug: str
    state: str
    is_at_head: bool
    missing: tuple[str, ...]
    attempts: int
    last_error: str | None


async def fleet_state(database: Database) -> list[DatabaseState]:
    """Return how every dedicated database stands, by the tenants' short names."""
    rows = await database.system.fetch(_STATES, heads(migration_folders()))
    return [DatabaseState(**{**row, "missing": tuple(row["missing"])}) for row in rows]


async def migrate_fleet(
    database: Database,
    *,
    workers: int = 4,
    every: bool = False,
    progress: Callable[[str], None] | None = None,
) -> Outcome:
    """Migrate all dedicated databases: one, then ten, then the rest; stop when they fail.

    Run it again to resume: one query finds those that are not at head by the registry's word;
    `every` looks into the others too. A database behind what this code understands answers 503
    `tenant_migrating` until it is done.

    Raises:
        OwnerAccessMissing: this process cannot change schemas.
        MigrationUnderWay: another process is at it.
    """
    async with _alone() as home:
        # The rights of services' roles are settled in each database, also where nothing else is.
        every = every or await has_services(home)
        newest = heads(migration_folders())
        names = [row[0] for row in await database.system.fetch(_BEHIND, newest, every)]
        targets = [Target(name, site().owner_dsn(name)) for name in names]
        done = 0

        async def record(
            target: Target, state: State, revisions: Sequence[str], error: str | None
        ) -> None:
            nonlocal done
            tenant_id = await database.system.fetchval(
                _NOTED, target.name, list(revisions), state, error and error[:500]
            )
            if state == "migrating":
                return
            await database.system.execute(
                "select pg_notify($1, $2)", CHANNEL, f"tenant:{tenant_id}"
            )
            done += 1
            if progress is not None:
                progress(f"{done} of {len(targets)}  {target.name}: {error or 'at head'}")

        outcome = await Fleet(migration_folders(), record, workers=workers).run(targets)
    passed_over = await database.system.fetchval(_COUNT) - len(targets)
    outcome.passed_over = max(0, passed_over)
    return outcome


@asynccontextmanager
async def _alone() -> "AsyncIterator[asyncpg.Connection[asyncpg.Record]]":
    """Let one process migrate at a time; whoever is killed lets go with its connection."""
    home = await asyncpg.connect(site().owner_dsn())
    try:
        if not await home.fetchval(_ONE_RUN):
            raise MigrationUnderWay
        yield home
    finally:
        await home.close()

"""A tenant's own database: made from the same migrations, entered in the registry, dropped."""

import re
from datetime import datetime
from uuid import UUID

import asyncpg

from metatron.kernel.database.fleet import applied_revisions, render
from metatron.kernel.ids import new_id
from metatron.platform.tenancy.site import migration_folders, site

_NAME = re.compile(r"metatron_t_[0-9a-f]{12}_[0-9a-f]{12}")
_ENTER = """
insert into tenancy.placement
  (database_name, tenant_id, app_dsn_sealed, system_dsn_sealed, created_at)
values ($1, $2, $3, $4, $5)
"""
_READY = """
update tenancy.placement set state = 'active', schema_revisions = $2, last_error = null
where database_name = $1
"""


async def create_database(
    system: "asyncpg.Pool[asyncpg.Record]", tenant_id: UUID, *, now: datetime
) -> str:
    """Make an empty database of the newest schema for a tenant; returns its name.

    It is in the registry from the start, so that a crash leaves no database unknown; nobody is
    routed to it until its row is current.

    Raises:
        OwnerAccessMissing: this process cannot create databases.
    """
    name = f"metatron_t_{tenant_id.hex[-12:]}_{new_id().hex[-12:]}"
    owner_dsn = site().owner_dsn()
    app_dsn, system_dsn = site().role_dsns(name)
    box = site().box
    await system.execute(_ENTER, name, tenant_id, box.seal(app_dsn), box.seal(system_dsn), now)
    owner = await asyncpg.connect(owner_dsn)
    try:
        await owner.execute(f'create database "{_checked(name)}"')
        await owner.execute(f'revoke all on database "{name}" from public')
        await owner.execute(f'grant connect on database "{name}" to metatron_app, metatron_system')
    finally:
        await owner.close()
    fresh = await asyncpg.connect(site().owner_dsn(name))
    try:
        await fresh.execute(render(migration_folders(), ()))
        revisions = await applied_revisions(fresh)
    finally:
        await fresh.close()
    await system.execute(_READY, name, revisions)
    return name


async def drop_database(system: "asyncpg.Pool[asyncpg.Record]", name: str) -> None:
    """Drop a tenant's database and its entry; a database that is gone already is no error.

    Refuses (our own bug) while tenants are routed to it.
    """
    current = await system.fetchval(
        "select is_current from tenancy.placement where database_name = $1", name
    )
    assert not current, "a database in use was about to be dropped"
    owner = await asyncpg.connect(site().owner_dsn())
    try:
        await owner.execute(f'drop database if exists "{_checked(name)}" with (force)')
    finally:
        await owner.close()
    await system.execute("delete from tenancy.placement where database_name = $1", name)


def _checked(name: str) -> str:
    assert _NAME.fullmatch(name), "not the name of a tenant's database"
    return name

"""A tenant's own database: made from the same migrations, entered in the registry, dropped."""

import re
from datetime import datetime
from uuid import UUID

import asyncpg
import structlog

from metatron.kernel.database.creation import create_database as copy_database
from metatron.kernel.database.database import Database
from metatron.kernel.database.migrations import heads
from metatron.kernel.database.service_grants import has_services, settle_services
from metatron.kernel.database.template import ensure_template
from metatron.kernel.ids import new_id
from metatron.platform.tenancy.site import migration_folders, site

log = structlog.get_logger(__name__)

_NAME = re.compile(r"metatron_t_[0-9a-f]{12}_[0-9a-f]{12}")
_ENTER = """
insert into tenancy.placement
  (database_name, tenant_id, app_dsn_sealed, system_dsn_sealed, created_at)
values ($1, $2, $3, $4, $5)
"""
_ENTRY = """
select is_current, app_dsn_sealed, system_dsn_sealed from tenancy.placement
where database_name = $1
"""
_READY = """
update tenancy.placement set state = 'active', schema_revisions = $2, last_error = null
where database_name = $1
"""
_SHUT = """
select format('revoke connect on database %I from %I', d.datname, pg_get_userbyid(a.grantee))
  as statement
from pg_database d, aclexplode(d.datacl) a
where d.datname = $1 and a.privilege_type = 'CONNECT' and a.grantee not in (0, d.datdba)
"""


async def create_database(
    system: "asyncpg.Pool[asyncpg.Record]", tenant_id: UUID, *, now: datetime
) -> str:
    """Make an empty database of the newest schema for a tenant; returns its name.

    It is copied from a template, which the first call of a release makes. It is in the registry
    from the start, so that a crash leaves no database unknown; nobody is routed to it until its
    row is current.

    Raises:
        OwnerAccessMissing: this process cannot create databases.
    """
    name = f"metatron_t_{tenant_id.hex[-12:]}_{new_id().hex[-12:]}"
    owner_dsn = site().owner_dsn()
    app_dsn, system_dsn = site().role_dsns(name)
    box = site().box
    await system.execute(_ENTER, name, tenant_id, box.seal(app_dsn), box.seal(system_dsn), now)
    folders = migration_folders()
    owner = await asyncpg.connect(owner_dsn)
    try:
        template = await ensure_template(owner, site().owner_dsn, folders)
        await copy_database(owner, _checked(name), template=template)
        # Rights on a database are not copied with it.
        await owner.execute(f'revoke all on database "{name}" from public')
        await owner.execute(f'grant connect on database "{name}" to metatron_app, metatron_system')
        if await has_services(owner):
            await _settle(name)
    finally:
        await owner.close()
    await system.execute(_READY, name, heads(folders))
    return name


async def _settle(name: str) -> None:
    fresh = await asyncpg.connect(site().owner_dsn(name))
    try:
        await settle_services(fresh)
    finally:
        await fresh.close()


async def drop_database(database: Database, name: str) -> bool:
    """Drop a tenant's database and its entry; tells whether that was possible yet.

    Nobody can connect to it any more; while other processes still hold idle connections, which
    this role may not end, it stays for another try. A database that is gone already is no error.
    Refuses (our own bug) while tenants are routed to it.
    """
    row = await database.system.fetchrow(_ENTRY, name)
    if row is not None:
        assert not row["is_current"], "a database in use was about to be dropped"
        box = site().box
        await database.router.forget(
            site().as_ourselves(box.open(row["app_dsn_sealed"])),
            site().as_ourselves(box.open(row["system_dsn_sealed"]), system=True),
        )
    owner = await asyncpg.connect(site().owner_dsn())
    try:
        if await owner.fetchval("select true from pg_database where datname = $1", name):
            for row in await owner.fetch(_SHUT, _checked(name)):
                await owner.execute(row["statement"])
            await owner.execute(f'drop database "{name}"')
    except asyncpg.ObjectInUseError:
        log.warning("retired_database_in_use", database=name)
        return False
    finally:
        await owner.close()
    await database.system.execute("delete from tenancy.placement where database_name = $1", name)
    return True


def _checked(name: str) -> str:
    assert _NAME.fullmatch(name), "not the name of a tenant's database"
    return name

"""The rules of tenancy hold for everything in the catalogue, and the check of them bites."""

import random
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import asyncpg
import pytest

from metatron.kernel.database.creation import create_database
from metatron.kernel.database.database import Database
from metatron.kernel.process.embedded_postgres import EmbeddedPostgres
from metatron.kernel.settings import Settings

from .catalogue import DEFINERS, faults, tenant_tables
from .realms import Pair

SEED = random.SystemRandom().randrange(1 << 32)


@pytest.fixture(scope="module")
async def scratch(server: EmbeddedPostgres, template: str) -> AsyncIterator[Any]:
    """A clone of the template, as its owner."""
    admin = await asyncpg.connect(server.dsn("metatron_owner", "metatron"))
    name = f"scratch_{random.SystemRandom().randrange(1 << 60):x}"
    await create_database(admin, name, template=template)
    connection = await asyncpg.connect(server.dsn("metatron_owner", name))
    yield connection
    await connection.close()
    await admin.execute(f"drop database {name}")
    await admin.close()


async def test_every_table_is_global_by_name_or_under_the_policy(scratch: Any) -> None:
    assert await faults(scratch) == []
    assert len(await tenant_tables(scratch)) > 30


async def test_the_rules_hold_in_a_database_of_a_tenants_own(pair: Pair) -> None:
    connection = await asyncpg.connect(pair.owner_dsn_of_b)
    try:
        assert await faults(connection) == []
    finally:
        await connection.close()


TABLE_MUTATIONS = {
    "no tenant policy": "drop policy tenant on {t}",
    "does not force": "alter table {t} no force row level security",
    "has no row-level security": "alter table {t} disable row level security",
    "another permissive policy": "create policy extra on {t} using (true)",
    "not the standard one": "alter policy tenant on {t} using (true)",
    "policy that is not the standard": "alter policy tenant on {t} with check (true)",
    "a system policy for": "drop policy if exists system on {t};"
    " create policy system on {t} using (true)",
    "not led by tenant_id": "alter table {t} add column extra uuid; create index on {t} (extra)",
    "index not led": "alter table {t} add column extra uuid unique",
    "no tenant_id uuid not null": "alter table {t} drop constraint if exists {p} cascade;"
    " alter table {t} alter tenant_id drop not null",
    "without the tenant": "alter table {t} add column extra uuid unique;"
    " create table {s}.child (tenant_id uuid not null, extra uuid references {t} (extra))",
    "to public": "grant select on {t} to public",
    "grants SELECT to public": "grant select (tenant_id) on {t} to public",
    "grants TRUNCATE": "grant truncate on {t} to metatron_app",
    "without security_invoker": "create view {s}.everything as select * from {t}",
    "materialised": "create materialized view {s}.everything as select * from {t}",
    "rewrite rule": "create rule extra as on delete to {t} do also notify gone",
    "not on the list": "create function {s}.all_of_it() returns bigint language sql"
    " security definer return (select count(*) from {t})",
}
OTHER_MUTATIONS = {
    "bare has no tenant_id": "create table kernel.bare (id uuid primary key)",
    "kernel.bare has no row-level": "create table kernel.bare (tenant_id uuid not null,"
    " id uuid, primary key (tenant_id, id))",
    "part has no row-level security": "create table kernel.parts (tenant_id uuid not null, n int)"
    " partition by list (n); create table kernel.part partition of kernel.parts for values in (1)",
    "refers to a tenant's table": "create table kernel.other (tenant_id uuid, id uuid,"
    " foreign key (tenant_id, id) references campaigns.campaign (tenant_id, id));"
    " drop table kernel.schedule; alter table kernel.other rename to schedule",
    "search_path of its own": "alter function ledger.expire_pending reset search_path",
    "run by everybody": "grant execute on function ledger.expire_pending to public",
    "may create": "grant create on schema kernel to metatron_app",
}


@pytest.mark.parametrize("word", TABLE_MUTATIONS)
async def test_a_weakened_table_is_reported(scratch: Any, word: str) -> None:
    chance = random.Random(f"{SEED} {word}")
    # PostgreSQL itself refuses some of these changes to a divided table and its parts.
    table = chance.choice(await tenant_tables(scratch, parted=False))
    schema, _, name = table.partition(".")
    statement = TABLE_MUTATIONS[word].format(t=table, s=schema, p=f"{name}_pkey")
    print(f"seed {SEED}: {statement}")
    await _expect(scratch, statement, word)


@pytest.mark.parametrize("word", OTHER_MUTATIONS)
async def test_what_is_new_and_open_is_reported(scratch: Any, word: str) -> None:
    await _expect(scratch, OTHER_MUTATIONS[word], word)


async def _expect(scratch: Any, statement: str, word: str) -> None:
    transaction = scratch.transaction()
    await transaction.start()
    try:
        await scratch.execute(statement)
        found = await faults(scratch)
    finally:
        await transaction.rollback()
    assert any(word in fault for fault in found), (statement, found)


async def test_the_list_of_owners_rights_names_real_functions(scratch: Any) -> None:
    rows = await scratch.fetch(
        "select p.pronamespace::regnamespace || '.' || p.proname from pg_proc p where p.prosecdef"
    )
    assert {row[0] for row in rows} == DEFINERS


async def test_the_application_cannot_take_another_role(
    database: Database, settings: Settings, tmp_path: Path
) -> None:
    for pool in (database.router.home.direct.pool, database.system):
        for role in ("metatron_owner", "metatron_system", "metatron_app", "postgres"):
            if role == await pool.fetchval("select current_user"):
                continue
            with pytest.raises(asyncpg.InsufficientPrivilegeError):
                await pool.execute(f"set role {role}")
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await pool.execute("set session_replication_role = replica")

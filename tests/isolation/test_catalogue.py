"""The catalogue has no gap, in the home database and in a dedicated one; and the check bites."""

import random
import re

import asyncpg
import pytest

from metatron.kernel.database.database import Database
from metatron.kernel.settings import Settings
from metatron.processes import all_modules
from tests.isolation.catalogue import findings, global_tables

GLOBAL = global_tables(all_modules())


async def test_every_table_is_under_the_policy(owner_connection: asyncpg.Connection) -> None:
    assert await findings(owner_connection, GLOBAL) == []


async def test_the_list_of_global_tables_names_tables_that_exist(
    owner_connection: asyncpg.Connection,
) -> None:
    for name in sorted(GLOBAL):
        assert await owner_connection.fetchval("select to_regclass($1)", name), name


MUTATIONS = {
    "a dropped policy": "drop policy tenant on {table}",
    "unforced row-level security": "alter table {table} no force row level security",
    "disabled row-level security": "alter table {table} disable row level security",
    "a second permissive policy": "create policy extra on {table} using (true)",
    "a grant to everybody": "grant select on {table} to public",
    "a tenant that may be missing": (
        "alter table kernel.outbox drop constraint outbox_pkey, alter tenant_id drop not null"
    ),
    "an index for all tenants": "create index on {table} (({column}))",
    "a new table without policy": "create table kernel.forgotten (tenant_id uuid primary key)",
    "a view with its owner's eyes": "create view kernel.peep as select * from {table}",
    "a mighty function": (
        "create function kernel.mighty() returns int language sql security definer as 'select 1'"
    ),
}


@pytest.mark.parametrize("name", MUTATIONS)
async def test_the_check_finds(committed_database: tuple[Settings, Database], name: str) -> None:
    settings, _ = committed_database
    seed = random.randrange(2**32)
    print(f"seed {seed}")
    connection = await asyncpg.connect(settings.database_owner_url.get_secret_value())
    try:
        assert await findings(connection, GLOBAL) == []
        rows = await connection.fetch(
            "select c.oid::regclass::text as name from pg_class c"
            " where c.relforcerowsecurity and c.relkind = 'r' order by 1"
        )
        tables = [row["name"] for row in rows if row["name"] not in GLOBAL]
        table = random.Random(seed).choice(tables)
        column = await connection.fetchval(
            "select quote_ident(attname) from pg_attribute where attrelid = $1::text::regclass"
            " and attnum > 0 and attname <> 'tenant_id' and not attisdropped limit 1",
            table,
        )
        statement = MUTATIONS[name].format(table=table, column=column)
        await connection.execute(statement)
        found = await findings(connection, GLOBAL)
        assert found, f"{statement} went unnoticed"
    finally:
        await connection.close()


async def test_a_foreign_key_without_the_tenant_is_found(
    committed_database: tuple[Settings, Database],
) -> None:
    settings, _ = committed_database
    connection = await asyncpg.connect(settings.database_owner_url.get_secret_value())
    try:
        await connection.execute(
            "alter table tenancy.application add constraint one unique (id);"
            "alter table tenancy.api_key add foreign key (application_id)"
            " references tenancy.application (id)"
        )
        found = "\n".join(await findings(connection, GLOBAL))
        assert re.search(r"tenancy.api_key: .* is not composite", found)
        assert re.search(r"tenancy.application: index .* is not led by tenant_id", found)
    finally:
        await connection.close()

"""Reads a database's catalogue and names every table, view, function or role that breaks the
rules of tenancy. Each fault begins with the name of what is at fault.
"""

from collections.abc import Iterable
from typing import Any

import asyncpg

from metatron.kernel.database.policies import TENANT_TEST
from metatron.processes import all_modules
from metatron.services import SERVICES

KERNEL_GLOBAL = (
    "kernel.alembic_version", "kernel.schedule", "kernel.tenant_hold",
    "kernel.stream", "kernel.stream_entry", "kernel.stream_group",
    "jobs.pgqueuer", "jobs.pgqueuer_log", "jobs.pgqueuer_schedules", "jobs.pgqueuer_statistics",
)  # fmt: skip
OWNERS_RIGHTS_VIEWS: frozenset[str] = frozenset()
"""Views that may run with their owner's rights, each reviewed. None so far."""
DEFINERS = frozenset({
    "ledger.create_transfer", "ledger.create_transfers", "ledger.create_accounts",
    "ledger.expire_pending", "gateway.empty_oldest_api_calls",
})  # fmt: skip
"""Functions that may run with their owner's rights: row-level security is forced on it too.

It does not hold back TRUNCATE, which one of them does: to the week that is over, whoever calls."""

SERVICE_ROLES = frozenset(each.role for each in SERVICES)
"""Roles of services that run apart: they exist where somebody has prepared them."""

Rows = list[Any]
Connection = Any

_OURS = "n.nspname !~ '^pg_' and n.nspname <> 'information_schema'"
_NAME = "n.nspname || '.' || c.relname"
_TABLES = f"""
select c.oid, {_NAME} as name, c.relkind::text as kind, c.relrowsecurity as enabled,
       c.relforcerowsecurity as forced,
       c.relkind = 'p' or c.relispartition as parted, pg_get_userbyid(c.relowner) as owner,
       c.reloptions as options,
       (select format_type(a.atttypid, null) || case when a.attnotnull then '!' else '' end
        from pg_attribute a where a.attrelid = c.oid and a.attname = 'tenant_id') as tenant_column,
       coalesce((select bool_or(r.rulename <> '_RETURN') from pg_rules r
                 where r.schemaname = n.nspname and r.tablename = c.relname), false) as has_rules
from pg_class c join pg_namespace n on n.oid = c.relnamespace
where c.relkind in ('r', 'p', 'v', 'm', 'f') and {_OURS} order by 2
"""
_POLICIES = """
select p.polname as name, p.polcmd::text as command, p.polpermissive as permissive,
       array(select case r when 0 then 'public' else pg_get_userbyid(r)::text end
             from unnest(p.polroles) r) as roles,
       pg_get_expr(p.polqual, p.polrelid) as test,
       pg_get_expr(p.polwithcheck, p.polrelid) as written
from pg_policy p where p.polrelid = $1
"""
_INDEXES = """
select i.indexrelid::regclass::text as name, i.indisprimary as is_primary,
       (select a.attname from pg_attribute a
        where a.attrelid = i.indrelid and a.attnum = i.indkey[0]) as leads
from pg_index i where i.indrelid = $1
"""
_REFERENCES = f"""
select k.conname as name, {_NAME} as parent,
       exists (select from generate_subscripts(k.conkey, 1) s
               join pg_attribute a on a.attrelid = k.conrelid and a.attnum = k.conkey[s]
               join pg_attribute b on b.attrelid = k.confrelid and b.attnum = k.confkey[s]
               where a.attname = 'tenant_id' and b.attname = 'tenant_id') as carries_tenant
from pg_constraint k join pg_class c on c.oid = k.confrelid
join pg_namespace n on n.oid = c.relnamespace
where k.contype = 'f' and k.conrelid = $1
"""
_GRANTS = f"""
select {_NAME} as name, g.privilege_type as privilege,
       case g.grantee when 0 then 'public' else pg_get_userbyid(g.grantee)::text end as role
from pg_class c join pg_namespace n on n.oid = c.relnamespace cross join lateral (
  select * from aclexplode(c.relacl) union all
  select x.* from pg_attribute a, aclexplode(a.attacl) x where a.attrelid = c.oid) g
where {_OURS} and c.relkind <> 'S'
"""
_FUNCTIONS = f"""
select n.nspname || '.' || p.proname as name, p.prosecdef as is_definer,
       p.proleakproof as leakproof, coalesce(p.proconfig, '{{}}') as settings,
       pg_get_userbyid(p.proowner) as owner,
       p.proacl is null or exists (select from aclexplode(p.proacl) where grantee = 0) as open
from pg_proc p join pg_namespace n on n.oid = p.pronamespace where {_OURS}
"""
_ROLES = """
select r.rolname::text as name, r.rolsuper or r.rolbypassrls or r.rolcreaterole or r.rolreplication
       or (r.rolcreatedb and r.rolname <> 'metatron_owner') as is_mighty,
       array(select pg_get_userbyid(m.roleid)::text from pg_auth_members m where m.member = r.oid)
       as member_of,
       array(select pg_get_userbyid(m.member)::text from pg_auth_members m
             join pg_roles x on x.oid = m.member
             where m.roleid = r.oid and not x.rolsuper
             and (x.rolname !~ '^metatron_[a-z]+_system$' or m.set_option or m.admin_option))
       as lent_to,
       r.rolname <> 'metatron_owner' and (
         exists (select from pg_class c where c.relowner = r.oid)
         or exists (select from pg_namespace s
                    where s.nspname !~ '^pg_temp' and has_schema_privilege(r.oid, s.oid, 'create'))
         or has_database_privilege(r.oid, current_database(), 'create')) as makes_things
from pg_roles r where r.rolname in ('metatron_owner', 'metatron_app', 'metatron_system')
"""


def global_tables() -> frozenset[str]:
    """The tables that carry no tenant: named by the modules' manifests, and the kernel's own."""
    return frozenset(KERNEL_GLOBAL).union(*(module.global_tables for module in all_modules()))


async def faults(connection: Connection) -> list[str]:
    """Everything in this database that breaks the rules; nothing if all is well."""
    expected = await _standard_policy(connection)
    shared = global_tables()
    found: list[str] = []
    rows = await connection.fetch(_TABLES)
    tenant_tables = {r["name"] for r in rows if r["kind"] in "rp"} - shared
    for row in rows:
        name = row["name"]
        if row["owner"] != "metatron_owner":
            found.append(f"{name} belongs to {row['owner']}")
        if row["kind"] in "mf":
            found.append(f"{name} is a materialised view or a foreign table: no policy holds there")
        elif row["kind"] == "v":
            safe = "security_invoker=true" in (row["options"] or ())
            if not safe and name not in OWNERS_RIGHTS_VIEWS:
                found.append(f"{name} is a view without security_invoker")
        elif name in tenant_tables:
            found += await _table_faults(connection, row, expected, tenant_tables)
        else:
            references = await connection.fetch(_REFERENCES, row["oid"])
            found += [f"{name} refers to a tenant's table: {r['name']}" for r in references
                      if r["parent"] in tenant_tables]  # fmt: skip
        if row["has_rules"]:
            found.append(f"{name} has a rewrite rule")
    missing = shared - {row["name"] for row in rows}
    found += [f"{name} is on the global list and does not exist" for name in missing]
    return found + _grant_faults(await connection.fetch(_GRANTS), tenant_tables) + [
        *_function_faults(await connection.fetch(_FUNCTIONS)),
        *_role_faults(await connection.fetch(_ROLES)),
    ]  # fmt: skip


async def tenant_tables(connection: Connection, *, parted: bool = True) -> list[str]:
    """The names of all tables under the tenant policy; without `parted` undivided ones alone."""
    rows = await connection.fetch(_TABLES)
    return [
        r["name"]
        for r in rows
        if r["kind"] in "rp" and r["name"] not in global_tables() and (parted or not r["parted"])
    ]


async def _standard_policy(connection: Connection) -> str:
    """The standard test as this server writes it back."""
    transaction = connection.transaction()
    await transaction.start()
    try:
        await connection.execute(
            "create temp table standard (tenant_id uuid);"
            f" create policy tenant on standard using ({TENANT_TEST})"
        )
        (policy,) = await connection.fetch(
            _POLICIES, await connection.fetchval("select 'pg_temp.standard'::regclass::oid")
        )
        return str(policy["test"])
    finally:
        await transaction.rollback()


async def _table_faults(
    connection: Connection, table: asyncpg.Record, expected: str, tenant_tables: set[str]
) -> list[str]:
    name, oid = table["name"], table["oid"]
    found = []
    if table["tenant_column"] != "uuid!":
        found.append(f"{name} has no tenant_id uuid not null and is not on the global list")
    if not table["enabled"]:
        found.append(f"{name} has no row-level security")
    if not table["forced"]:
        found.append(f"{name} does not force row-level security on its owner")
    found += _policy_faults(name, await connection.fetch(_POLICIES, oid), expected)
    indexes = await connection.fetch(_INDEXES, oid)
    if not any(index["is_primary"] for index in indexes):
        found.append(f"{name} has no primary key")
    found += [
        f"{name} has an index not led by tenant_id: {index['name']}"
        for index in indexes
        if index["leads"] != "tenant_id"
    ]
    return found + [
        f"{name} refers to {reference['parent']} without the tenant: {reference['name']}"
        for reference in await connection.fetch(_REFERENCES, oid)
        if reference["parent"] in tenant_tables and not reference["carries_tenant"]
    ]


def _policy_faults(table: str, policies: Iterable[Any], expected: str) -> list[str]:
    found, names = [], set()
    for policy in policies:
        kind, test, written = policy["name"], policy["test"], policy["written"]
        names.add(kind)
        if not policy["permissive"]:
            continue  # can only take away
        if policy["command"] != "*":
            found.append(f"{table} has the policy {kind} for one command only")
        if kind == "system":
            if policy["roles"] != ["metatron_system"]:
                found.append(f"{table} has a system policy for {policy['roles']}")
        elif kind != "tenant":
            found.append(f"{table} has another permissive policy: {kind}")
        elif (test, written or test) != (expected, expected) or policy["roles"] != ["public"]:
            found.append(f"{table} has a tenant policy that is not the standard one")
    return found if "tenant" in names else [*found, f"{table} has no tenant policy"]


def _grant_faults(grants: Iterable[Any], tenant_tables: set[str]) -> list[str]:
    plain = {"SELECT", "INSERT", "UPDATE", "DELETE"}
    found = []
    for grant in grants:
        role, privilege = grant["role"], grant["privilege"]
        known = {"metatron_owner", "metatron_app", "metatron_system"} | SERVICE_ROLES
        if role == "public" or role not in known:
            found.append(f"{grant['name']} grants {privilege} to {role}")
        elif role != "metatron_owner" and privilege not in plain:
            emptied = privilege == "TRUNCATE" and grant["name"].startswith("jobs.")
            if not (emptied and role == "metatron_system"):
                found.append(f"{grant['name']} grants {privilege} to {role}")
    return found


def _function_faults(functions: Iterable[Any]) -> list[str]:
    found = []
    for function in functions:
        name = function["name"]
        if function["leakproof"]:
            found.append(f"{name} is leakproof: it may run before the policies")
        if not function["is_definer"]:
            continue
        if name not in DEFINERS:
            found.append(f"{name} runs with its owner's rights and is not on the list")
        if function["owner"] != "metatron_owner":
            found.append(f"{name} runs with the rights of {function['owner']}")
        if function["open"]:
            found.append(f"{name} may be run by everybody with its owner's rights")
        if not any(each.startswith("search_path=pg_catalog") for each in function["settings"]):
            found.append(f"{name} has no search_path of its own")
    return found


def _role_faults(roles: Rows) -> list[str]:
    found = [] if len(roles) == 3 else ["roles: not all three exist"]
    for role in roles:
        if role["is_mighty"]:
            found.append(f"{role['name']} has an attribute that passes over row-level security")
        if role["member_of"] or role["lent_to"]:
            found.append(f"{role['name']} shares rights: {role['member_of']} {role['lent_to']}")
        if role["makes_things"]:
            found.append(f"{role['name']} owns or may create tables")
    return found

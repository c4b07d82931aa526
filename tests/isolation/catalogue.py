"""What PostgreSQL's catalogue must say of every table, view, function and role of ours."""

from collections.abc import Iterable

import asyncpg

from metatron.kernel.module import Module

KERNEL_GLOBAL = {
    "kernel.alembic_version", "kernel.schedule", "kernel.tenant_clock", "kernel.tenant_hold",
}  # fmt: skip
POLICY = (
    "(tenant_id = ( SELECT (NULLIF(current_setting('app.tenant_id'::text, true), ''::text))::uuid"
    ' AS "nullif"))'
)
# The ledger's doors: the application writes its books through them alone; each is bound and pinned.
SECURITY_DEFINER = {"ledger.create_accounts", "ledger.create_transfers", "ledger.expire_pending"}

_OURS = "n.nspname not in ('pg_catalog', 'information_schema', 'jobs') and n.nspname !~ '^pg_'"
_TABLES = f"""
select c.oid, n.nspname || '.' || c.relname as name, c.relrowsecurity, c.relforcerowsecurity,
       (select a.attnotnull from pg_attribute a where a.attrelid = c.oid
        and a.attname = 'tenant_id' and not a.attisdropped) as tenant_not_null
from pg_class c join pg_namespace n on n.oid = c.relnamespace
where c.relkind in ('r', 'p') and {_OURS} order by 2
"""
_POLICIES = """
select p.polname, p.polcmd::text, p.polpermissive, pg_get_expr(p.polqual, p.polrelid) as qual,
       pg_get_expr(p.polwithcheck, p.polrelid) as checked,
       array(select rolname::text from pg_roles r where r.oid = any(p.polroles)) as roles
from pg_policy p where p.polrelid = $1
"""
_INDEXES = """
select i.indexrelid::regclass::text as name, i.indisunique,
       (select array_agg(a.attname::text order by k.place)
        from unnest(i.indkey::int2[]) with ordinality k(number, place)
        left join pg_attribute a on a.attrelid = i.indrelid and a.attnum = k.number) as columns
from pg_index i where i.indrelid = $1
"""
_REFERENCES = """
select conname, confrelid,
  (select array_agg(a.attname::text order by k.place)
   from unnest(conkey) with ordinality k(n, place)
   join pg_attribute a on a.attrelid = conrelid and a.attnum = k.n) as here,
  (select array_agg(a.attname::text order by k.place)
   from unnest(confkey) with ordinality k(n, place)
   join pg_attribute a on a.attrelid = confrelid and a.attnum = k.n) as there
from pg_constraint where contype = 'f' and conrelid = $1
"""
_VIEWS = f"""
select n.nspname || '.' || c.relname as name, c.relkind::text as kind,
       coalesce('security_invoker=true' = any(c.reloptions), false) as invoker
from pg_class c join pg_namespace n on n.oid = c.relnamespace
where c.relkind in ('v', 'm') and {_OURS}
"""
_FUNCTIONS = f"""
select n.nspname || '.' || p.proname as name,
       coalesce(exists (select from unnest(p.proconfig) c where c like 'search_path=%'), false)
         as pinned,
       has_function_privilege('public', p.oid, 'execute') as by_anybody
from pg_proc p join pg_namespace n on n.oid = p.pronamespace where p.prosecdef and {_OURS}
"""
_ROLES = """
select r.rolname, r.rolsuper or r.rolbypassrls or r.rolcreaterole as is_mighty,
       exists (select from pg_class c where c.relowner = r.oid) as owns
from pg_roles r where r.rolname in ('metatron_app', 'metatron_system')
"""
_GRANTS = f"""
select n.nspname || '.' || c.relname as name, coalesce(r.rolname, 'public') as grantee,
       g.privilege_type as privilege
from pg_class c join pg_namespace n on n.oid = c.relnamespace, aclexplode(c.relacl) g
left join pg_roles r on r.oid = g.grantee
where c.relkind in ('r', 'p') and {_OURS}
  and (g.grantee = 0 or (r.rolname = 'metatron_app'
       and g.privilege_type in ('TRUNCATE', 'TRIGGER', 'REFERENCES', 'MAINTAIN')))
"""

Connection = asyncpg.Connection


def global_tables(modules: Iterable[Module]) -> set[str]:
    return KERNEL_GLOBAL | {table for module in modules for table in module.global_tables}


async def findings(connection: Connection, known_global: set[str]) -> list[str]:
    """Everything that breaks a rule, one line each."""
    tables = await connection.fetch(_TABLES)
    names = {row["oid"]: row["name"] for row in tables}
    found = []
    for table in tables:
        if table["name"] not in known_global:
            found += await _table(connection, table, names, known_global)
    for row in await connection.fetch(_VIEWS):
        if row["kind"] == "m":
            found.append(f"{row['name']}: a materialised view passes by row-level security")
        elif not row["invoker"]:
            found.append(f"{row['name']}: create it with (security_invoker = true)")
    for row in await connection.fetch(_FUNCTIONS):
        if row["name"] not in SECURITY_DEFINER or not row["pinned"] or row["by_anybody"]:
            found.append(f"{row['name']}: security definer, unlisted, unpinned or for anybody")
    for row in await connection.fetch(_ROLES):
        if row["is_mighty"] or row["owns"]:
            found.append(f"{row['rolname']}: could pass by row-level security")
    for row in await connection.fetch(_GRANTS):
        found.append(f"{row['name']}: {row['grantee']} must not have {row['privilege']}")
    return found


async def _table(
    connection: Connection, table: asyncpg.Record, names: dict[int, str], known_global: set[str]
) -> list[str]:
    name, found = table["name"], []
    if not table["tenant_not_null"]:
        return [f"{name}: no `tenant_id not null`, and not on the list of global tables"]
    if not (table["relrowsecurity"] and table["relforcerowsecurity"]):
        found.append(f"{name}: row-level security is not forced")
    found += _policies(name, await connection.fetch(_POLICIES, table["oid"]))
    indexes = await connection.fetch(_INDEXES, table["oid"])
    if not any(row["indisunique"] for row in indexes):
        found.append(f"{name}: no key")
    for row in indexes:
        if row["columns"][0] != "tenant_id":
            found.append(f"{name}: index {row['name']} is not led by tenant_id")
    for row in await connection.fetch(_REFERENCES, table["oid"]):
        target = names.get(row["confrelid"], "?")
        pairs = set(zip(row["here"], row["there"], strict=True))
        if target not in known_global and ("tenant_id", "tenant_id") not in pairs:
            found.append(f"{name}: {row['conname']} is not composite, so it sees other tenants")
    return found


def _policies(name: str, policies: list[asyncpg.Record]) -> list[str]:
    found = []
    standard = 0
    for policy in policies:
        if not policy["polpermissive"]:
            continue
        if policy["roles"] == ["metatron_system"]:
            continue
        if (
            policy["polcmd"] == "*"
            and not policy["roles"]
            and policy["qual"] == policy["checked"] == POLICY
        ):
            standard += 1
        else:
            found.append(f"{name}: policy {policy['polname']} is not the standard one")
    if standard != 1:
        found.append(f"{name}: {standard} standard policies instead of one")
    return found

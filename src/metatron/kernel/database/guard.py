"""The application refuses to start with a database role that could bypass isolation."""

import asyncpg

_FACTS = """
select current_setting('server_version_num')::int as version, r.rolname, r.rolsuper, r.rolbypassrls,
       exists (select from pg_class c where c.relowner = r.oid) as owns
from pg_roles r where r.rolname = current_user
"""
OLDEST = 170006
"""17.6: earlier servers leak rows hidden by row-level security (CVE-2025-8713)."""


class UnsafeRole(RuntimeError):
    """The role is a superuser, bypasses row-level security or owns tables."""


async def check_role(pool: "asyncpg.Pool[asyncpg.Record]") -> None:
    """Raise `UnsafeRole` when the pool's role could see other tenants' rows."""
    async with pool.acquire() as connection, connection.transaction():
        facts = await connection.fetchrow(_FACTS)
    assert facts is not None
    if facts["version"] < OLDEST:
        message = f"PostgreSQL 17.6 or newer is needed, this one says {facts['version']}"
        raise UnsafeRole(message)
    faults = [
        word
        for word, holds in (
            ("is a superuser", facts["rolsuper"]),
            ("bypasses row-level security", facts["rolbypassrls"]),
            ("owns tables", facts["owns"]),
        )
        if holds
    ]
    if faults:
        message = (
            f"the database role {facts['rolname']} {' and '.join(faults)};"
            " give METATRON_DATABASE_URL the role metatron_app"
        )
        raise UnsafeRole(message)

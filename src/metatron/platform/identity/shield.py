"""A service that is not `auth` refuses to start with a role that could read credentials."""

from typing import Any

import asyncpg

from metatron.kernel.database.database import Database

_SECRETS = """
select c.relname || '.' || a.attname as place from pg_class c
join pg_namespace n on n.oid = c.relnamespace
join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
where n.nspname = 'identity' and c.relkind = 'r'
  and a.attname in ('password_hash', 'token_hash', 'code_hash', 'secret_hash', 'secret_sealed')
  and has_column_privilege(c.oid, a.attnum, 'select') order by 1
"""


class HoldsCredentials(RuntimeError):
    """The role may read what people sign in with."""


async def refuse_credentials(database: Database) -> None:
    """Raise `HoldsCredentials` when one of this process's two roles may read a secret."""
    pools: tuple[asyncpg.Pool[Any], ...] = (database.home.pool, database.system)
    for pool in pools:
        places = [row["place"] for row in await pool.fetch(_SECRETS)]
        if places:
            message = (
                f"this service's database role may read {', '.join(places)} of identity;"
                " give it its own role: metatron services prepare"
            )
            raise HoldsCredentials(message)

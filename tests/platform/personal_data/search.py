"""Looks for a text in every column of every table, whoever's the rows are."""

from typing import Any

_COLUMNS = """
select n.nspname || '.' || c.relname as name, a.attname::text as attname
from pg_attribute a join pg_class c on c.oid = a.attrelid
join pg_namespace n on n.oid = c.relnamespace
where c.relkind in ('r', 'p') and not c.relispartition and a.attnum > 0 and not a.attisdropped
  and n.nspname !~ '^pg_' and n.nspname <> 'information_schema'
  and format_type(a.atttypid, null) in ('text', 'text[]', 'jsonb', 'json', 'character varying')
"""


async def places_of(connection: Any, mark: str) -> set[str]:
    """The columns in which a text occurs; the connection is the server's administrator's."""
    hits = set()
    for row in await connection.fetch(_COLUMNS):
        statement = (
            f"select exists (select from {row['name']} "
            f'where strpos(lower("{row["attname"]}"::text), lower($1)) > 0)'
        )
        if await connection.fetchval(statement, mark):
            hits.add(f"{row['name']}.{row['attname']}")
    return hits

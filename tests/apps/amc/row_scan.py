"""What must never stand in a row that is told, or in a refusal: looked for at the end of the run.

Sealed columns are bytes, which are passed over; the rest of every table is read as text.
"""

from collections.abc import Iterable

import asyncpg

from tests.apps.amc.log_scan import kinds_in

TOLD = ("kernel.event", "kernel.outbox")
"""What leaves: events, which are webhooks, feed and audit at once, and jobs' arguments."""
_COLUMNS = """
select format('%I.%I', table_schema, table_name) as place,
  string_agg(quote_ident(column_name), ', ' order by ordinal_position) as columns
from information_schema.columns join information_schema.tables using (table_schema, table_name)
where table_type = 'BASE TABLE' and data_type in ('text', 'jsonb', 'json', 'ARRAY')
  and table_schema not in ('pg_catalog', 'information_schema')
group by 1 order by 1
"""
_AT_ONCE = 2_000


async def in_rows(address: str, places: Iterable[str] = ()) -> set[tuple[str, str]]:
    """Return kinds of secrets and the tables they stand in: `places`, all of them without any.

    The address is a superuser's: also a table's owner is bound by the tenants' policy.
    """
    wanted = set(places)
    found = set()
    hand = await asyncpg.connect(address)
    try:
        for row in await hand.fetch(_COLUMNS):
            if wanted and row["place"] not in wanted:
                continue
            query = f"select concat_ws(' ', {row['columns']}) as told from {row['place']}"
            async with hand.transaction():
                cursor = await hand.cursor(query)
                while texts := await cursor.fetch(_AT_ONCE):
                    whole = "\n".join(each["told"] for each in texts)
                    found |= {(kind, row["place"]) for kind in kinds_in(whole)}
    finally:
        await hand.close()
    return found

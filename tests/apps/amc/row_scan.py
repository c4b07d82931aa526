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
OURS = "amc."
KEPT = {
    ("value of a parameter", f"amc.{table}")
    for table in ("collection_client", "parameter_set", "run", "schedule")
}
"""Where what a client asked with is kept on purpose."""


async def in_whole_database(address: str) -> set[tuple[str, str]]:
    """Return what no test may leave behind, whatever tests of other modules ran beside it.

    Others seal texts of their own, some of them in the arguments of their jobs.
    """
    found = await in_rows(address)
    of_others = {each for each in found if each[0] == "sealed secret" and OURS not in each[1]}
    return (found - of_others - KEPT) | await in_rows(address, TOLD, named=OURS)


async def in_rows(
    address: str, places: Iterable[str] = (), *, named: str = ""
) -> set[tuple[str, str]]:
    """Return kinds of secrets and the tables they stand in: `places`, all of them without any.

    With `named` only rows whose name begins so are read.
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
            query += " where name like $1 || '%'" if named else ""
            async with hand.transaction():
                cursor = await hand.cursor(query, *([named] if named else []))
                while texts := await cursor.fetch(_AT_ONCE):
                    whole = "\n".join(each["told"] for each in texts)
                    found |= {(kind, row["place"]) for kind in kinds_in(whole)}
    finally:
        await hand.close()
    return found

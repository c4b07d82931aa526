"""What has changed of very many loaded rows, written in one statement, not one for each."""

from collections.abc import Sequence
from functools import lru_cache
from operator import attrgetter

from sqlalchemy import Table, TextClause, inspect, text
from sqlalchemy.dialects import postgresql
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm.attributes import set_committed_value

from metatron.kernel.database.mapping import Model

FEWEST = 3
"""From this number on one large statement costs less than many small ones."""
_POSTGRESQL = postgresql.dialect()  # type: ignore[no-untyped-call]


async def write_all(session: AsyncSession, rows: Sequence[Model], names: Sequence[str]) -> None:
    """Write what has changed of the columns `names` of locked rows of one table.

    The rows have `tenant_id` and `id` as their key and are of one tenant; no column of `names` is
    an array. The session has less to flush afterwards.
    """
    changed = [(row, inspect(row).committed_state.keys() & set(names)) for row in rows]
    written = tuple(sorted(set().union(*(each for _, each in changed))))
    if not written:
        return
    values = {name: list(map(attrgetter(name), rows)) for name in ("id", *written)}
    table = inspect(type(rows[0])).local_table
    assert isinstance(table, Table)
    with session.no_autoflush:
        tenant = {"tenant_id": attrgetter("tenant_id")(rows[0])}
        await session.execute(_statement(table, written), values | tenant)
    for row, each in changed:
        for name in each:
            set_committed_value(row, name, getattr(row, name))


@lru_cache(maxsize=100)
def _statement(table: Table, names: tuple[str, ...]) -> TextClause:
    """Return the statement that writes these columns, each given as one array beside the ids."""
    types = {name: table.columns[name].type.compile(_POSTGRESQL) for name in names}
    arrays = ", ".join(f"cast(:{name} as {kind}[])" for name, kind in types.items())
    return text(
        "update " + str(table) + " t set " + ", ".join(f"{name} = x.{name}" for name in names)
        + " from unnest(cast(:id as uuid[]), " + arrays + ") x (" + ", ".join(("id", *names)) + ")"
        " where t.tenant_id = cast(:tenant_id as uuid) and t.id = x.id"
    )  # fmt: skip

"""What has changed of very many loaded rows, written in one statement, not one for each."""

from collections.abc import Sequence
from functools import lru_cache

import orjson
from sqlalchemy import TextClause, text
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm.attributes import set_committed_value

from metatron.kernel.database.mapping import Model

FEWEST = 3
"""From this number on one large statement costs less than many small ones."""


async def write_all(session: AsyncSession, rows: Sequence[Model], names: tuple[str, ...]) -> None:
    """Write the columns `names` of locked rows of one table; the session has less to flush.

    The rows have `tenant_id` and `id` as their key.
    """
    table = type(rows[0]).__table__
    given = [{name: getattr(row, name) for name in ("tenant_id", "id", *names)} for row in rows]
    with session.no_autoflush:
        values = {"rows": orjson.dumps(given, default=str).decode()}
        await session.execute(_statement(str(table), names), values)
    for row in rows:
        for name in names:
            set_committed_value(row, name, getattr(row, name))


@lru_cache(maxsize=100)
def _statement(table: str, names: tuple[str, ...]) -> TextClause:
    return text(
        "update " + table + " t set "
        + ", ".join(f"{name} = x.{name}" for name in names)
        + " from jsonb_populate_recordset(cast(null as " + table + "), cast(:rows as jsonb)) x"
        " where t.tenant_id = x.tenant_id and t.id = x.id"
    )  # fmt: skip

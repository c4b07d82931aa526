"""Sealed columns put under the newest key, so that an old key may go."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from metatron.kernel.secrets import SecretBox, SecretUnreadable

AT_ONCE = 200


@dataclass(frozen=True, slots=True)
class Sealed:
    """Columns of a table (`schema.name`) that a `SecretBox` has sealed.

    `key` names a row within its tenant, or altogether when `door` is "home" or "system": then the
    table carries no tenant and is written through that door.
    """

    table: str
    columns: tuple[str, ...]
    key: str = "id"
    door: Literal["tenant", "home", "system"] = "tenant"


@dataclass(slots=True)
class Resealed:
    """What was put under the newest key, and what no key opens."""

    done: int = 0
    unreadable: int = 0


async def reseal(
    session: AsyncSession, box: SecretBox, all_sealed: Sequence[Sealed], found: Resealed
) -> None:
    """Put all secrets that the session can see under the newest key; counts them in `found`.

    What somebody changes meanwhile is left as they made it: it is under the newest key already.
    """
    for sealed in all_sealed:
        schema, _, name = sealed.table.partition(".")
        names = (sealed.key, *sealed.columns)
        table = sa.table(name, *(sa.column(each) for each in names), schema=schema)
        for column in sealed.columns:
            await _column(session, box, table, (sealed.key, column), found)


async def _column(
    session: AsyncSession,
    box: SecretBox,
    table: sa.TableClause,
    names: tuple[str, str],
    found: Resealed,
) -> None:
    key, column = (table.c[name] for name in names)
    page = sa.select(key, column).where(column.is_not(None)).order_by(key).limit(AT_ONCE)
    rows = (await session.execute(page)).all()
    while rows:
        for row in rows:
            try:
                fresh = box.rotate(row[1])
            except SecretUnreadable:
                found.unreadable += 1
                continue
            change = sa.update(table).where(key == row[0], column == row[1])
            await session.execute(change.values({column: fresh}))
            found.done += 1
        rows = (await session.execute(page.where(key > rows[-1][0]))).all()

"""What a module keeps about people: how it is told to them, and what becomes of it on erasure."""

import re
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from metatron.kernel.context import Context

Fate = Literal["erased", "pseudonymised", "kept"]
ERASED_NAME = "Former member"
"""How somebody is called where a record of theirs stays."""
ERASED_WORDS = "(erased)"
"""What stands where their own words stood and something has to stand."""
PAGE = 500
_PARAMETER = re.compile(r"(?<!:):([a-z_]+)")
_FIRST = UUID(int=0)


@dataclass(frozen=True, slots=True)
class Person:
    """Whose data it is; `email` is in lower case, `name` as they write it."""

    user_id: UUID
    email: str
    name: str = ""


@dataclass(frozen=True, slots=True)
class Obstacle:
    """Why a person's data cannot be erased yet: a stable code, what to do, and how many."""

    code: str
    text: str
    count: int = 1


Work = Callable[[AsyncSession, Context, Person, datetime], Awaitable[int]]
"""Erases what statements alone do not, in the caller's transaction; bears repetition."""
Obstacles = Callable[[AsyncSession, Context, Person], Awaitable[list[Obstacle]]]


@dataclass(frozen=True, slots=True)
class PersonalData:
    """One kind of personal data of a module, in the organisation's own tables.

    `select` answers one page of the person's rows, `erase` is run in its sequence, and each
    statement bears repetition. Both may name `:tenant_id`, `:user_id`, `:email` and `:name`;
    `select` is ordered by a column `id` and names `:after` and `:most`. `why` says why something
    stays, and `years` for how long. `at_home`: the tables stay in the home database
    (`Module.home_tables`).
    """

    name: str
    title: str
    fate: Fate
    tables: tuple[str, ...]
    why: str = ""
    years: int | None = None
    at_home: bool = False
    select: str = ""
    erase: tuple[str, ...] = ()
    work: Work | None = None
    ends_with_account: bool = False
    """Not the organisation's to erase: it goes when the person is in no other organisation."""
    with_account: bool = False
    """Also kept in the platform's own name (sign-in links): erased there when the account ends."""


async def rows_of(
    session: AsyncSession, context: Context, kind: PersonalData, person: Person
) -> AsyncIterator[list[dict[str, Any]]]:
    """Yield the person's rows of a kind, page by page, as they are to be told."""
    after = _FIRST
    while kind.select:
        values = _values(context, person) | {"after": after, "most": PAGE}
        found = await session.execute(text(kind.select), _named(kind.select, values))
        page = [dict(row) for row in found.mappings()]
        if page:
            after = page[-1]["id"]
            yield page
        if len(page) < PAGE:
            return


async def erase_rows(
    session: AsyncSession, context: Context, kind: PersonalData, person: Person, now: datetime
) -> int:
    """Erase a kind of the person's data in the caller's transaction; returns how many rows."""
    count = 0
    for statement in kind.erase:
        values = _values(context, person) | {"now": now, "words": ERASED_WORDS}
        done: Any = await session.execute(text(statement), _named(statement, values))
        count += done.rowcount
    if kind.work is not None:
        count += await kind.work(session, context, person, now)
    return count


def _values(context: Context, person: Person) -> dict[str, Any]:
    return {
        "tenant_id": context.tenant_id,
        "user_id": person.user_id,
        "email": person.email,
        "name": person.name,
    }


def _named(statement: str, values: dict[str, Any]) -> dict[str, Any]:
    return {name: values[name] for name in set(_PARAMETER.findall(statement))}

"""Lists sorted by several keys: what a caller may ask for, and where the next page begins."""

from collections.abc import Mapping, Sequence
from typing import Any

import orjson
from fastapi import Query

from metatron.kernel.errors import InvalidInput
from metatron.kernel.paging import Kind

Keys = Mapping[str, tuple[str, Kind]]
"""By the name a caller sorts by: the SQL of the key, never null, and its type."""
Column = tuple[str, Kind, bool]
"""The SQL of a key, its type, and whether it descends."""
MOST_SORTS = 3


def sort_query(keys: Keys) -> Any:
    """Return the query parameter that takes these keys; `read_sort` says what else is wrong."""
    told = f"Up to {MOST_SORTS} of {', '.join(keys)}, the weightiest first; a minus descends."
    name = "-?[a-z_]{1,40}"
    return Query(pattern=f"^{name}(,{name}){{0,{MOST_SORTS - 1}}}$", description=told)


def read_sort(sort: str, keys: Keys) -> tuple[Column, ...]:
    """Read "-deadline_at,title" as columns.

    Raises:
        InvalidInput: a name that is none of the list's, or comes twice, or too many of them.
    """
    parts = [(part.removeprefix("-"), part.startswith("-")) for part in sort.split(",")]
    names = {name for name, _ in parts}
    if len(names) < len(parts) or len(parts) > MOST_SORTS or not names <= keys.keys():
        hint = f"Name up to {MOST_SORTS} of {', '.join(keys)}, each once; a minus descends."
        raise InvalidInput.field("query.sort", "unknown_sort", hint)
    return tuple((*keys[name], descends) for name, descends in parts)


def packed(keys: Sequence[str]) -> str:
    """Return a cursor's sort keys as one parameter: one as it is, several as a JSON array."""
    return keys[0] if len(keys) == 1 else orjson.dumps(list(keys)).decode()


def unpacked(parameter: str, columns: Sequence[Column]) -> list[str]:
    """Return the SQL of each of the sort keys in what `packed` made."""
    kinds = [kind for _, kind, _ in columns]
    if len(kinds) == 1:
        return [f"{parameter}::text::{kinds[0]}"]
    return [f"({parameter}::text::json ->> {at})::{kind}" for at, kind in enumerate(kinds)]


def order_of(columns: Sequence[Column]) -> str:
    """Return what stands behind ORDER BY."""
    return ", ".join(f"{column} {'desc' if down else 'asc'}" for column, _, down in columns)


def behind(columns: Sequence[Column], last: Sequence[str]) -> str:
    """Return the condition of rows after the one whose keys are `last`, as SQL of each value.

    In one direction a comparison of rows says it, which an index can follow. In a mixed order:
    equal in what comes first, beyond in what comes next.
    """
    ways = {down for _, _, down in columns}
    if len(ways) == 1:
        names = ", ".join(column for column, _, _ in columns)
        return f"({names}) {'<' if ways.pop() else '>'} ({', '.join(last)})"
    cases = []
    for place in range(len(columns)):
        tests = [
            f"{column} {'=' if at < place else '<' if down else '>'} {last[at]}"
            for at, (column, _, down) in enumerate(columns[: place + 1])
        ]
        cases.append("(" + " and ".join(tests) + ")")
    return f"({' or '.join(cases)})"

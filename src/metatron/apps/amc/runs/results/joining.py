"""Rows of many results as one table, with the client and the segment that each is of."""

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import UUID

from metatron.apps.amc.runs.results import engine, exporting
from metatron.apps.amc.runs.results.statements import (
    PLACE,
    Columns,
    Question,
    condition,
    quoted,
)

FIRST = ("client", "segment_start", "segment_end")
_KINDS = ("VARCHAR", "TIMESTAMP", "TIMESTAMP")
_FILE, _PART = "file of the row", "part of the row"
MOST_FILES = 1_000
"""So many files are read at once when rows are sorted or filtered."""


@dataclass(frozen=True, slots=True)
class Part:
    """A result with what its rows are told by. `start` and `end` are wall clock."""

    file: Path
    client: str
    start: str
    end: str
    row_count: int


@dataclass(frozen=True, slots=True)
class Joined:
    """Columns of several results: `shown` with ours before them, `source` by its name in a file."""

    shown: Columns
    source: dict[str, str]


def joined(sets: Sequence[Columns]) -> Joined:
    """Return what columns the results have together; the engine knows no case in names.

    One that has numbers of different kinds holds floating numbers, one that differs otherwise
    texts. A name that is one of ours is the result's with a mark behind.
    """
    names: dict[str, str] = {}
    kinds: dict[str, str] = {}
    for columns in sets:
        for name, kind in columns.types.items():
            low = name.lower()
            names.setdefault(low, name)
            kinds[low] = kind if kinds.get(low, kind) == kind else _both(kinds[low], kind)
    shown, source = dict(zip(FIRST, _KINDS, strict=True)), {}
    for low, name in names.items():
        told = name
        while told.lower() in FIRST or (told != name and told.lower() in names):
            told += "_"
        shown[told], source[told] = kinds[low], name
    return Joined(Columns(shown), source)


def _both(one: str, other: str) -> str:
    numbers = ("BIGINT", "DOUBLE", "DECIMAL")
    return "DOUBLE" if one.startswith(numbers) and other.startswith(numbers) else "VARCHAR"


async def window(
    parts: Sequence[Part],
    columns: Joined,
    *,
    offset: int,
    limit: int,
    sort: str | None,
    filters: list[Any],
    tenant_id: UUID,
) -> tuple[list[list[Any]], int | None]:
    """Return a window of the rows of `parts`, and how many the filters let through.

    Without a sort they come part by part, as they stand in the files.

    Raises:
        InvalidInput: a column or a filter that is none.
        ResultUnreadable: a value that does not fit its column, or too much to read.
        Busy: too many are asking.
    """
    rows, among = _asked(parts, columns, sort=sort, filters=filters)
    page = f"{rows.statement} limit {limit:d} offset {offset:d}"
    told = {"page": Question(page, rows.values)}
    if filters:
        told["filtered"] = Question(f"select count(*) {among}", rows.values)
    questions = {name: [each.statement, each.values] for name, each in told.items()}
    files = [part.file for part in parts]
    job = {"kind": "ask", "questions": questions}
    answer = await engine.ask(job, files=files, tenant_id=tenant_id)
    return answer["page"]["rows"], answer["filtered"]["rows"][0][0] if filters else None


def export(
    form: exporting.Form,
    parts: Sequence[Part],
    columns: Joined,
    *,
    sort: str | None,
    filters: list[Any],
    tenant_id: UUID,
) -> AsyncIterator[bytes]:
    """Return all rows of `parts` in a form, in the order that `window` cuts its pages from.

    Raises:
        InvalidInput: a column or a filter that is none.

    Raises, once it is read, as `exporting.content`.
    """
    rows, _ = _asked(parts, columns, sort=sort, filters=filters)
    if not parts:
        cells = (f"cast(null as {kind}) as {quoted(n)}" for n, kind in columns.shown.types.items())
        rows = Question(f"select {', '.join(cells)} where false")
    table = Question(f"({rows.statement})", rows.values)
    files = [part.file for part in parts]
    return exporting.streamed(form, columns.shown, table, files=files, tenant_id=tenant_id)


def _asked(
    parts: Sequence[Part], columns: Joined, *, sort: str | None, filters: list[Any]
) -> tuple[Question, str]:
    """Return the question of all rows in their order, and where they are chosen from."""
    test, values = condition(columns.shown, filters)
    order = f"{quoted(_PART)}, {PLACE}"
    if sort:
        name = columns.shown.one(sort.removeprefix("-"), "query.sort")
        order = f"{name} {'desc' if sort.startswith('-') else 'asc'} nulls last, {order}"
    values |= {
        "files": [str(part.file) for part in parts],
        "clients": [part.client for part in parts],
        "starts": [part.start for part in parts],
        "ends": [part.end for part in parts],
    }
    among = f"from ({_table(columns)}) where {test}"
    return Question(f"select {columns.shown.all_quoted()} {among} order by {order}", values), among


def _table(columns: Joined) -> str:
    place = quoted(_PART)
    cells = [
        f"list_extract($clients, {place}) as client",
        f"cast(list_extract($starts, {place}) as timestamp) as segment_start",
        f"cast(list_extract($ends, {place}) as timestamp) as segment_end",
        *(
            f"try_cast({quoted(name)} as {columns.shown.types[told]}) as {quoted(told)}"
            for told, name in columns.source.items()
        ),
    ]
    return (
        f"select {', '.join(cells)}, {place}, {PLACE} from ("
        f"select *, list_position($files, {quoted(_FILE)}) as {place} from read_parquet($files,"
        f" union_by_name = true, filename = '{_FILE}', file_row_number = true))"
    )

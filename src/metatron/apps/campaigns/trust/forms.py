"""Rows as a file, piece by piece: CSV that runs no formula, or one JSON object a line."""

from collections.abc import AsyncIterator, Sequence
from typing import Any, Literal

import orjson

from metatron.kernel.csv_text import csv_lines

type Form = Literal["csv", "json"]
type Rows = AsyncIterator[Sequence[Sequence[Any]]]
"""The names of the columns as the only row of the first piece, then the rows, some at a time."""

MEDIA: dict[Form, tuple[str, str]] = {
    "csv": ("text/csv; charset=utf-8", "csv"),
    "json": ("application/x-ndjson", "jsonl"),
}
"""Media type and ending of each form."""


async def as_csv(rows: Rows) -> AsyncIterator[bytes]:
    """Yield rows as RFC 4180 CSV, the names first."""
    async for some in rows:
        yield csv_lines(some)


async def as_json_lines(rows: Rows) -> AsyncIterator[bytes]:
    """Yield each row as a JSON object on a line of its own."""
    [names] = await anext(rows)
    async for some in rows:
        objects = (dict(zip(names, row, strict=True)) for row in some)
        yield b"".join(orjson.dumps(each, default=str) + b"\n" for each in objects)

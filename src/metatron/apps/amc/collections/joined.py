"""A collection's rows as one table: read from no more files than the page needs."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import UUID

import orjson

from metatron.apps.amc.collections import queries
from metatron.apps.amc.connections.grants import viewer_of
from metatron.apps.amc.runs.errors import ResultGone
from metatron.apps.amc.runs.results import exporting, joining, keeping, sheets
from metatron.apps.amc.runs.results.joining import MOST_FILES, Part
from metatron.apps.amc.runs.results.reading import shown
from metatron.apps.amc.runs.results.statements import Columns
from metatron.kernel.errors import InvalidInput
from metatron.kernel.http.unit import Reader


async def rows(
    read: Reader,
    collection_id: UUID,
    *,
    offset: int,
    limit: int,
    sort: str | None,
    filters: list[Any],
) -> dict[str, Any]:
    """Return a window of the rows, with the client and the segment of each.

    Without sort and filter they come by client and time.

    Raises:
        InvalidInput: a column or a filter that is none, or too many results to sort or filter.
        ResultGone: a result is not in its place.
        ResultUnreadable: too much to read.
    """
    parts, columns = await _held(read, collection_id)
    total = sum(part.row_count for part in parts)
    if sort or filters:
        if len(parts) > MOST_FILES:
            hint = f"More than {MOST_FILES:,} results cannot be sorted or filtered together."
            raise InvalidInput.field("query.sort", "too_many_results", hint)
    else:
        parts, offset = cut(parts, offset, limit)
    if not parts:
        return {"columns": shown(columns.shown), "rows": [], "total": total, "filtered": total}
    if not all(part.file.is_file() for part in parts):
        raise ResultGone
    page, filtered = await joining.window(
        parts, columns, offset=offset, limit=limit, sort=sort, filters=filters,
        tenant_id=read.context.tenant_id,
    )  # fmt: skip
    return {
        "columns": shown(columns.shown),
        "rows": page,
        "total": total,
        "filtered": total if filtered is None else filtered,
    }


@dataclass(frozen=True, slots=True)
class Export:
    """All rows of a collection in a form, and how many there are before any filter."""

    parts: AsyncIterator[bytes]
    row_count: int


async def export(
    read: Reader, collection_id: UUID, *, form: exporting.Form, sort: str | None, filters: list[Any]
) -> Export:
    """Return the rows of every client that the reader sees, sorted and filtered as `rows` does.

    Raises:
        InvalidInput: a column or a filter that is none, more results than are read together, more
            rows than a sheet holds.
        ResultGone: a result is not in its place.
    """
    parts, columns = await _held(read, collection_id)
    total = sum(part.row_count for part in parts)
    if len(parts) > MOST_FILES:
        hint = f"More than {MOST_FILES:,} results cannot be exported together."
        raise InvalidInput.field("query.format", "too_many_results", hint)
    if form == "xlsx" and total > sheets.MOST_SHEET_ROWS:
        hint = f"A sheet holds {sheets.MOST_SHEET_ROWS:,} rows. Take CSV or Parquet."
        raise InvalidInput.field("query.format", "too_many_rows", hint)
    if not all(part.file.is_file() for part in parts):
        raise ResultGone
    content = joining.export(
        form, parts, columns, sort=sort, filters=filters, tenant_id=read.context.tenant_id
    )
    return Export(content, total)


async def _held(read: Reader, collection_id: UUID) -> tuple[list[Part], joining.Joined]:
    told = await read.direct.json(
        read.context, queries.PARTS, collection_id, viewer_of(read.context)
    )
    found = orjson.loads(told or b"")
    columns = joining.joined([Columns.of(each) for each in found["columns"]])
    return [_part(read.context.tenant_id, each) for each in found["parts"]], columns


def cut(parts: list[Part], offset: int, limit: int) -> tuple[list[Part], int]:
    """Return the parts that hold a window of their rows, and where it begins in these."""
    needed: list[Part] = []
    passed = begun = 0
    for part in parts:
        if passed + part.row_count > offset:
            if not needed:
                begun = offset - passed
            needed.append(part)
        passed += part.row_count
        if passed >= offset + limit:
            break
    return needed, begun


def _part(tenant_id: UUID, told: dict[str, Any]) -> Part:
    file: Path = keeping.place_of(tenant_id, UUID(told["run_id"]))
    return Part(file, told["client"], told["start"], told["end"], told["row_count"])

"""Results as files for elsewhere, streamed: what is not yet sent is not yet made."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any, Literal
from uuid import UUID

from metatron.apps.amc.runs.results import engine, sheets, statements
from metatron.apps.amc.runs.results.statements import Columns, quoted
from metatron.kernel.csv_text import harmless

Form = Literal["csv", "json", "parquet", "xlsx"]
MEDIA_TYPES = {
    "csv": "text/csv; charset=utf-8",
    "json": "application/json",
    "parquet": "application/vnd.apache.parquet",
    "xlsx": sheets.MEDIA_TYPE,
}


def content(
    form: Form,
    columns: Columns,
    file: Path,
    *,
    sort: str | None = None,
    filters: list[Any] | None = None,
    chosen: Columns | None = None,
    tenant_id: UUID | None = None,
) -> AsyncIterator[bytes]:
    """Return a tenant's result in a form, part by part: sorted and filtered as a page of it is.

    `chosen` are those of its columns that are wanted, in their order; all without it.

    Raises:
        InvalidInput: a column or a filter that is none.

    Raises, once it is read:
        Failed: the engine ended early.
        Busy: too many are exporting.
    """
    if form == "parquet" and not (sort or filters or chosen):
        return _whole(file)
    table, values = _table(columns, sort, filters or [])
    question = statements.Question(table, {"file": str(file), **values})
    return streamed(form, chosen or columns, question, files=[file], tenant_id=tenant_id)


def streamed(
    form: Form,
    columns: Columns,
    table: statements.Question,
    *,
    files: list[Path],
    tenant_id: UUID | None = None,
) -> AsyncIterator[bytes]:
    """Return the rows of a table over `files` in a form; raises, once it is read, as `content`."""
    makers = {"csv": _csv, "json": _json, "xlsx": _sheet, "parquet": _parquet}
    job = makers[form](columns, table.statement) | {"values": table.values}
    return engine.stream(job, files=files, tenant_id=tenant_id)


async def begun(parts: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    """Return `parts` with the first of them read: what fails at once is refused, not cut off."""
    first = await anext(parts, b"")

    async def rest() -> AsyncIterator[bytes]:
        try:
            yield first
            async for part in parts:
                yield part
        finally:
            await parts.aclose()  # type: ignore[attr-defined]

    return rest()


def _table(columns: Columns, sort: str | None, filters: list[Any]) -> tuple[str, dict[str, Any]]:
    """Return the rows that a page would be cut from, as a table in their order, and its values."""
    if not sort and not filters:
        return statements.FILE, {}
    test, values = statements.condition(columns, filters)
    order = statements.order_of(columns, sort)
    rows = f"select {columns.all_quoted()} from {statements.FILE} where {test} order by {order}"
    return f"({rows})", values


def _csv(columns: Columns, table: str) -> dict[str, Any]:
    cells = ", ".join(
        f"{sheets.safe_text(quoted(name)) if kind == 'VARCHAR' else quoted(name)}"
        f" as {quoted(str(harmless(name)))}"
        for name, kind in columns.types.items()
    )
    statement = f"copy (select {cells} from {table}) to '{engine.OUT}' (format csv, header true)"
    return {"kind": "copy", "statement": statement}


def _json(columns: Columns, table: str) -> dict[str, Any]:
    cells = columns.all_quoted()
    statement = f"copy (select {cells} from {table}) to '{engine.OUT}' (format json, array true)"
    return {"kind": "copy", "statement": statement}


def _parquet(columns: Columns, table: str) -> dict[str, Any]:
    statement = (
        f"copy (select {columns.all_quoted()} from {table}) to '{engine.OUT}'"
        " (format parquet, compression zstd, use_tmp_file false)"
    )
    return {"kind": "copy", "statement": statement}


def _sheet(columns: Columns, table: str) -> dict[str, Any]:
    return {
        "kind": "sheet",
        "statement": sheets.statement(columns, table),
        "parts": sheets.PARTS,
        "sheet": sheets.SHEET,
        "head": sheets.head(columns),
        "foot": sheets.FOOT,
    }


async def _whole(file: Path) -> AsyncIterator[bytes]:
    source = await asyncio.to_thread(file.open, "rb")
    try:
        while part := await asyncio.to_thread(source.read, engine.CHUNK_BYTES):
            yield part
    finally:
        source.close()

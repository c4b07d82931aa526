"""Results as files for elsewhere, streamed: what is not yet sent is not yet made."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any, Literal
from uuid import UUID

from metatron.apps.amc.runs.results import engine, sheets
from metatron.apps.amc.runs.results.statements import Columns, quoted
from metatron.kernel.csv_text import harmless

Form = Literal["csv", "json", "parquet", "xlsx"]
MEDIA_TYPES = {
    "csv": "text/csv; charset=utf-8",
    "json": "application/json",
    "parquet": "application/vnd.apache.parquet",
    "xlsx": sheets.MEDIA_TYPE,
}
_PLAIN = "read_parquet($file)"


def content(
    form: Form, columns: Columns, file: Path, *, tenant_id: UUID | None = None
) -> AsyncIterator[bytes]:
    """Return a tenant's result in a form, part by part.

    Raises, once it is read:
        Failed: the engine ended early.
        Busy: too many are exporting.
    """
    if form == "parquet":
        return _whole(file)
    job = {"csv": _csv, "json": _json, "xlsx": _sheet}[form](columns)
    whole = job | {"values": {"file": str(file)}}
    return engine.stream(whole, files=[file], tenant_id=tenant_id)


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


def _csv(columns: Columns) -> dict[str, Any]:
    cells = ", ".join(
        f"{sheets.safe_text(quoted(name)) if kind == 'VARCHAR' else quoted(name)}"
        f" as {quoted(str(harmless(name)))}"
        for name, kind in columns.types.items()
    )
    statement = f"copy (select {cells} from {_PLAIN}) to '{engine.OUT}' (format csv, header true)"
    return {"kind": "copy", "statement": statement}


def _json(columns: Columns) -> dict[str, Any]:
    cells = columns.all_quoted()
    statement = f"copy (select {cells} from {_PLAIN}) to '{engine.OUT}' (format json, array true)"
    return {"kind": "copy", "statement": statement}


def _sheet(columns: Columns) -> dict[str, Any]:
    return {
        "kind": "sheet",
        "statement": sheets.statement(columns),
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

"""The audit log as a file: CSV that no spreadsheet takes for formulas, or JSON lines."""

from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any, Literal

import orjson
from starlette.responses import StreamingResponse

from metatron.kernel.csv_text import csv_lines

MOST_ROWS = 100_000
PAGE = 1_000
COLUMNS = (
    "id", "recorded_at", "occurred_at", "name", "aggregate_id", "actor_kind", "actor_id",
    "actor_label", "impersonator_id", "request_id", "seal_sequence", "seal_hash", "payload",
)  # fmt: skip
FetchPage = Callable[[str | None, int], Awaitable[list[dict[str, Any]]]]
"""Given the id to go on before and a limit, answers entries, newest first."""


def answer(fetch: FetchPage, form: Literal["csv", "json"]) -> StreamingResponse:
    """Return the log as a download, as CSV or JSON lines."""
    body: AsyncIterator[bytes]
    if form == "csv":
        body, media_type, ending = as_csv(fetch), "text/csv; charset=utf-8", "csv"
    else:
        body, media_type, ending = as_json_lines(fetch), "application/x-ndjson", "jsonl"
    headers = {"content-disposition": f'attachment; filename="audit.{ending}"'}
    return StreamingResponse(body, media_type=media_type, headers=headers)


async def entries(fetch: FetchPage) -> AsyncIterator[list[dict[str, Any]]]:
    """Yield the log page by page, up to `MOST_ROWS` entries."""
    before, total = None, 0
    while total < MOST_ROWS:
        page = await fetch(before, min(PAGE, MOST_ROWS - total))
        if not page:
            return
        yield page
        before, total = page[-1]["id"], total + len(page)


async def as_csv(fetch: FetchPage) -> AsyncIterator[bytes]:
    """Yield the log as RFC 4180 CSV."""
    yield csv_lines([COLUMNS])
    async for page in entries(fetch):
        yield csv_lines(_cells(entry) for entry in page)


async def as_json_lines(fetch: FetchPage) -> AsyncIterator[bytes]:
    """Yield the log as one JSON object a line."""
    async for page in entries(fetch):
        yield b"".join(orjson.dumps(entry) + b"\n" for entry in page)


def _cells(entry: dict[str, Any]) -> list[Any]:
    actor = entry["actor"]
    flat = entry | {f"actor_{name}": actor[name] for name in ("kind", "id", "label")}
    flat["payload"] = orjson.dumps(entry["payload"], option=orjson.OPT_SORT_KEYS).decode()
    return [flat[name] for name in COLUMNS]

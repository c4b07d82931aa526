"""Pages of lists, read by the direct door."""

from typing import Annotated, Any

import orjson
from fastapi import Query
from pydantic import StringConstraints
from starlette.responses import Response

from metatron.kernel.http.unit import Read
from metatron.kernel.paging import MAX_PAGE

Limit = Annotated[int, Query(ge=1, le=MAX_PAGE)]
Cursor = Annotated[str | None, Query(max_length=2_000)]
Words = Annotated[
    Annotated[str, StringConstraints(pattern=r"^[^\x00-\x1f\x7f]{1,200}$")] | None,
    Query(),
]


async def read_page(
    read: Read, statement: str, *arguments: object, limit: int
) -> tuple[list[dict[str, Any]], str | None]:
    """Return a page's rows and the cursor of the next; the statement's last argument is a limit."""
    found = await read.direct.json(read.context, statement, *arguments, limit + 1)
    rows: list[dict[str, Any]] = orjson.loads(found or b"[]")
    page = rows[:limit]
    cursor = page[-1]["cursor_"] if len(rows) > limit else None
    for row in page:
        row.pop("cursor_", None)
    return page, cursor


def answer_json(content: Any, *, status: int = 200, version: int | None = None) -> Response:
    """Return JSON, with the record's entity tag when it has a version."""
    headers = {} if version is None else {"etag": f'"{version}"'}
    return Response(
        orjson.dumps(content, default=str),
        status_code=status,
        media_type="application/json",
        headers=headers,
    )

"""What the rooms' HTTP edges share: bodies' texts, lists' parameters, answers as JSON."""

import math
import re
from typing import TYPE_CHECKING, Annotated, Any

import orjson
from fastapi import Header, Query
from pydantic import AfterValidator, BaseModel, ConfigDict, StringConstraints
from starlette.responses import Response

from metatron.kernel.paging import MAX_PAGE, cut_page

if TYPE_CHECKING:
    from metatron.kernel.http.unit import Read

_UNSTORABLE = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")


def _storable(text: str) -> str:
    if _UNSTORABLE.search(text):
        raise ValueError("control characters are not allowed")
    try:
        text.encode()
    except UnicodeEncodeError as error:
        raise ValueError("this is not valid Unicode text") from error
    return text


def _plain(value: Any, depth: int = 0) -> Any:
    """Let through what JSON of PostgreSQL keeps as it is: no NUL, no lone surrogate, no NaN."""
    if depth > DEEPEST_JSON:
        raise ValueError("this is nested too deeply")
    if isinstance(value, str):
        if "\x00" in value:
            raise ValueError("control characters are not allowed")
        value.encode()
    elif isinstance(value, float) and not math.isfinite(value):
        raise ValueError("this is no number")
    elif isinstance(value, int) and not -(2**63) <= value < 2**63:
        raise ValueError("this number is too large")
    elif isinstance(value, list):
        for each in value:
            _plain(each, depth + 1)
    elif isinstance(value, dict):
        for name, each in value.items():
            _plain(name)
            _plain(each, depth + 1)
    return value


DEEPEST_JSON = 8
PlainJson = Annotated[Any, AfterValidator(_plain)]
"""A value of a parameter: whatever JSON can say, as long as it can be kept."""


def _one_line(text: str) -> str:
    if any(ord(sign) < 32 for sign in text):
        raise ValueError("control characters are not allowed")
    return _storable(text)


Storable = AfterValidator(_storable)
Line = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=1, max_length=200),
    AfterValidator(_one_line),
]
ShortText = Annotated[str, StringConstraints(strip_whitespace=True, max_length=2_000), Storable]
Paragraphs = Annotated[str, StringConstraints(strip_whitespace=True, max_length=10_000), Storable]
Sql = Annotated[str, StringConstraints(min_length=1, max_length=200_000), Storable]
Draft = Annotated[str, StringConstraints(max_length=50_000), Storable]
"""A query somebody is still typing: it may be empty. Looking at it takes a shared thread."""
Limit = Annotated[int, Query(ge=1, le=MAX_PAGE)]
Cursor = Annotated[str | None, Query(max_length=2_000)]
Words = Annotated[
    Annotated[str, StringConstraints(pattern=r"^[^\x00-\x1f\x7f]{1,200}$")] | None, Query()
]
IfMatch = Annotated[str | None, Header(max_length=200)]


class Body(BaseModel):
    """A request body. Unknown members are refused, so that a misspelt one is not lost."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Page[Item](BaseModel):
    """A page of a list; without `next_cursor` it is the last."""

    items: list[Item]
    next_cursor: str | None


def told_page(rows: list[dict[str, Any]], limit: int) -> dict[str, Any]:
    """Return a page of `limit` rows as it is answered."""
    items, next_cursor = cut_page(rows, limit)
    return {"items": items, "next_cursor": next_cursor}


async def answer_page(read: "Read", statement: str, *arguments: Any, limit: int) -> Response:
    """Answer a page by the direct door; the statement is given a row more than `limit`."""
    found = await read.direct.json(read.context, statement, *arguments)
    return answer_json(told_page(orjson.loads(found or b"[]"), limit))


def answer_json(content: Any, *, status: int = 200, version: int | None = None) -> Response:
    """Return JSON, with the record's entity tag when it has a version."""
    headers = {} if version is None else {"etag": f'"{version}"'}
    body = content if isinstance(content, bytes) else orjson.dumps(content, default=str)
    return Response(body, status_code=status, media_type="application/json", headers=headers)

"""Sending a content, or a part: its own type, as an attachment, and nothing in it runs."""

from typing import Annotated, Any

from fastapi import Header
from starlette.responses import Response, StreamingResponse

from metatron.kernel.context import Context
from metatron.platform.files.errors import RangeNotSatisfiable
from metatron.platform.files.media_types import TEXTS
from metatron.platform.files.names import disposition
from metatron.platform.files.ranges import Part, Unsatisfiable, part_asked
from metatron.platform.files.reading import open_content
from metatron.platform.files.rows import FileFacts

Range = Annotated[
    str | None, Header(alias="Range", description="One range of bytes; several are answered whole")
]
IfRange = Annotated[
    str | None, Header(alias="If-Range", description="The ETag of the content begun with")
]
_HEADERS = {
    "content-security-policy": "default-src 'none'; sandbox",
    "x-content-type-options": "nosniff",
    "accept-ranges": "bytes",
}


def content_responses(content: dict[str, Any]) -> dict[int | str, dict[str, Any]]:
    """Return what the OpenAPI document says of a route that answers with `content_answer`."""
    return {
        200: {"description": "The content", "content": content},
        206: {"description": "The part of it that was asked for", "content": content},
    }


async def content_answer(
    context: Context,
    found: FileFacts,
    *,
    cache_control: str,
    wanted: str | None,
    only_if: str | None,
) -> Response:
    """Return a file's content as an answer; the caller has checked that the actor may have it.

    `wanted` and `only_if` are the request's `Range` and `If-Range`.

    Raises:
        ContentMissing: the content is not in its place, or not whole.
        RangeNotSatisfiable: it ends before the part that was asked for.
    """
    tag, size = f'"{found.sha256}"', found.size_bytes
    try:
        asked = part_asked(wanted, only_if, tag=tag, size=size)
    except Unsatisfiable as error:
        raise RangeNotSatisfiable(size) from error
    part = asked or Part(0, size - 1)
    length = None if asked is None else part.length
    parts = await open_content(context, found, first=part.first, length=length)
    charset = "; charset=utf-8" if found.media_type in TEXTS else ""
    headers = {
        **_HEADERS,
        "content-type": f"{found.media_type}{charset}",
        "content-length": str(part.length),
        "content-disposition": disposition(found.name),
        "cache-control": cache_control,
        "etag": tag,
    }
    if asked is None:
        return StreamingResponse(parts, headers=headers)
    headers["content-range"] = f"bytes {part.first}-{part.last}/{size}"
    return StreamingResponse(parts, status_code=206, headers=headers)

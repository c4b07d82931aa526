"""Sending a content: its own type, as an attachment, and nothing in it runs."""

from starlette.responses import Response, StreamingResponse

from metatron.kernel.context import Context
from metatron.platform.files.media_types import TEXTS
from metatron.platform.files.names import disposition
from metatron.platform.files.reading import open_content
from metatron.platform.files.rows import FileFacts

_HEADERS = {
    "content-security-policy": "default-src 'none'; sandbox",
    "x-content-type-options": "nosniff",
}


async def content_answer(context: Context, found: FileFacts, *, cache_control: str) -> Response:
    """Return a file's content as an answer; the caller has checked that the actor may have it.

    Raises:
        ContentMissing: the content is not in its place, or not whole.
    """
    parts = await open_content(context, found)
    charset = "; charset=utf-8" if found.media_type in TEXTS else ""
    headers = {
        **_HEADERS,
        "content-type": f"{found.media_type}{charset}",
        "content-length": str(found.size_bytes),
        "content-disposition": disposition(found.name),
        "cache-control": cache_control,
    }
    return StreamingResponse(parts, headers=headers)

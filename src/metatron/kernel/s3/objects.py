"""Whole objects: put at once or in parts, and listed."""

import asyncio
import hashlib
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import aclosing, suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from xml.sax.saxutils import escape

from metatron.kernel.s3.wire import StoreAway, StoreRefused, Wire

MOST_AT_ONCE = 64_000_000
"""Bytes sent in one request; what is larger goes in parts, which a store joins at the end."""
PART_BYTES = 16_000_000
CHUNK_BYTES = 262_144


@dataclass(frozen=True, slots=True)
class Listed:
    """One object of a list; `changed_at` is an instant on the store's clock."""

    key: str
    size_bytes: int
    changed_at: datetime


async def put_file(
    wire: Wire,
    key: str,
    file: Path,
    *,
    size_bytes: int,
    sha256: str,
    most_at_once: int = MOST_AT_ONCE,
    part_bytes: int = PART_BYTES,
) -> None:
    """Put a file under a key, in place of what was there; the former stays until all has come.

    Args:
        wire: the bucket.
        key: the object's.
        file: its content, which does not change meanwhile.
        size_bytes: of the whole file.
        sha256: of the whole file, in hexadecimal; the store compares it.
        most_at_once: bytes from which on it goes in parts.
        part_bytes: of each part; S3 itself takes no fewer than 5 MiB, but for the last.

    Raises:
        StoreRefused, StoreAway: nothing was changed, and no part is left.
    """
    if size_bytes <= most_at_once:
        # The client leaves a body half read open when the connection breaks.
        async with aclosing(_read(file)) as content:
            await wire.call("PUT", key, content=content, length=size_bytes, sha256=sha256)
    else:
        await _put_in_parts(wire, key, file, part_bytes)


async def listed(wire: Wire, prefix: str) -> AsyncIterator[Listed]:
    """Yield the objects whose keys begin with `prefix`; raises `StoreRefused` and `StoreAway`."""
    asked = {"list-type": "2", "prefix": prefix}
    while True:
        page = await wire.call("GET", "", asked)
        for each in page.within("Contents"):
            changed_at = datetime.fromisoformat(each.one("LastModified"))
            yield Listed(each.one("Key"), int(each.one("Size")), changed_at)
        if page.all("IsTruncated")[:1] != ["true"]:
            return
        asked["continuation-token"] = page.one("NextContinuationToken")


async def folders(wire: Wire, prefix: str) -> list[str]:
    """Return what stands between `prefix` and the next slash; raises as `listed` does."""
    asked, found = {"delimiter": "/", "list-type": "2", "prefix": prefix}, list[str]()
    while True:
        page = await wire.call("GET", "", asked)
        for each in page.within("CommonPrefixes"):
            found.append(each.one("Prefix").removeprefix(prefix).rstrip("/"))
        if page.all("IsTruncated")[:1] != ["true"]:
            return found
        asked["continuation-token"] = page.one("NextContinuationToken")


async def _put_in_parts(wire: Wire, key: str, file: Path, part_bytes: int) -> None:
    begun = await wire.call("POST", key, {"uploads": ""})
    upload = begun.one("UploadId")
    try:
        tags: list[str] = []
        source = await asyncio.to_thread(file.open, "rb")
        try:
            while content := await asyncio.to_thread(source.read, part_bytes):
                number = len(tags) + 1
                sent = await wire.call(
                    "PUT", key, {"partNumber": str(number), "uploadId": upload}, content=content,
                    length=len(content), sha256=hashlib.sha256(content).hexdigest(),
                )  # fmt: skip
                tag = escape(sent.headers.get("etag", ""))
                tags.append(f"<Part><PartNumber>{number}</PartNumber><ETag>{tag}</ETag></Part>")
        finally:
            source.close()
        whole = f"<CompleteMultipartUpload>{''.join(tags)}</CompleteMultipartUpload>".encode()
        await wire.call(
            "POST", key, {"uploadId": upload}, content=whole, length=len(whole),
            sha256=hashlib.sha256(whole).hexdigest(),
        )  # fmt: skip
    except BaseException:
        # Parts that nobody joins are kept, and paid for, until somebody says otherwise.
        with suppress(StoreRefused, StoreAway):
            await wire.call("DELETE", key, {"uploadId": upload})
        raise


async def _read(file: Path) -> AsyncGenerator[bytes]:
    source = await asyncio.to_thread(file.open, "rb")
    try:
        while chunk := await asyncio.to_thread(source.read, CHUNK_BYTES):
            yield chunk
    finally:
        source.close()

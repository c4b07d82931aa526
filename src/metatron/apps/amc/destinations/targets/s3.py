"""A bucket of an S3-like store: one object a client, workflow and window, replaced at once."""

import asyncio
import hashlib
import tempfile
from collections.abc import AsyncIterator
from contextlib import suppress
from pathlib import Path
from xml.sax.saxutils import escape

from metatron.apps.amc.destinations.kinds import S3Settings
from metatron.apps.amc.destinations.targets import part
from metatron.apps.amc.destinations.targets.load import Load
from metatron.apps.amc.destinations.targets.outcome import Away, Refused
from metatron.apps.amc.destinations.targets.s3_wire import Wire, wired
from metatron.apps.amc.runs.results import keeping
from metatron.kernel.ids import new_id

MOST_AT_ONCE = 64_000_000
"""Bytes sent in one request; what is larger goes in parts, which a store joins at the end."""
PART_BYTES = 16_000_000
CHUNK_BYTES = 262_144
MOST_LISTED = 20


async def deliver(settings: S3Settings, secret: str, load: Load) -> int:
    """Put a result's object in place of the former one; returns its rows.

    Raises:
        Refused, Away: the store takes nothing, or not now: the former object is still there.
        engine.Failed: the result could not be read.
    """
    aside = Path(await asyncio.to_thread(tempfile.mkdtemp, prefix="metatron-amc-"))
    try:
        file = aside / part.FILE
        rows = await part.write_part(load, file)
        kept = await keeping.seal(file)
        folder = _joined(settings.prefix, load.folder)
        async with wired(settings, secret) as wire:
            key = f"{folder}/{part.FILE}"
            if kept.size_bytes <= MOST_AT_ONCE:
                await wire.call(
                    "PUT", key, content=_read(file), length=kept.size_bytes,
                    sha256=kept.sha256.hex(),
                )  # fmt: skip
            else:
                await _put_in_parts(wire, key, file)
            await _clear_others(wire, folder, key)
    finally:
        await keeping.clear(aside)
    return rows


async def try_out(settings: S3Settings, secret: str) -> None:
    """Put and delete a small object; raises `Refused` and `Away`."""
    key = _joined(settings.prefix, f"metatron-{new_id()}")
    async with wired(settings, secret) as wire:
        body = b"1"
        await wire.call("PUT", key, content=body, length=1, sha256=hashlib.sha256(body).hexdigest())
        await wire.call("DELETE", key)


async def _put_in_parts(wire: Wire, key: str, file: Path) -> None:
    begun = await wire.call("POST", key, {"uploads": ""})
    upload = begun.one("UploadId")
    try:
        tags: list[str] = []
        source = await asyncio.to_thread(file.open, "rb")
        try:
            while content := await asyncio.to_thread(source.read, PART_BYTES):
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
        with suppress(Refused, Away):
            await wire.call("DELETE", key, {"uploadId": upload})
        raise


async def _clear_others(wire: Wire, folder: str, key: str) -> None:
    """Delete what else lies in the window's folder: files of earlier ways of writing it."""
    asked = {"list-type": "2", "prefix": f"{folder}/"}
    for _ in range(MOST_LISTED):
        listed = await wire.call("GET", "", asked)
        for other in listed.all("Key"):
            if other != key:
                await wire.call("DELETE", other)
        if listed.all("IsTruncated")[:1] != ["true"]:
            return
        asked["continuation-token"] = listed.one("NextContinuationToken")


async def _read(file: Path) -> AsyncIterator[bytes]:
    source = await asyncio.to_thread(file.open, "rb")
    try:
        while chunk := await asyncio.to_thread(source.read, CHUNK_BYTES):
            yield chunk
    finally:
        source.close()


def _joined(prefix: str, key: str) -> str:
    return f"{prefix}/{key}" if prefix else key

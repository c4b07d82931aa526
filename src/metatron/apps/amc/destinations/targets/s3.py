"""A bucket of an S3-like store: one object a client, workflow and window, replaced at once."""

import asyncio
import hashlib
import tempfile
from pathlib import Path

from metatron.apps.amc.destinations.kinds import S3Settings
from metatron.apps.amc.destinations.targets import part
from metatron.apps.amc.destinations.targets.load import Load
from metatron.apps.amc.destinations.targets.s3_wire import wired
from metatron.apps.amc.runs.results import keeping
from metatron.kernel.ids import new_id
from metatron.kernel.s3.objects import MOST_AT_ONCE, PART_BYTES, put_file
from metatron.kernel.s3.wire import Wire

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
            await put_file(
                wire, key, file, size_bytes=kept.size_bytes, sha256=kept.sha256.hex(),
                most_at_once=MOST_AT_ONCE, part_bytes=PART_BYTES,
            )  # fmt: skip
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


def _joined(prefix: str, key: str) -> str:
    return f"{prefix}/{key}" if prefix else key

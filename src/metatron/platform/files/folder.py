"""Contents in the data folder: a shard for each tenant, named by their SHA-256.

A content is written beside its place, flushed to the disk and then renamed: what has its name is
whole. `<root>/<tenant>/<aa>/<sha256>`, with `incoming/` and `aside/` beside the shards.
"""

import asyncio
import hashlib
import os
from collections.abc import AsyncIterator, Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO
from uuid import UUID

from metatron.kernel.ids import new_id
from metatron.platform.files.media_types import Sniffer

PART_BYTES = 256 * 1_024
INCOMING, ASIDE = "incoming", "aside"


@dataclass(frozen=True, slots=True)
class Received:
    """A whole content that has no place yet; `sniffer` has seen all of it."""

    tenant_id: UUID
    path: Path
    sha256: bytes
    sniffer: Sniffer


class ContentTooLarge(Exception):
    """More bytes came than were allowed."""


class Folder:
    """The contents of all tenants of this installation."""

    def __init__(self, root: Path) -> None:
        """Use `root`, made when the first content comes."""
        self.root = root

    async def receive(
        self, tenant_id: UUID, parts: AsyncIterator[bytes], *, most_bytes: int
    ) -> Received:
        """Write what comes to a scratch file, on the disk when this returns.

        Whatever interrupts it, nothing is left behind.

        Raises:
            ContentTooLarge: more than `most_bytes`.
        """
        path = self._of(tenant_id) / INCOMING / str(new_id())
        out = await asyncio.to_thread(_create, path)
        digest, sniffer = hashlib.sha256(), Sniffer()
        try:
            async for part in _limited(parts, most_bytes):
                digest.update(part)
                sniffer.feed(part)
                await asyncio.to_thread(out.write, part)
            await asyncio.to_thread(_flush, out)
        except BaseException:
            out.close()
            path.unlink(missing_ok=True)
            raise
        out.close()
        return Received(tenant_id, path, digest.digest(), sniffer)

    async def keep(self, received: Received) -> None:
        """Give a content its place, over the same content if it is there already."""
        await asyncio.to_thread(_rename, received.path, self.place(*_key(received)))

    async def discard(self, received: Received) -> None:
        """Forget a content that was not kept; one that was stays."""
        await asyncio.to_thread(received.path.unlink, missing_ok=True)

    def place(self, tenant_id: UUID, sha256: bytes) -> Path:
        """Return where a content lies."""
        name = sha256.hex()
        return self._of(tenant_id) / name[:2] / name

    async def size(self, tenant_id: UUID, sha256: bytes) -> int | None:
        """Return how many bytes a content has, None when it is not there."""
        return await asyncio.to_thread(_size, self.place(tenant_id, sha256))

    async def read(self, tenant_id: UUID, sha256: bytes) -> AsyncIterator[bytes]:
        """Yield a content in parts; raises `FileNotFoundError` when it is not there."""
        source = await asyncio.to_thread(self.place(tenant_id, sha256).open, "rb")
        try:
            while part := await asyncio.to_thread(source.read, PART_BYTES):
                yield part
        finally:
            source.close()

    def tenants(self) -> list[UUID]:
        """Return the tenants that have, or had, contents."""
        return [UUID(each.name) for each in _children(self.root) if _is_id(each.name)]

    def contents_before(self, tenant_id: UUID, instant: float) -> list[bytes]:
        """Return the hashes of a tenant's contents that lie there since before a Unix time."""
        found = []
        for shard in _children(self._of(tenant_id)):
            if len(shard.name) == 2:
                found += [path.name for path in _older(shard, instant)]
        return [bytes.fromhex(name) for name in found if len(name) == 64]

    def set_aside(self, tenant_id: UUID, sha256: bytes) -> None:
        """Take a content out of its place; it stays aside for a while, for people to look at."""
        target = self._of(tenant_id) / ASIDE / sha256.hex()
        with suppress(FileNotFoundError):
            place = self.place(tenant_id, sha256)
            os.utime(place)
            _rename(place, target)

    def clear(self, tenant_id: UUID, *, incoming_before: float, aside_before: float) -> int:
        """Delete scratch files and contents set aside before these Unix times; how many."""
        gone = 0
        for name, instant in ((INCOMING, incoming_before), (ASIDE, aside_before)):
            for path in _older(self._of(tenant_id) / name, instant):
                path.unlink(missing_ok=True)
                gone += 1
        return gone

    def _of(self, tenant_id: UUID) -> Path:
        return self.root / str(tenant_id)


async def _limited(parts: AsyncIterator[bytes], most_bytes: int) -> AsyncIterator[bytes]:
    came = 0
    async for part in parts:
        came += len(part)
        if came > most_bytes:
            raise ContentTooLarge
        yield part


def _key(received: Received) -> tuple[UUID, bytes]:
    return received.tenant_id, received.sha256


def _create(path: Path) -> BinaryIO:
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    return os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb")


def _flush(out: BinaryIO) -> None:
    out.flush()
    os.fsync(out.fileno())


def _rename(source: Path, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    source.replace(target)
    for folder in (target.parent, target.parent.parent):
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


def _size(path: Path) -> int | None:
    try:
        return path.stat().st_size
    except FileNotFoundError:
        return None


def _children(folder: Path) -> list[Path]:
    return sorted(folder.iterdir()) if folder.is_dir() else []


def _older(folder: Path, instant: float) -> Iterator[Path]:
    for path in _children(folder):
        with suppress(FileNotFoundError):
            if path.stat().st_mtime < instant:
                yield path


def _is_id(name: str) -> bool:
    with suppress(ValueError):
        return str(UUID(name)) == name
    return False

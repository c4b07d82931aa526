"""Contents in the data folder: a shard for each tenant, named by their SHA-256.

A content is written beside its place, flushed to the disk and then renamed: what has its name is
whole. `<root>/<tenant>/<aa>/<sha256>`, with `incoming/` and `aside/` beside the shards.
"""

import asyncio
import hashlib
import os
import re
import sys
from collections.abc import AsyncGenerator, AsyncIterator, Iterator
from contextlib import suppress
from pathlib import Path
from typing import BinaryIO
from uuid import UUID

from metatron.kernel.ids import new_id
from metatron.platform.files.media_types import Sniffer
from metatron.platform.files.store import ContentTooLarge, Received, StoreUnusable

PART_BYTES = 256 * 1_024
INCOMING, ASIDE = "incoming", "aside"
_HASH = re.compile(r"[0-9a-f]{64}")


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

    async def read(
        self, tenant_id: UUID, sha256: bytes, *, first: int = 0, length: int | None = None
    ) -> AsyncGenerator[bytes]:
        """Yield a content in parts; raises `FileNotFoundError` when it is not there.

        From byte `first` on, `length` bytes or all that follow.
        """
        source = await asyncio.to_thread(_open_at, self.place(tenant_id, sha256), first)
        left = sys.maxsize if length is None else length
        try:
            while part := await asyncio.to_thread(source.read, min(PART_BYTES, left)):
                left -= len(part)
                yield part
        finally:
            source.close()

    async def tenants(self) -> list[UUID]:
        """Return the tenants that have, or had, contents."""
        return await asyncio.to_thread(self._tenants)

    def _tenants(self) -> list[UUID]:
        return [UUID(each.name) for each in _children(self.root) if is_id(each.name)]

    async def contents_before(self, tenant_id: UUID, instant: float) -> list[bytes]:
        """Return the hashes of a tenant's contents that lie there since before a Unix time."""
        return await asyncio.to_thread(self._contents_before, tenant_id, instant)

    def _contents_before(self, tenant_id: UUID, instant: float) -> list[bytes]:
        found = []
        for shard in _children(self._of(tenant_id)):
            if len(shard.name) == 2:
                found += [path.name for path in _older(shard, instant)]
        return hashes_in(found)

    async def set_aside(self, tenant_id: UUID, sha256: bytes) -> None:
        """Take a content out of its place; it stays aside for a while, for people to look at."""
        await asyncio.to_thread(self._set_aside, tenant_id, sha256)

    def _set_aside(self, tenant_id: UUID, sha256: bytes) -> None:
        target = self._of(tenant_id) / ASIDE / sha256.hex()
        with suppress(FileNotFoundError):
            place = self.place(tenant_id, sha256)
            os.utime(place)
            _rename(place, target)

    async def clear(self, tenant_id: UUID, *, incoming_before: float, aside_before: float) -> int:
        """Delete scratch files and contents set aside before these Unix times; how many."""
        return await asyncio.to_thread(self._clear, tenant_id, incoming_before, aside_before)

    async def check(self) -> None:
        """Look whether a content could be written; raises `StoreUnusable`."""
        try:
            await asyncio.to_thread(_try_folder, self.root)
        except OSError as error:
            problem = f"Contents cannot be written to {self.root}: {error.strerror}."
            raise StoreUnusable(problem) from error

    async def close(self) -> None:
        """Nothing is open."""

    def _clear(self, tenant_id: UUID, incoming_before: float, aside_before: float) -> int:
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


def _try_folder(root: Path) -> None:
    path = root / INCOMING / str(new_id())
    _create(path).close()
    path.unlink()


def _create(path: Path) -> BinaryIO:
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    return os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb")


def _open_at(path: Path, first: int) -> BinaryIO:
    source = path.open("rb")
    source.seek(first)
    return source


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


def hashes_in(names: list[str]) -> list[bytes]:
    """Return the hashes among names; whatever else people have put there is left alone."""
    return [bytes.fromhex(name) for name in names if _HASH.fullmatch(name)]


def is_id(name: str) -> bool:
    """Tell whether a name is a tenant's id as we write it."""
    with suppress(ValueError):
        return str(UUID(name)) == name
    return False

"""A ZIP archive that is written while it is sent: no part of it is ever whole in memory."""

import asyncio
import hashlib
import zipfile
from collections.abc import AsyncIterable, AsyncIterator, Iterable
from datetime import datetime

import orjson

Part = tuple[str, AsyncIterable[bytes]]
"""A file's name, and its content piece by piece."""


class _Pipe:
    """Takes what the archive writes, and gives it away; it cannot be sought in."""

    def __init__(self) -> None:
        self._waiting: list[bytes] = []

    def write(self, content: bytes, /) -> int:
        self._waiting.append(bytes(content))
        return len(content)

    def flush(self) -> None:
        """Nothing is kept back."""

    def close(self) -> None:
        """Nothing is open."""

    def take(self) -> bytes:
        taken = b"".join(self._waiting)
        self._waiting.clear()
        return taken


async def write_archive(parts: Iterable[Part], *, now: datetime) -> AsyncIterator[bytes]:
    """Yield an archive of the parts and, last, of `manifest.json` with the SHA-256 of each."""
    pipe, hashes = _Pipe(), dict[str, str]()
    with zipfile.ZipFile(pipe, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts:
            digest = hashlib.sha256()
            with archive.open(_entry(name, now), "w", force_zip64=True) as file:
                async for piece in content:
                    digest.update(piece)
                    # Packing a piece takes milliseconds in which others would wait.
                    await asyncio.to_thread(file.write, piece)
                    yield pipe.take()
            hashes[name] = digest.hexdigest()
        archive.writestr(_entry("manifest.json", now), _manifest(hashes, now))
    yield pipe.take()


def _manifest(hashes: dict[str, str], now: datetime) -> bytes:
    return orjson.dumps(
        {"made_at": now, "sha256": hashes}, option=orjson.OPT_INDENT_2 | orjson.OPT_SORT_KEYS
    )


def _entry(name: str, now: datetime) -> zipfile.ZipInfo:
    entry = zipfile.ZipInfo(name, date_time=now.timetuple()[:6])
    entry.compress_type = zipfile.ZIP_DEFLATED
    return entry

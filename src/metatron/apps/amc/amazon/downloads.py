"""Results' files: streamed to disk, taken up again where a connection broke, summed."""

import asyncio
import hashlib
import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

import httpx

from metatron.apps.amc.amazon.errors import DeadLink, DownloadBroken
from metatron.apps.amc.amazon.wire import FIRST_BACKOFF_SECONDS, retry_after_seconds

MOST_RESUMPTIONS = 8
_RANGE = re.compile(r"bytes (\d+)-\d+/(\d+)", re.ASCII)


@dataclass(frozen=True, slots=True)
class Downloaded:
    """A file that is here in full."""

    size_bytes: int
    sha256: bytes


@dataclass(slots=True)
class _Progress:
    file: BinaryIO
    digest: "hashlib._Hash"
    done: int = 0
    total: int | None = None
    etag: str | None = None

    def again(self) -> None:
        """Begin anew: the other side does not continue, or has another file by now."""
        self.file.seek(0)
        self.file.truncate()
        self.digest = hashlib.sha256()
        self.done, self.total, self.etag = 0, None, None


class _Broken(Exception):
    """The connection ended early; worth another attempt after so many seconds, at least."""

    def __init__(self, reason: str, wait_seconds: float = 0.0) -> None:
        super().__init__(reason)
        self.wait_seconds = wait_seconds


async def download(
    http: httpx.AsyncClient,
    url: str,
    to: Path,
    *,
    most_bytes: int | None = None,
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
) -> Downloaded:
    """Write the file behind a signed link to `to`; no token goes with the call.

    Raises:
        DeadLink: the link is no good (any more): ask for a new one.
        DownloadBroken: it broke too often, or is larger than `most_bytes`.
    """
    with to.open("wb") as file:
        progress = _Progress(file, hashlib.sha256())
        without_gain = 0
        while True:
            before = progress.done
            try:
                await _stream(http, url, progress, most_bytes)
            except _Broken as error:
                without_gain = 0 if progress.done > before else without_gain + 1
                if without_gain > MOST_RESUMPTIONS:
                    raise DownloadBroken(f"The result did not come through: {error}") from None
                backoff = FIRST_BACKOFF_SECONDS * 2 ** min(without_gain, 5)
                await sleep(max(backoff, error.wait_seconds))
            else:
                break
    return Downloaded(progress.done, progress.digest.digest())


async def _stream(
    http: httpx.AsyncClient, url: str, progress: _Progress, most_bytes: int | None
) -> None:
    # Compressed, a range would be one of the compressed bytes.
    headers = {"Accept-Encoding": "identity"}
    if progress.done:
        headers["Range"] = f"bytes={progress.done}-"
        if progress.etag:
            headers["If-Range"] = progress.etag
    try:
        async with http.stream("GET", url, headers=headers) as answer:
            _begin(answer, progress)
            async for chunk in answer.aiter_raw():
                progress.file.write(chunk)
                progress.digest.update(chunk)
                progress.done += len(chunk)
                if most_bytes is not None and progress.done > most_bytes:
                    raise DownloadBroken(f"The result is larger than {most_bytes} bytes")
    except httpx.HTTPError as error:
        # Without its cause, which holds the link.
        raise _Broken(type(error).__name__) from None
    if progress.total is not None and progress.done != progress.total:
        raise _Broken(f"{progress.done} of {progress.total} bytes")


def _begin(answer: httpx.Response, progress: _Progress) -> None:
    status = answer.status_code
    if status in {400, 401, 403, 404, 410}:
        raise DeadLink(f"The result's link was refused ({status})")
    if status == 416:
        progress.again()
        raise _Broken("416")
    if status == 429 or status >= 500:
        raise _Broken(str(status), retry_after_seconds(answer.headers.get("retry-after")))
    if status == 206 and progress.done:
        found = _RANGE.fullmatch(answer.headers.get("content-range", ""))
        if found is not None and int(found[1]) == progress.done:
            progress.total = int(found[2])
            return
        progress.again()
        raise _Broken("another range came than was asked for")
    if status != 200:
        raise DownloadBroken(f"The result's link answered {status}")
    progress.again()
    length = answer.headers.get("content-length", "")
    progress.total = int(length) if length.isdigit() else None
    progress.etag = answer.headers.get("etag")

"""Whether a child serves: by a connection that is taken, or by an answer that is a success."""

import asyncio
import contextlib
from collections.abc import Awaitable, Callable
from urllib.parse import urlsplit

from metatron.kernel.process.failures import ProcessError

LONGEST_WAIT_SECONDS = 60.0
_PAUSE_SECONDS = 0.05
_ANSWER_SECONDS = 2.0
Ready = Callable[[], Awaitable[None]]


def accepts(port: int, host: str = "127.0.0.1") -> Ready:
    """Return a wait until something takes connections on the port."""

    async def attempt() -> bool:
        with contextlib.suppress(OSError):
            _, writer = await asyncio.open_connection(host, port)
            writer.close()
            return True
        return False

    return _until(attempt, f"nothing listens on port {port}")


def answers(url: str) -> Ready:
    """Return a wait until `url`, a plain http address with a port, answers 200."""

    async def attempt() -> bool:
        with contextlib.suppress(OSError, TimeoutError, asyncio.IncompleteReadError):
            async with asyncio.timeout(_ANSWER_SECONDS):
                return await _status_line(url) == b"200"
        return False

    return _until(attempt, f"{url} does not answer")


async def _status_line(url: str) -> bytes:
    """Return the status of one GET. By hand: an HTTP library costs the supervisor 20 MB."""
    parts = urlsplit(url)
    assert parts.hostname is not None, f"{url} names no host"
    assert parts.port is not None, f"{url} names no port"
    reader, writer = await asyncio.open_connection(parts.hostname, parts.port)
    try:
        asked = f"GET {parts.path or '/'} HTTP/1.1"
        writer.write(f"{asked}\r\nhost: {parts.netloc}\r\nconnection: close\r\n\r\n".encode())
        version, status, *_ = (await reader.readuntil(b"\r\n")).split(b" ")
        return status if version == b"HTTP/1.1" else b""
    finally:
        writer.close()


def _until(attempt: Callable[[], Awaitable[bool]], cause: str) -> Ready:
    async def wait() -> None:
        try:
            async with asyncio.timeout(LONGEST_WAIT_SECONDS):
                while True:
                    if await attempt():
                        return
                    await asyncio.sleep(_PAUSE_SECONDS)
        except TimeoutError:
            raise ProcessError(cause, "see its log in the data folder, below logs") from None

    return wait

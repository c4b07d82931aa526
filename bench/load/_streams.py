"""Idle pages that listen to what changes, held open by this process beside the generator."""

import asyncio
import os
import resource
import time
from typing import cast


class Stream(asyncio.Protocol):
    """One idle page that listens to what changes."""

    def __init__(self, request: bytes) -> None:
        """Ask for the stream as soon as there is a connection."""
        self._request = request
        self.transport: asyncio.Transport | None = None
        self.status = 0
        self.heard = 0
        self.changes = 0
        self.is_lost = False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Ask."""
        self.transport = cast("asyncio.Transport", transport)
        self.transport.write(self._request)

    def data_received(self, data: bytes) -> None:
        """Count what is heard."""
        if not self.status:
            self.status = int(data[9:12])
        self.heard += data.count(b": still here")
        self.changes += data.count(b"event: changed")

    def connection_lost(self, exc: Exception | None) -> None:
        """Note it."""
        del exc
        self.is_lost = True


async def listen(host: str, port: int, tokens: list[str], *, at_once: int = 32) -> list[Stream]:
    """Open a stream for each token."""
    loop, streams = asyncio.get_running_loop(), []
    left = iter(tokens)

    async def work() -> None:
        for token in left:
            request = (
                f"GET /api/v1/events/stream HTTP/1.1\r\nHost: {host}:{port}\r\n"
                f"Accept: text/event-stream\r\nAuthorization: Bearer {token}\r\n\r\n"
            ).encode()
            _, stream = await loop.create_connection(
                lambda request=request: Stream(request),
                host,
                port,  # type: ignore[misc]
            )
            streams.append(stream)
            end = time.monotonic() + 30
            while not stream.status and not stream.is_lost and time.monotonic() < end:  # noqa: ASYNC110
                await asyncio.sleep(0.01)

    await asyncio.gather(*(work() for _ in range(at_once)))
    return streams


def raise_limits() -> None:
    """Let this process hold thousands of connections."""
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    assert os.cpu_count()

"""The generator: an open loop over kept connections, in a process of its own, cheap in Python.

Requests go out when they are due. When all connections wait for an answer, the next ones wait as
well, and what they wait counts. Idle streams (server-sent events) are held open beside.
"""

import asyncio
import os
import time
from collections import Counter, deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import cast

from bench.load._mix import Request

_TICK_SECONDS = 0.001


@dataclass(slots=True)
class Seen:
    """What was answered: seconds from due to answered by kind, and answers that are errors."""

    seconds: dict[str, list[float]] = field(default_factory=dict)
    errors: Counter[str] = field(default_factory=Counter)
    placements: dict[str, list[float]] = field(default_factory=dict)
    began: float = 0.0
    ended: float = 0.0
    own_cpu: float = 0.0

    def all(self) -> list[float]:
        """Return the seconds of all kinds, sorted."""
        return sorted(value for values in self.seconds.values() for value in values)

    @property
    def per_second(self) -> float:
        """Return how many were answered a second."""
        return sum(map(len, self.seconds.values())) / (self.ended - self.began)


def quantile(ordered: list[float], part: float) -> float:
    """Return the value that `part` of the values do not exceed."""
    return ordered[min(len(ordered) - 1, int(len(ordered) * part))] if ordered else 0.0


class Line(asyncio.Protocol):
    """One kept connection; one request at a time."""

    def __init__(self, crowd: "Crowd") -> None:
        """Belong to a crowd, which is told of each answer."""
        self._crowd = crowd
        self._transport: asyncio.Transport | None = None
        self._buffer = b""
        self._asked: tuple[Request, float] | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Be ready."""
        self._transport = cast("asyncio.Transport", transport)

    def send(self, request: Request, due: float) -> None:
        """Ask."""
        assert self._transport is not None
        self._asked = request, due
        self._transport.write(request.raw)

    def data_received(self, data: bytes) -> None:
        """Look whether the answer is whole."""
        self._buffer += data
        end = self._buffer.find(b"\r\n\r\n")
        if end < 0:
            return
        head = self._buffer[:end].lower()
        told = head.partition(b"content-length:")[2].partition(b"\r\n")[0]
        if len(self._buffer) < end + 4 + int(told or 0):
            return
        body, status = self._buffer[end + 4 :], int(self._buffer[9:12])
        self._buffer = b""
        assert self._asked is not None
        (request, due), self._asked = self._asked, None
        self._crowd.answered(self, request, due, status, body)

    def connection_lost(self, exc: Exception | None) -> None:
        """Count what will not be answered any more."""
        self._crowd.lost(self, self._asked, exc)

    def close(self) -> None:
        """Hang up."""
        if self._transport is not None:
            self._transport.close()


class Crowd:
    """So many connections and what was seen on them."""

    def __init__(self, host: str, port: int, *, lines: int) -> None:
        """Open nothing yet."""
        self._host, self._port, self._count = host, port, lines
        self._lines: set[Line] = set()
        self._idle: list[Line] = []
        self._waiting: deque[tuple[Request, float]] = deque()
        self._under_way = 0
        self._measured = float("-inf")
        self._ending = False
        self.seen = Seen()

    async def run(
        self, draw: Callable[[], Request], *, per_second: float, seconds: float, warm: float = 3.0
    ) -> Seen:
        """Ask at a fixed rate; the first `warm` seconds do not count."""
        await asyncio.gather(*(self._open() for _ in range(self._count)))
        begun = time.monotonic()
        self._measured = begun + warm
        for due in _dues(begun, per_second, warm + seconds):
            while (now := time.monotonic()) < due:
                if self.seen.own_cpu == 0.0 and now >= self._measured:
                    self.seen.own_cpu = -time.process_time()
                await asyncio.sleep(max(_TICK_SECONDS, due - now))
            self._ask(draw(), due)
        end = time.monotonic() + 10.0
        while (self._under_way or self._waiting) and time.monotonic() < end:  # noqa: ASYNC110
            await asyncio.sleep(_TICK_SECONDS)
        self.seen.began, self.seen.ended = self._measured, begun + warm + seconds
        self.seen.own_cpu += time.process_time()
        self.seen.errors["never answered"] += self._under_way + len(self._waiting)
        self.seen.errors = +self.seen.errors
        self._ending = True
        for line in list(self._lines):
            line.close()
        return self.seen

    async def _open(self) -> None:
        loop = asyncio.get_running_loop()
        _, line = await loop.create_connection(lambda: Line(self), self._host, self._port)
        self._lines.add(line)
        self._idle.append(line)

    def _ask(self, request: Request, due: float) -> None:
        if self._idle:
            self._under_way += 1
            self._idle.pop().send(request, due)
        else:
            self._waiting.append((request, due))

    def answered(self, line: Line, request: Request, due: float, status: int, body: bytes) -> None:
        """Note an answer and use the connection for whoever waits."""
        self._under_way -= 1
        if due >= self._measured:
            took = time.monotonic() - due
            self.seen.seconds.setdefault(request.kind, []).append(took)
            self.seen.placements.setdefault(request.placement, []).append(took)
            if status >= 400:
                self.seen.errors[f"{request.kind}: {status} {body[:160].decode()}"] += 1
        self._idle.append(line)
        if self._waiting:
            self._ask(*self._waiting.popleft())

    def lost(self, line: Line, asked: tuple[Request, float] | None, exc: Exception | None) -> None:
        """Open another connection in place of one that the server has closed."""
        self._lines.discard(line)
        if line in self._idle:
            self._idle.remove(line)
        if self._ending:
            return
        if asked is not None:
            self._under_way -= 1
            self.seen.errors[f"connection lost: {exc}"] += 1
        asyncio.get_running_loop().create_task(self._open())


def _dues(begun: float, per_second: float, seconds: float) -> Iterator[float]:
    for number in range(int(per_second * seconds)):
        yield begun + number / per_second


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
    import resource  # noqa: PLC0415

    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    assert os.cpu_count()

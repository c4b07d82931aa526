"""A real HTTP server on a free port: keeps what it is sent and answers as it is told."""

import asyncio
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import orjson

OK = b"200 OK"
CLOSES_EARLY = b""
SLOW = b"slow"


@dataclass(frozen=True, slots=True)
class Came:
    """One request."""

    headers: dict[str, str]
    body: bytes

    @property
    def told(self) -> Any:
        return orjson.loads(self.body)

    @property
    def id(self) -> str:
        return self.headers["webhook-id"]


@dataclass
class Receiver:
    """Answers with `answers` one after the other, the last of them for good."""

    url: str = ""
    answers: list[bytes] = field(default_factory=lambda: [OK])
    body: bytes = b""
    came: list[Came] = field(default_factory=list)
    at_once: int = 0
    most_at_once: int = 0
    go_on: asyncio.Event = field(default_factory=asyncio.Event)
    news: asyncio.Event = field(default_factory=asyncio.Event)

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.at_once += 1
        self.most_at_once = max(self.most_at_once, self.at_once)
        try:
            await self._answer(reader, writer)
        except (ConnectionError, asyncio.IncompleteReadError):
            pass
        finally:
            self.at_once -= 1
            writer.close()

    async def _answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = (await reader.readuntil(b"\r\n\r\n")).decode().split("\r\n")
        pairs = [line.split(": ", 1) for line in head[1:] if line]
        headers = {name.lower(): value for name, value in pairs}
        body = await reader.readexactly(int(headers.get("content-length", "0")))
        self.came.append(Came(headers, body))
        self.news.set()
        answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        if answer == SLOW:
            await self.go_on.wait()
            answer = OK
        if answer:
            length = b"\r\ncontent-length: %d\r\nconnection: close\r\n\r\n" % len(self.body)
            writer.write(b"HTTP/1.1 " + answer + length + self.body)
            await writer.drain()

    async def has(self, count: int) -> None:
        """Wait until so many came."""
        while len(self.came) < count:
            self.news.clear()
            await self.news.wait()

    def of(self, type_: str) -> list[Came]:
        """What came of one type."""
        return [each for each in self.came if each.told["type"] == type_]


@asynccontextmanager
async def receiving(tls: ssl.SSLContext | None = None) -> AsyncIterator[Receiver]:
    made = Receiver()
    server = await asyncio.start_server(made.serve, "127.0.0.1", 0, ssl=tls)
    scheme = "http" if tls is None else "https"
    made.url = f"{scheme}://127.0.0.1:{server.sockets[0].getsockname()[1]}/hooks?of=us"
    async with server:
        yield made
        made.go_on.set()

"""A connection between two parts, as it goes through a network that is not at its best."""

import asyncio
import contextlib
from collections.abc import Awaitable, Callable
from pathlib import Path

Streams = tuple[asyncio.StreamReader, asyncio.StreamWriter]
_CHUNK = 65_536


class Wire:
    """Listens in the place of a part and leads on to it; its faults are switched on and off.

    Args:
        name: of the part it leads to.
        onward: opens a connection to that part; raises `OSError` while it is not there.
    """

    def __init__(self, name: str, onward: Callable[[], Awaitable[Streams]]) -> None:
        """Prepare; nobody listens yet."""
        self.name = name
        self.delay_seconds = 0.0
        self.is_gone = False
        self.loses_answers = False
        self.halves = 0
        self._onward = onward
        self._moving = asyncio.Event()
        self._moving.set()
        self._open: set[asyncio.StreamWriter] = set()
        self._server: asyncio.Server | None = None

    async def listen_at(self, path: Path) -> None:
        """Listen at a Unix socket."""
        self._server = await asyncio.start_unix_server(self._pass, path)

    async def listen(self) -> int:
        """Listen at a free port; return it."""
        self._server = await asyncio.start_server(self._pass, "127.0.0.1", 0)
        return int(self._server.sockets[0].getsockname()[1])

    def close(self) -> None:
        """Listen no more."""
        if self._server is not None:
            self._server.close()
        self.cut()

    def cut(self) -> int:
        """End every connection without a word; return how many there were."""
        count = len(self._open) // 2
        for writer in list(self._open):
            writer.transport.abort()
        return count

    def stall(self) -> None:
        """Let nothing move; connections stay."""
        self._moving.clear()

    def heal(self) -> None:
        """End every fault."""
        self.delay_seconds, self.is_gone, self.loses_answers, self.halves = 0.0, False, False, 0
        self._moving.set()

    async def _pass(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        onward: asyncio.StreamWriter | None = None
        try:
            if self.is_gone:
                return
            there, onward = await self._onward()
            self._open |= {writer, onward}
            async with asyncio.TaskGroup() as both:
                both.create_task(self._pump(reader, onward, answers=False))
                both.create_task(self._pump(there, writer, answers=True))
        except* OSError:
            pass
        finally:
            for each in (writer, onward):
                if each is not None:
                    self._open.discard(each)
                    each.transport.abort() if self.is_gone else each.close()

    async def _pump(
        self, source: asyncio.StreamReader, sink: asyncio.StreamWriter, *, answers: bool
    ) -> None:
        """Pass on until either side ends."""
        with contextlib.suppress(OSError):
            while chunk := await source.read(_CHUNK):
                await self._moving.wait()
                if self.delay_seconds:
                    await asyncio.sleep(self.delay_seconds)
                if answers and self.loses_answers:
                    continue
                if self.halves and len(chunk) > 1:
                    self.halves -= 1
                    sink.write(chunk[: len(chunk) // 2])
                    await sink.drain()
                    break
                sink.write(chunk)
                await sink.drain()
        # Whoever loses one way of a connection has lost it.
        sink.close()

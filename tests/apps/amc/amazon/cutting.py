"""A line to the local AMC that breaks: after so many bytes of an answer, or of a call."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from urllib.parse import urlsplit


class Line:
    """Passes bytes on until it breaks; the next connections break again while `cuts` are left."""

    def __init__(self, url: str) -> None:
        parts = urlsplit(url)
        self._to = (parts.hostname or "", parts.port or 0)
        self.url = ""
        self.cuts: list[int] = []
        """After how many bytes of answers the following connections are reset."""
        self.connections = 0
        self._open: set[asyncio.StreamWriter] = set()

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        self._open.add(writer)
        cut = self.cuts.pop(0) if self.cuts else None
        there, back = await asyncio.open_connection(*self._to)

        async def forth() -> None:
            while data := await reader.read(65_536):
                back.write(data)
                await back.drain()

        passing = asyncio.create_task(forth())
        try:
            passed = 0
            while data := await there.read(4_096):
                if cut is not None and passed + len(data) > cut:
                    writer.write(data[: cut - passed])
                    await writer.drain()
                    writer.transport.abort()
                    return
                passed += len(data)
                writer.write(data)
                await writer.drain()
        except OSError:
            pass
        finally:
            passing.cancel()
            await asyncio.gather(passing, return_exceptions=True)
            back.transport.abort()
            writer.close()
            self._open.discard(writer)

    def hang_up(self) -> None:
        for writer in self._open:
            writer.transport.abort()


@asynccontextmanager
async def line_to(url: str) -> AsyncIterator[Line]:
    line = Line(url)
    server = await asyncio.start_server(line.serve, "127.0.0.1", 0)
    line.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    try:
        yield line
    finally:
        server.close()
        line.hang_up()
        await server.wait_closed()

"""Connections to one address: used again, and never left unusable by a request cut off."""

import asyncio
from collections.abc import AsyncIterator

import httpx
import pytest

from metatron.platform.payments.call_lines import ONE, CallLines

ANSWER = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"


class Slow:
    """A server that answers after `seconds`, and counts its connections."""

    def __init__(self) -> None:
        self.seconds, self.connections = 0.0, 0

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        try:
            while await reader.readuntil(b"\r\n\r\n"):
                await asyncio.sleep(self.seconds)
                writer.write(ANSWER)
                await writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError):
            writer.close()


@pytest.fixture
async def slow() -> AsyncIterator[tuple[Slow, str]]:
    server = Slow()
    listening = await asyncio.start_server(server.serve, "127.0.0.1", 0)
    yield server, f"http://127.0.0.1:{listening.sockets[0].getsockname()[1]}"
    listening.close()


async def _get(lines: CallLines, url: str) -> int:
    async with lines.one() as client:
        return (await client.get(url)).status_code


def _lines(seconds: float = 0.5, most: int = 1) -> CallLines:
    return CallLines(lambda: httpx.AsyncClient(timeout=seconds, limits=ONE), most=most)


async def test_one_connection_is_used_again(slow: tuple[Slow, str]) -> None:
    server, url = slow
    lines = _lines()
    assert [await _get(lines, url) for _ in range(5)] == [200] * 5
    assert server.connections == 1
    await lines.close()


@pytest.mark.parametrize("turns", range(1, 60))
async def test_a_request_cut_off_anywhere_harms_no_other(
    slow: tuple[Slow, str], turns: int
) -> None:
    server, url = slow
    lines = _lines()
    server.seconds = 5.0
    cut = asyncio.create_task(_get(lines, url))
    for _ in range(turns):
        await asyncio.sleep(0)
    cut.cancel()
    with pytest.raises(asyncio.CancelledError):
        await cut
    server.seconds = 0.0
    assert await _get(lines, url) == 200
    await lines.close()


async def test_after_a_time_out_the_next_request_is_answered(slow: tuple[Slow, str]) -> None:
    server, url = slow
    lines = _lines(0.1)
    server.seconds = 5.0
    with pytest.raises(httpx.ReadTimeout):
        await _get(lines, url)
    server.seconds = 0.0
    assert await _get(lines, url) == 200
    await lines.close()

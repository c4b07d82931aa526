"""Something that listens where the payments provider would."""

import asyncio
from collections.abc import AsyncIterator

import pytest


@pytest.fixture
async def payments_port() -> AsyncIterator[int]:
    async def close(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.close()

    server = await asyncio.start_server(close, "127.0.0.1", 0)
    async with server:
        yield int(server.sockets[0].getsockname()[1])

"""Tests reach this machine and nothing else: `--allow-hosts` in pyproject.toml sees to it."""

import asyncio
import socket

import pytest
from pytest_socket import SocketConnectBlockedError

# It warns before it raises, and warnings are errors here.
pytestmark = pytest.mark.filterwarnings("ignore:A test tried to use socket")
DOCUMENTATION_ONLY = "192.0.2.1"
"""An address that is nobody's (RFC 5737)."""


def test_nothing_outside_is_connected_to() -> None:
    with pytest.raises(SocketConnectBlockedError):
        socket.create_connection((DOCUMENTATION_ONLY, 443), timeout=0.01)


async def test_nor_by_a_loop() -> None:
    with pytest.raises(SocketConnectBlockedError):
        await asyncio.open_connection(DOCUMENTATION_ONLY, 443)


async def test_this_machine_is(unused_tcp_port: int) -> None:
    async def answer(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"here")
        writer.close()

    server = await asyncio.start_server(answer, "127.0.0.1", unused_tcp_port)
    async with server:
        for name in ("127.0.0.1", "localhost"):
            reader, writer = await asyncio.open_connection(name, unused_tcp_port)
            assert await reader.read() == b"here"
            writer.close()
            await writer.wait_closed()

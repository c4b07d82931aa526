"""Over a real connection: whole uploads, and clients that go away in the middle."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import suppress

import httpx
import pytest
from fastapi import FastAPI
from granian.constants import Interfaces
from granian.server.embed import Server

from tests.platform.payments.provider_process import free_port

from .conftest import House
from .contents import EVIDENCE
from .kept import InBucket, Kept
from .test_upload import put


@pytest.fixture
async def port(app: FastAPI) -> AsyncIterator[int]:
    chosen = free_port()
    server = Server(app, port=chosen, interface=Interfaces.ASGI, log_enabled=False)
    running = asyncio.create_task(server.serve())
    for _ in range(200):
        try:
            _, writer = await asyncio.open_connection("127.0.0.1", chosen)
        except OSError:
            await asyncio.sleep(0.02)
        else:
            writer.close()
            await writer.wait_closed()
            break
    yield chosen
    server.stop()  # type: ignore[no-untyped-call]
    await running


async def test_a_large_upload_and_its_download(house: House, folder: Kept, port: int) -> None:
    content = b"all work and no play\n" * (EVIDENCE.max_bytes // 21)
    headers = {"authorization": house.participant.headers["authorization"]}
    url = f"http://127.0.0.1:{port}/api/v1"
    async with httpx.AsyncClient(base_url=url, headers=headers) as client:
        answer = await put(client, content, "a.txt")
        assert answer.status_code == 201, answer.text
        got = await client.get(f"/files/{answer.json()['id']}/content")
        assert (got.status_code, got.content) == (200, content)
        over = await put(client, content + b"x" * 30, "b.txt")
        assert (over.status_code, over.json()["code"]) == (413, "file_too_large")
    assert len(folder.left()) == 1


async def test_a_client_that_goes_away_leaves_nothing(
    house: House, folder: Kept, port: int
) -> None:
    head = (
        "POST /api/v1/files?purpose=test_evidence&name=a.txt HTTP/1.1\r\nhost: localhost\r\n"
        f"authorization: {house.participant.headers['authorization']}\r\n"
        "content-length: 100000\r\n\r\n"
    )
    _, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(head.encode() + b"some words " * 500)
    await writer.drain()
    async with asyncio.timeout(10):
        while not folder.left():  # noqa: ASYNC110 - the server writes when it likes
            await asyncio.sleep(0.02)
        writer.transport.abort()
        while folder.left():  # noqa: ASYNC110 - the same
            await asyncio.sleep(0.02)


@pytest.mark.parametrize("folder", ["bucket"], indirect=True)
async def test_a_download_that_breaks_off_is_no_success(
    house: House, folder: InBucket, port: int
) -> None:
    content = b"all work and no play\n" * 9_000
    headers = {"authorization": house.participant.headers["authorization"]}
    async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}/api/v1", headers=headers) as it:
        made = (await put(it, content, "a.txt")).json()
        folder.twin.cuts = [("GET", 50_000)]
        got = await it.get(f"/files/{made['id']}/content")
        assert (got.status_code, got.content) == (200, content), "it went on where it was"
        folder.twin.cuts = [("GET", 1_000)] * 3
        with suppress(httpx.TransportError):
            broken = await it.get(f"/files/{made['id']}/content")
            assert broken.status_code >= 500
        folder.twin.failures = [("GET", 503)] * 3
        refused = await it.get(f"/files/{made['id']}/content")
        assert (refused.status_code, refused.json()["code"]) == (503, "busy")
        assert refused.headers["retry-after"] == "2"

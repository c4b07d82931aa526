"""The real server process, spoken to over a raw socket."""

import asyncio
import os
import subprocess
import sys
import time
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from metatron.kernel.ids import new_id
from metatron.kernel.settings import Settings
from tests.platform.payments.provider_process import free_port

ROOT = Path(__file__).parents[3]
TENANT = str(new_id())


@pytest.fixture(scope="module")
async def port(settings: Settings, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[int]:
    chosen = free_port()
    environment = dict(os.environ) | {
        "PYTHONPATH": f"{ROOT / 'src'}{os.pathsep}{ROOT}",
        "METATRON_DATABASE_URL": settings.database_url.get_secret_value(),
        "METATRON_DATABASE_SYSTEM_URL": settings.database_system_url.get_secret_value(),
        "METATRON_BODY_SECONDS": "0.5",
        "METATRON_MAX_BODY_BYTES": "1000",
        "SIMULATION_TENANTS": TENANT,
    }
    argv = [sys.executable, "-m", "tests.simulation.workload", "web", str(chosen)]
    process = subprocess.Popen(argv, env=environment, cwd=tmp_path_factory.mktemp("web"))  # noqa: ASYNC220
    try:
        async with asyncio.timeout(30):
            while True:
                try:
                    _, writer = await asyncio.open_connection("127.0.0.1", chosen)
                    writer.close()
                    break
                except OSError:
                    await asyncio.sleep(0.05)
        yield chosen
    finally:
        process.terminate()
        await asyncio.to_thread(process.wait, 10)


def head(*lines: str) -> bytes:
    first = ("POST /api/v1/commands HTTP/1.1", "host: test", f"authorization: Bearer {TENANT}")
    return "\r\n".join([*first, "content-type: application/json", *lines, "", ""]).encode()


async def speak(port: int, *parts: bytes, pause: float = 0.0) -> tuple[bytes, float]:
    """Send the parts with a pause between them; return the answer and how long it took."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    started = time.monotonic()

    async def send() -> None:
        for part in parts:
            writer.write(part)
            await writer.drain()
            await asyncio.sleep(pause)

    sending = asyncio.create_task(send())
    try:
        async with asyncio.timeout(15):
            answer = await reader.read(65_536)
    finally:
        sending.cancel()
        await asyncio.gather(sending, return_exceptions=True)
        writer.close()
    return answer, time.monotonic() - started


async def test_a_body_that_trickles_is_given_up(port: int) -> None:
    body = [b"{"] + [b" "] * 20
    answer, seconds = await speak(
        port, head("idempotency-key: k", "content-length: 900"), *body, pause=0.7
    )
    assert answer.startswith(b"HTTP/1.1 408 "), answer
    assert b'"code":"request_timeout"' in answer
    assert b"connection: close" in answer.lower()
    assert b"x-request-id" in answer.lower()
    assert seconds < 5


async def test_a_body_that_never_comes_is_given_up(port: int) -> None:
    answer, seconds = await speak(port, head("idempotency-key: k", "content-length: 900"))
    assert answer.startswith(b"HTTP/1.1 408 "), answer
    assert seconds < 5


async def test_chunks_without_end_are_cut(port: int) -> None:
    chunk = b"64\r\n" + b" " * 100 + b"\r\n"
    answer, _ = await speak(
        port, head("idempotency-key: k", "transfer-encoding: chunked"), *([chunk] * 11)
    )
    assert answer.startswith(b"HTTP/1.1 413 "), answer
    assert b'"code":"body_too_large"' in answer


async def test_what_is_no_http_is_refused(port: int) -> None:
    answer, _ = await speak(port, b"\x16\x03\x01 no http at all\r\n\r\n")
    assert answer == b"" or answer.startswith(b"HTTP/1.1 400")


@pytest.mark.parametrize(
    "lines",
    [
        ("content-length: 5", "content-length: 6"),
        ("content-length: +5",),
        ("content-length: 5, 6",),
        ("content-length: 0x5",),
        ("transfer-encoding: xchunked",),
        ("transfer-encoding : chunked",),
        ("transfer-encoding: chunked, identity",),
        ("content-length: 5\r\n folded: x",),
    ],
)
async def test_where_a_message_ends_is_never_in_doubt(port: int, lines: tuple[str, ...]) -> None:
    """What two readers could cut differently is refused before anything is done with it."""
    smuggled = b"{}   GET /health/live HTTP/1.1\r\nhost: test\r\n\r\n"
    answer, _ = await speak(
        port, head("idempotency-key: s", "connection: close", *lines) + smuggled
    )
    assert answer == b"" or answer.startswith(b"HTTP/1.1 400"), answer
    assert answer.count(b"HTTP/1.1 ") <= 1


async def test_of_two_lengths_the_chunks_count(port: int) -> None:
    body = b'{"id": "%s"}' % str(new_id()).encode()
    chunks = b"%x\r\n%s\r\n0\r\n\r\n" % (len(body), body)
    lines = ("content-length: 4", "transfer-encoding: chunked", "connection: close")
    answer, _ = await speak(port, head("idempotency-key: two", *lines) + chunks)
    assert answer.startswith((b"HTTP/1.1 201 ", b"HTTP/1.1 400")), answer
    assert answer.count(b"HTTP/1.1 ") == 1


async def test_the_process_still_works_afterwards(port: int) -> None:
    body = b'{"id": "%s"}' % str(new_id()).encode()
    answer, _ = await speak(
        port, head("idempotency-key: good", f"content-length: {len(body)}") + body
    )
    assert answer.startswith(b"HTTP/1.1 201 "), answer

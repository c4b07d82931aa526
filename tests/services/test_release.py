"""Two colours behind nginx: a good one keeps the traffic, a dead one gives it back by itself."""

import asyncio
import os
import signal
import ssl
import subprocess
import sys
import time
from collections import Counter
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path

import httpx
import pytest
from first_campaign import Staff

from bench._processes import tree
from metatron.services import HTTP_SERVICES
from tests.services.apart import Apart, bare, green_name, run, start_green
from tests.services.releasing import release, servers, watching

GOOD, REFUSED, WENT_BACK = release.KEPT, release.REFUSED, release.WENT_BACK
BACK_SECONDS = 20.0
MOST_FAILED = 0.02


@pytest.fixture(scope="module")
def home(apart: Apart) -> Path:
    return apart.folder / "nginx"


def _begin(home: Path, colour: str, *, watch: float) -> "subprocess.Popen[str]":
    return subprocess.Popen(
        [sys.executable, str(home / "release.py"), colour, "--folder", str(home),
         "--watch", str(watch), "--every", "0.3", "--window", "4", "--least", "10",
         "--slower", "50"],
        env=bare(), stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
    )  # fmt: skip


def _active(home: Path) -> str:
    return (home / "site" / "active.conf").readlink().stem


@asynccontextmanager
async def _load(apart: Apart, staff: Staff) -> AsyncIterator[Counter[str]]:
    """Callers of four services, and one who writes; what they were answered."""
    seen: Counter[str] = Counter()
    over = asyncio.Event()
    bearer = {"authorization": staff.organiser._client.headers["authorization"]}
    # A connection kept open may end in the moment it is used again, which clients repeat.
    apart_each = {**bearer, "connection": "close"}
    trust = ssl.create_default_context(cafile=str(apart.certificate))
    calls = [
        ("GET", "/", None), ("GET", "/.well-known/jwks.json", None),
        ("GET", "/api/v1/campaigns?limit=1", None), ("GET", "/api/v1/amc/runs?limit=1", None),
        ("PATCH", "/api/v1/organisation", {"name": "Demo Collective"}),
    ]  # fmt: skip

    async def call(client: httpx.AsyncClient, number: int) -> None:
        method, path, body = calls[number]
        while not over.is_set():
            try:
                answer = await client.request(method, path, json=body)
                seen["failed" if answer.status_code >= 500 else "answered"] += 1
            except httpx.HTTPError:
                seen["failed"] += 1
            await asyncio.sleep(0.05)

    async with httpx.AsyncClient(
        base_url=apart.base_url, verify=trust, trust_env=False, headers=apart_each, timeout=10
    ) as client:
        callers = [asyncio.create_task(call(client, number)) for number in range(len(calls))]
        try:
            yield seen
        finally:
            # Not cancelled: a connection that is being made would be left behind unclosed.
            over.set()
            await asyncio.gather(*callers)


async def _until(condition: object, seconds: float) -> float:
    begun = time.monotonic()
    while not condition():  # type: ignore[operator]
        assert time.monotonic() - begun < seconds
        await asyncio.sleep(0.05)
    return time.monotonic() - begun


def _end_of(process: "subprocess.Popen[str]") -> tuple[int, str]:
    said, _ = process.communicate(timeout=60)
    return process.returncode, said


def _workers_of_nginx(apart: Apart) -> set[int]:
    return set(tree(apart.processes["nginx"].pid)[1:])


def _answered_by(home: Path, colour: str, since: int) -> int:
    ours = {address for each in servers(home, colour).values() for address in each}
    lines = watching.lines_of((home / "run" / "access.log").read_text()[since:])
    return sum(line.upstreams[-1] in ours for line in lines)


def test_a_colour_that_does_not_run_never_gets_the_traffic(apart: Apart, home: Path) -> None:
    code, said = _end_of(_begin(home, "green", watch=1))
    assert code == REFUSED
    assert "blue keeps the traffic: 127.0.0.1" in said
    assert _active(home) == "blue"


@pytest.fixture(scope="module")
def green(apart: Apart) -> Iterator[None]:
    start_green(apart)
    yield
    for service in HTTP_SERVICES:
        _kill(apart, service.name)


def _kill(apart: Apart, service: str) -> None:
    """All of a service at once, as the kernel ends it when memory is short."""
    for pid in tree(apart.processes[green_name(service)].pid):
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)


@pytest.mark.usefixtures("green")
async def test_a_good_colour_keeps_the_traffic(apart: Apart, home: Path, staff: Staff) -> None:
    since = (home / "run" / "access.log").stat().st_size
    async with _load(apart, staff) as seen:
        await asyncio.sleep(2)
        code, said = await asyncio.to_thread(_end_of, _begin(home, "green", watch=4))
        await asyncio.sleep(1.5)
    assert (code, _active(home)) == (GOOD, "green"), said
    assert "smoke: 15 calls to green are as they should be" in said
    assert _answered_by(home, "green", since) > 20
    assert seen["failed"] == 0, seen
    assert seen["answered"] > 100
    run([str(home / "switch"), "blue", str(home)], bare())


@pytest.mark.usefixtures("green")
async def test_a_dead_colour_gives_the_traffic_back(apart: Apart, home: Path, staff: Staff) -> None:
    async with _load(apart, staff) as seen:
        await asyncio.sleep(1)
        watching_it = _begin(home, "green", watch=40)
        await _until(lambda: _active(home) == "green" or watching_it.poll() is not None, 20)
        await asyncio.sleep(2)
        before, sent_to_green = seen.copy(), _workers_of_nginx(apart)
        for service in HTTP_SERVICES:
            _kill(apart, service.name)
        took = await _until(lambda: _active(home) == "blue", BACK_SECONDS)
        code, said = await asyncio.to_thread(_end_of, watching_it)
        # A reload lets the workers of before finish what they took, and they know green only.
        await _until(lambda: not sent_to_green & _workers_of_nginx(apart), 20)
        since = (home / "run" / "access.log").stat().st_size
        await asyncio.sleep(2.5)
    print(f"back after {took:.2f} s; {seen} (before the end: {before})\n{said}")
    assert code == WENT_BACK, said
    assert before["failed"] == 0
    assert seen["failed"] <= max(5, MOST_FAILED * sum(seen.values())), seen
    assert _answered_by(home, "blue", since) > 20
    assert _answered_by(home, "green", since) == 0

"""A running suite: the language, lists, records, windows and exports over HTTP."""

import asyncio
import hashlib
import itertools
import time
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

import httpx
import orjson

from bench._crowd import steady, written
from bench._processes import tree
from bench._report import Result
from bench._running import Suite
from bench.amc import _results
from bench.amc._goals import at_least, at_most, slowest
from bench.amc._language import CHECK_MILLISECONDS, COMPLETION_MILLISECONDS
from bench.amc._memory import command_of, forget, peak_of, peaks, resident_of
from bench.amc._queries import WINDOW, long_query
from bench.amc._stand import API, Stand

LIST_MILLISECONDS, OPEN_MILLISECONDS = 80.0, 60.0
PER_SECOND = 40
RUN, WORKFLOW = (UUID(hashlib.md5(name).hexdigest()) for name in (b"r1", b"w1"))
LISTS: dict[str, dict[str, Any]] = {
    "/workflows": {},
    "/workflows?by words": {"q": "workflow 99"},
    "/workflows?in a folder": {"folder": "Folder 3"},
    "/runs": {},
    "/runs?of a workflow": {"workflow_id": str(WORKFLOW)},
    "/runs?by words": {"q": "Run 9999"},
    "/runs?in a state": {"state": "failed"},
    "/home": {},
}
RECORDS = (f"/workflows/{WORKFLOW}", f"/runs/{RUN}", f"/workflows/{WORKFLOW}/versions")


async def measure(suite: Suite, *, rounds: int, rows: int, seconds: int) -> list[Result]:
    """Measure all of it."""
    stand = Stand.of(suite)
    async with stand.client() as client:
        results = [await _checks(client, rounds), await _completions(client, rounds)]
        await stand.fill()
        results += await _reads(client, rounds)
        results.append(await _beside_each_other(suite, seconds))
        await stand.give_result(RUN, rows)
        results += await _windows(client, rows, max(rounds // 5, 5))
        results += await _export(client, suite)
    return results


async def _timed(client: httpx.AsyncClient, method: str, path: str, **more: Any) -> float:
    begun = time.perf_counter()
    answer = await client.request(method, path, **more)
    spent = time.perf_counter() - begun
    answer.raise_for_status()
    return spent


async def _checks(client: httpx.AsyncClient, rounds: int) -> Result:
    """Another text each time, as an editor sends it; both workers have read the facts before."""
    window = {"start": WINDOW.start.isoformat(), "end": WINDOW.end.isoformat()}
    spent = []
    for number in range(rounds + 8):
        body = {"sql": long_query(f"part{number}x"), "window": window}
        spent.append(await _timed(client, "POST", "/check", json=body))
    return slowest("static check over HTTP", spent[8:], CHECK_MILLISECONDS)


async def _completions(client: httpx.AsyncClient, rounds: int) -> Result:
    text = long_query() + "HAVING c0.camp"
    spent = []
    for number in range(rounds + 8):
        body = {"sql": text, "offset": len(text) * max(number - 7, 1) // rounds}
        spent.append(await _timed(client, "POST", "/complete", json=body))
    return slowest("completion over HTTP", spent[8:], COMPLETION_MILLISECONDS)


async def _reads(client: httpx.AsyncClient, rounds: int) -> list[Result]:
    """Each list and record by itself; the slowest of them is what counts."""
    slow = {}
    for name, params in LISTS.items():
        path = name.partition("?")[0]
        slow[name] = [await _timed(client, "GET", path, params=params) for _ in range(rounds)]
    of_lists = [slowest(f"list {name}", each, LIST_MILLISECONDS) for name, each in slow.items()]
    records = []
    for path in RECORDS:
        spent = [await _timed(client, "GET", path) for _ in range(rounds)]
        shown = path.replace(str(WORKFLOW), "{id}").replace(str(RUN), "{id}")
        records.append(slowest(f"open {shown}", spent, OPEN_MILLISECONDS))
    return of_lists + records


async def _beside_each_other(suite: Suite, seconds: int) -> Result:
    """All of them in turn at a fixed rate: what a late answer makes others wait, counts."""
    asked = [(name.partition("?")[0], params) for name, params in LISTS.items()]
    turns = itertools.cycle([*asked, *((path, {}) for path in RECORDS)])

    def draw(host: str) -> bytes:
        path, params = next(turns)
        return written(host, "GET", f"{API}{path}?{urlencode(params)}", suite.bearer)

    spent = await steady(suite, draw, per_second=PER_SECOND, seconds=seconds)
    return slowest(f"lists and records at {PER_SECOND}/s", spent, LIST_MILLISECONDS)


async def _windows(client: httpx.AsyncClient, rows: int, rounds: int) -> list[Result]:
    results = []
    for name, how in _results.asked_windows(rows).items():
        params: dict[str, Any] = {"offset": how["offset"], "limit": _results.LIMIT}
        if how["sort"]:
            params["sort"] = how["sort"]
        if how["filters"]:
            params["filter"] = orjson.dumps(how["filters"]).decode()
        spent = [
            await _timed(client, "GET", f"/runs/{RUN}/rows", params=params) for _ in range(rounds)
        ]
        shown = f"{_results.LIMIT:,} {name} over HTTP"
        results.append(slowest(shown, spent, _results.WINDOW_MILLISECONDS))
    return results


async def _export(client: httpx.AsyncClient, suite: Suite) -> list[Result]:
    """Download it all; the web processes' growth counts as well as the engine's peak."""
    web = [pid for pid in tree(suite.pid) if "serve web" in command_of(pid)]
    for pid in web:
        forget(pid)
    before = {pid: resident_of(pid) for pid in web}
    begun, size = time.monotonic(), 0
    with peaks(suite.pid, _results.WORKER) as found:
        asked = client.stream("GET", f"/runs/{RUN}/export", params={"format": "csv"})
        async with asked as answer:
            answer.raise_for_status()
            async for part in answer.aiter_bytes():
                size += len(part)
        seconds = time.monotonic() - begun
    growth = sum(max(peak_of(pid) - before[pid], 0.0) for pid in web)
    used = max(found.values(), default=0.0) + growth
    return [
        at_least("export csv over HTTP", "MB/s", [size / seconds / 1e6], _results.MB_PER_SECOND),
        at_most("memory of an export over HTTP, all of it", "MB", [used], _results.MEGABYTES),
    ]


def run(suite: Suite, *, rounds: int, rows: int, seconds: int) -> list[Result]:
    """As `measure`, from outside an event loop."""
    return asyncio.run(measure(suite, rounds=rounds, rows=rows, seconds=seconds))

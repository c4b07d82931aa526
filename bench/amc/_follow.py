"""Runs at the local AMC: how soon their end is seen, and how often AMC is asked for it."""

import asyncio
import datetime as dt
import json
import random
import sqlite3
import time
from collections.abc import AsyncIterator
from contextlib import closing
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx

from bench._report import Result, result
from bench._running import Suite
from bench.amc._goals import at_most
from bench.amc._stand import Stand
from metatron.apps.amc.runs.site import Tempo
from metatron.kernel.ids import new_id

SHOWN_SECONDS, THERE_SECONDS, FEWER = 1.0, 2.0, 10.0
SLOW_SECONDS = 0.5
COUNTED = ("list_executions", "execution")
SQL = "SELECT campaign, COUNT(DISTINCT user_id) AS reach FROM dsp_impressions GROUP BY campaign"
OVER = {"fetching", "succeeded", "failed", "cancelled"}
ENDED = OVER - {"fetching"}
DAY_ONE = dt.datetime.fromisoformat("2026-08-10")
_OPEN = "select count(*) from amc.run where name = $1 and finished_at is null"
_WAITED = """
select extract(epoch from sum(finished_at - created_at))::float8 waited,
  extract(epoch from max(finished_at) - min(created_at))::float8 lasted,
  count(*) filter (where state = 'succeeded') succeeded
from amc.run where name = $1
"""
_LONGEST_SECONDS = 240.0


async def measure(suite: Suite, *, watched: int, many: int) -> list[Result]:
    """Measure both: `watched` runs one after the other, then `many` of one instance at once."""
    stand = Stand.of(suite)
    instances = await stand.instances()
    async with stand.client() as client:
        results = await _shown(stand, client, instances["amclocal0001"], watched)
        return results + await _asked(stand, client, instances["amclocal0002"], many)


async def _ask(client: httpx.AsyncClient, instance_id: str, number: int, **more: Any) -> str:
    start = DAY_ONE + dt.timedelta(hours=number)
    window = {
        "kind": "explicit", "start": start.isoformat(),
        "end": (start + dt.timedelta(hours=1)).isoformat(),
    }  # fmt: skip
    body = {"instance_id": instance_id, "sql": SQL, "window": window, **more}
    answer = await client.post("/runs", json=body, headers={"idempotency-key": new_id().hex})
    return str(answer.raise_for_status().json()["id"])


async def _shown(
    stand: Stand, client: httpx.AsyncClient, instance_id: str, number: int
) -> list[Result]:
    """Watch as the page does: an event names the run, the run is read anew."""
    seen, there = [], []
    for each in range(number + 1):
        await asyncio.sleep(random.random())
        states = await _watched(stand, client, instance_id, each)
        finished = _finished_at(stand.suite.data, states.pop("execution"))
        if each:  # the first makes the instance's data
            seen.append(min(states[state] for state in OVER & states.keys()) - finished)
            there.append(min(states[state] for state in ENDED & states.keys()) - finished)
    worst = f"slowest of {number}"
    return [
        at_most(f"end of a run seen by a client, {worst}", "s", [max(seen)], SHOWN_SECONDS),
        at_most(f"its result there to be read, {worst}", "s", [max(there)], THERE_SECONDS),
    ]


async def _watched(
    stand: Stand, client: httpx.AsyncClient, instance_id: str, number: int
) -> dict[str, Any]:
    """Return when each state of a new run was first seen, and its name at AMC."""
    states: dict[str, Any] = {}
    async with asyncio.timeout(_LONGEST_SECONDS):
        events = _changes(stand)
        await anext(events)
        run_id = await _ask(client, instance_id, number)
        async for about in events:
            if about != run_id:
                continue
            run = (await client.get(f"/runs/{run_id}")).raise_for_status().json()
            states.setdefault(run["state"], time.time())
            if run["state"] in ENDED:
                states["execution"] = run["amc_execution_id"]
                break
        await events.aclose()  # type: ignore[attr-defined]
    return states


async def _changes(stand: Stand) -> AsyncIterator[str]:
    """Yield the ids that the event stream names; first an empty one, when it is open."""
    base, headers = stand.suite.base_url, stand.suite.bearer | {"accept": "text/event-stream"}
    async with (
        httpx.AsyncClient(base_url=base, headers=headers, timeout=60) as client,
        client.stream("GET", "/api/v1/events/stream") as answer,
    ):
        answer.raise_for_status()
        async for line in answer.aiter_lines():
            if line.startswith("retry:"):
                yield ""
            elif line.startswith("data: {"):
                yield json.loads(line.removeprefix("data: ")).get("aggregate_id", "")


def _books(data: Path, statement: str, *values: object) -> list[Any]:
    with closing(sqlite3.connect(data / "amc-sandbox" / "amc.sqlite3", timeout=20)) as books:
        return books.execute(statement, values).fetchall()


def _finished_at(data: Path, execution_id: str) -> float:
    asked = "select updated_at from execution where execution_id = ?"
    [[instant]] = _books(data, asked, execution_id)
    return float(instant)


async def _asked(
    stand: Stand, client: httpx.AsyncClient, instance_id: str, number: int
) -> list[Result]:
    """Count the calls by a fault that never strikes: the local AMC counts its decisions."""
    name = "Many at once"
    url = await _address(client)
    counters = [{"operation": each, "fault": "http_500", "probability": 0} for each in COUNTED]
    slow = {"operation": "run", "fault": "slow_run", "value": SLOW_SECONDS}
    await _switch(stand, url, slow, *counters)
    for each in range(number):
        await _ask(client, instance_id, each, name=name, dry_run=True)
    owner = await stand.owner()
    try:
        async with asyncio.timeout(_LONGEST_SECONDS):
            while await owner.fetchval(_OPEN, name):  # noqa: ASYNC110 - another process's rows
                await asyncio.sleep(0.5)
        told = await owner.fetchrow(_WAITED, name)
    finally:
        await owner.close()
    assert told is not None
    assert told["succeeded"] == number, f"{told['succeeded']} of {number} runs succeeded"
    counted = dict(_books(stand.suite.data, "select operation, decisions from chaos"))
    await _switch(stand, url)
    calls, tick = sum(counted[each] for each in COUNTED), Tempo().stand_in_tick.total_seconds()
    alone = told["waited"] / tick
    return [
        at_most(
            f"calls for states a tick, {number} runs of an instance", "calls",
            [calls / (told["lasted"] / tick)], 1.0,
        ),
        result(
            f"calls at {number} runs, against one a run and tick", "calls", [calls], [alone], FEWER,
            less_is_better=True,
        ),
    ]  # fmt: skip


async def _switch(stand: Stand, url: str, *rules: dict[str, Any]) -> None:
    folder = stand.suite.data / "amc-sandbox"
    key = json.loads((folder / "keys.json").read_text())["chaos_key"]
    async with httpx.AsyncClient(timeout=30) as client:
        answer = await client.put(
            f"{url}/chaos", json={"rules": list(rules)}, headers={"x-chaos-key": key}
        )
    answer.raise_for_status()


async def _address(client: httpx.AsyncClient) -> str:
    """Return where the local AMC listens: a sign-in leads there."""
    asked = await client.post("/connections", json={"name": "Where", "region": "eu"})
    told = asked.raise_for_status().json()
    (await client.delete(f"/connections/{told['id']}")).raise_for_status()
    parts = urlsplit(told["authorization_url"])
    return f"{parts.scheme}://{parts.netloc}"


def run(suite: Suite, *, watched: int, many: int) -> list[Result]:
    """As `measure`, from outside an event loop."""
    return asyncio.run(measure(suite, watched=watched, many=many))

"""Whole runs through a local AMC that is a process of its own, over its made-up data."""

import asyncio
import csv
import io
import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import httpx
import pytest

from tests.apps.amc.twin.conftest import BACK, REPORTING, Visitor
from tests.apps.amc.twin.test_contract import asked, ended

SOURCE = Path(__file__).parents[4] / "src"
REACH = (
    "SELECT campaign, COUNT(DISTINCT user_id) AS reach, SUM(impressions) AS impressions"
    " FROM dsp_impressions GROUP BY campaign"
)
MONTH = {
    "timeWindowType": "EXPLICIT",
    "timeWindowStart": "2026-08-01T00:00:00",
    "timeWindowEnd": "2026-09-01T00:00:00",
}


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, Path]]:
    folder = tmp_path_factory.mktemp("amc")
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [
        sys.executable, "-m", "metatron", "serve", "amc-sandbox", "--port", str(port),
        "--data", str(folder), "--redirect-uri", BACK,
    ]  # fmt: skip
    environment = {**os.environ, "PYTHONPATH": str(SOURCE)}
    with (folder / "log").open("ab") as log:
        process = subprocess.Popen(command, env=environment, stdout=log, stderr=log)
    url = f"http://127.0.0.1:{port}"
    end = time.monotonic() + 40
    while time.monotonic() < end:
        try:
            if httpx.get(f"{url}/health/live").status_code == 200:
                break
        except httpx.HTTPError:
            time.sleep(0.1)
    yield url, folder
    process.send_signal(signal.SIGTERM)
    assert process.wait(timeout=20) == 0


@pytest.fixture
async def running(address: tuple[str, Path]) -> AsyncIterator[Visitor]:
    url, folder = address
    keys = json.loads((folder / "keys.json").read_text())
    async with httpx.AsyncClient(base_url=url, timeout=30) as client:
        visitor = Visitor(
            client,
            client_id="amzn1.application-oa2-client.local",
            secret=keys["client_secret"],
            chaos_key=keys["chaos_key"],
        )
        await visitor.sign_in()
        yield visitor
        await visitor.chaos()


async def result(visitor: Visitor, execution_id: str) -> list[dict[str, str]]:
    path = f"{REPORTING}/workflowExecutions/{execution_id}"
    for _ in range(600):
        found = (await visitor.call("GET", path)).json()
        if found["status"] not in {"PENDING", "RUNNING"}:
            break
        await asyncio.sleep(0.1)
    assert found["status"] == "SUCCEEDED", found
    links = (await visitor.call("GET", f"{path}/downloadUrls")).json()["downloadUrls"]
    rows: list[dict[str, str]] = []
    for link in links:
        rows += csv.DictReader(io.StringIO((await visitor.http.get(link)).text))
    return rows


async def test_a_run_from_the_question_to_the_file(running: Visitor) -> None:
    execution_id = await asked(running, workflow={"sqlQuery": REACH}, **MONTH)
    rows = await result(running, execution_id)
    assert len(rows) > 3
    assert all(2 <= int(row["reach"]) <= int(row["impressions"]) for row in rows)
    found = await running.call("GET", f"{REPORTING}/workflowExecutions/{execution_id}")
    assert found.json()["localRowsScanned"] >= sum(int(row["impressions"]) for row in rows)
    # A result of many files holds the same rows.
    await running.chaos({"fault": "many_files", "value": 3})
    again = await asked(running, workflow={"sqlQuery": REACH}, **MONTH)
    split = await result(running, again)
    assert sorted(split, key=str) == sorted(rows, key=str)


async def test_a_parameter_is_bound_not_spliced(running: Visitor) -> None:
    query = (
        "SELECT campaign, COUNT(DISTINCT user_id) AS reach FROM dsp_impressions"
        " WHERE campaign = CUSTOM_PARAMETER('name') GROUP BY campaign"
    )
    workflow = {"sqlQuery": query, "inputParameters": [{"name": "name", "dataType": "STRING"}]}
    for value in ("' OR 1=1 --", "x'); DROP TABLE dsp_impressions; --"):
        execution_id = await asked(
            running, workflow=workflow, parameterValues={"name": value}, **MONTH
        )
        assert await result(running, execution_id) == []


async def test_a_time_with_z_finds_nothing(running: Visitor) -> None:
    window = MONTH | {
        "timeWindowStart": "2026-08-01T00:00:00Z",
        "timeWindowEnd": "2026-09-01T00:00:00Z",
    }
    execution_id = await asked(running, workflow={"sqlQuery": REACH}, **window)
    assert await result(running, execution_id) == []


async def test_what_amc_refuses_fails_with_its_reason(running: Visitor) -> None:
    query = "SELECT user_id, COUNT(*) AS n FROM dsp_impressions GROUP BY user_id"
    found = await ended(running, await asked(running, workflow={"sqlQuery": query}, **MONTH))
    assert found["status"] == "FAILED"
    assert "user_id" in str(found["statusReason"])


async def test_cancelled_bombs_do_not_stand_in_the_way(running: Visitor) -> None:
    """As many as there are places; each would take as long as a run may have."""
    bomb = {
        "sqlQuery": "SELECT a.campaign, COUNT(*) AS n FROM dsp_impressions a"
        " CROSS JOIN dsp_impressions b CROSS JOIN dsp_impressions c GROUP BY 1"
    }
    for execution_id in [await asked(running, workflow=bomb, **MONTH) for _ in range(2)]:
        path = f"{REPORTING}/workflowExecutions/{execution_id}"
        for _ in range(600):
            if (await running.call("GET", path)).json()["status"] == "RUNNING":
                break
            await asyncio.sleep(0.1)
        answer = await running.call("PUT", path, json={"status": "CANCELLED"})
        assert answer.json()["status"] == "CANCELLED"
    rows = await result(running, await asked(running, workflow={"sqlQuery": REACH}, **MONTH))
    assert rows


async def test_links_end(running: Visitor) -> None:
    execution_id = await asked(running, workflow={"sqlQuery": REACH}, **MONTH)
    await result(running, execution_id)
    await running.chaos({"fault": "dead_link", "count": 1})
    path = f"{REPORTING}/workflowExecutions/{execution_id}/downloadUrls"
    dead = (await running.call("GET", path)).json()["downloadUrls"][0]
    assert (await running.http.get(dead)).status_code == 403
    live = (await running.call("GET", path)).json()["downloadUrls"][0]
    assert (await running.http.get(live)).status_code == 200
    forged = live.replace("result", "metadata")
    assert (await running.http.get(forged)).status_code == 403

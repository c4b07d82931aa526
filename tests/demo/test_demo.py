"""`bin/up` started for real: the demo's campaigns are there, their money was captured, once."""

import asyncio
import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import asyncpg
import httpx
import pytest

from metatron.demo_script import LIVE, MEMBERS, MISSED, REACHED
from metatron.kernel.process.embedded_postgres import EmbeddedPostgres

ROOT = Path(__file__).parents[2]
START_SECONDS = 100.0
CAPTURE_SECONDS = 60.0
WARM_NOTES = ("demo", "demo-amazon", "seeded", "migrated")
_SHOWN = re.compile(r"a campaign anybody may look at: http://\S+?/o/demo/campaigns/(\S+)")
_LINK = re.compile(r"/sign-in/link#token=(\S+)")


class Suite:
    """A start of the whole, and what it said until it was ready."""

    def __init__(self, data: Path, port: int, *options: str) -> None:
        self.base_url = f"http://127.0.0.1:{port}/api/v1"
        self.begun = time.monotonic()
        self.process = subprocess.Popen(
            [sys.executable, "-m", "metatron", "up", f"--data={data}", f"--port={port}", *options],
            cwd=ROOT,
            env=os.environ | {"PYTHONPATH": str(ROOT / "src")},
            stderr=subprocess.PIPE,
            text=True,
        )
        self.said = ""
        assert self.process.stderr is not None
        for line in self.process.stderr:
            self.said += line
            if _LINK.search(line):
                return
        raise AssertionError(self.said)

    @property
    def slug(self) -> str | None:
        found = _SHOWN.search(self.said)
        return found[1] if found else None

    @contextmanager
    def signed_in(self) -> Iterator[httpx.Client]:
        """The owner of the printed link."""
        found = _LINK.search(self.said)
        assert found is not None
        with httpx.Client(base_url=self.base_url, timeout=20) as client:
            answer = client.post("/auth/verify-magic-link", json={"token": found[1]})
            token = answer.raise_for_status().json()["access_token"]
            client.headers["authorization"] = f"Bearer {token}"
            yield client


@contextmanager
def started(data: Path, *options: str) -> Iterator[Suite]:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = int(probe.getsockname()[1])
    suite = Suite(data, port, *options)
    with suite.process:
        try:
            yield suite
        finally:
            suite.process.send_signal(signal.SIGINT)
            # What it says until it ends would fill the pipe.
            suite.process.communicate(timeout=60)


def _public(suite: Suite) -> dict[str, dict[str, Any]]:
    answer = httpx.get(f"{suite.base_url}/public/demo/campaigns", timeout=20)
    return {each["title"]: each for each in answer.raise_for_status().json()["items"]}


def _commitments(client: httpx.Client, campaign_id: str) -> list[dict[str, Any]]:
    answer = client.get(f"/campaigns/{campaign_id}/commitments?limit=100")
    items: list[dict[str, Any]] = answer.raise_for_status().json()["items"]
    return items


def _until_captured(client: httpx.Client, campaign_id: str) -> list[dict[str, Any]]:
    ends = time.monotonic() + CAPTURE_SECONDS
    while True:
        found = _commitments(client, campaign_id)
        if len(found) == len(MEMBERS) and {each["state"] for each in found} == {"held"}:
            return found
        assert time.monotonic() < ends, [each["state"] for each in found]
        time.sleep(0.5)


def _actors(client: httpx.Client, campaign_id: str) -> dict[str, str]:
    """Who took which step of a campaign."""
    answer = client.get(f"/events?aggregate_id={campaign_id}")
    return {
        each["payload"]["step"]: each["actor"]["id"]
        for each in answer.raise_for_status().json()["items"]
        if each["name"] == "campaigns.campaign_moved.v1"
    }


def _campaigns(client: httpx.Client) -> dict[str, dict[str, Any]]:
    answer = client.get("/campaigns?limit=100")
    return {each["title"]: each for each in answer.raise_for_status().json()["items"]}


def _check_books(client: httpx.Client, campaign_id: str, units: int, price: int) -> None:
    books = client.get(f"/campaigns/{campaign_id}/books").raise_for_status().json()
    assert books["balanced"]
    codes = {line["code"]: line for line in books["accounts"]}
    [code] = [code for code in codes if code.startswith("cmt:") and code.endswith(":escrow")]
    assert codes[code]["credits_posted_minor"] == units * price
    assert codes[code]["credits_pending_minor"] == 0


def _wait_for_notes(data: Path) -> None:
    ends = time.monotonic() + CAPTURE_SECONDS
    while not all((data / "notes" / name).exists() for name in ("demo", "demo-amazon")):
        assert time.monotonic() < ends, "the demo was never complete"
        time.sleep(0.2)


def _amazon(client: httpx.Client) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """The demo's one connection to the local Amazon, and its clients."""
    [connection] = client.get("/amc/connections").raise_for_status().json()["items"]
    found: list[dict[str, Any]] = client.get("/amc/instances").raise_for_status().json()["items"]
    return connection, found


def _until_compared(client: httpx.Client) -> None:
    """The local Amazon sleeps after a start, at another port: the first call wakes it."""
    connection, before = _amazon(client)
    client.post(f"/amc/connections/{connection['id']}/sync").raise_for_status()
    ends = time.monotonic() + CAPTURE_SECONDS
    while _amazon(client)[1][0]["synced_at"] == before[0]["synced_at"]:
        assert time.monotonic() < ends, "the local Amazon did not answer"
        time.sleep(0.2)


@pytest.mark.timeout(300)
def test_the_demo_is_live_and_a_second_start_adds_nothing(tmp_path: Path) -> None:
    data = tmp_path / "d"
    with started(data) as suite:
        assert suite.slug is not None
        with suite.signed_in() as client:
            ours = _campaigns(client)
            assert {title: each["state"] for title, each in ours.items()} == {
                LIVE.title: "live",
                REACHED.title: "completed",
                MISSED.title: "failed",
            }
            live = ours[LIVE.title]
            held = _until_captured(client, live["id"])
            assert sum(each["units"] for each in held) == sum(LIVE.units)
            _check_books(client, live["id"], sum(LIVE.units), LIVE.unit_price_minor)
            actors = _actors(client, live["id"])
            assert actors["submit"] not in {actors["approve"], None}
            for play, ending in ((REACHED, "settled"), (MISSED, "refunded")):
                found = _commitments(client, ours[play.title]["id"])
                assert [each["state"] for each in found] == [ending] * len(play.units)
        page = httpx.get(f"{suite.base_url}/public/demo/campaigns/{suite.slug}", timeout=20).json()
        assert (page["title"], page["goal_stage"], page["takes_commitments"]) == (
            LIVE.title,
            "50",
            True,
        )
        assert page["unit_price_minor"] is None
        _wait_for_notes(data)
    with started(data) as suite:
        assert suite.slug == page["slug"]
        with suite.signed_in() as client:
            assert {each["id"] for each in _campaigns(client).values()} == {
                each["id"] for each in ours.values()
            }
            again = _commitments(client, live["id"])
            assert {each["id"] for each in again} == {each["id"] for each in held}
            offset = client.get("/clock").raise_for_status().json()["offset_seconds"]
            connection, clients = _amazon(client)
            assert (connection["state"], connection["is_twin"]) == ("healthy", True)
            assert len(clients) == 3
            _until_compared(client)
    # What the notes say is forgotten: the demo is played again and finds everything there.
    for note in WARM_NOTES:
        (data / "notes" / note).unlink()
    with started(data) as suite:
        assert suite.slug == page["slug"]
        _wait_for_notes(data)
        with suite.signed_in() as client:
            assert _amazon(client)[0]["id"] == connection["id"]
            assert len(_campaigns(client)) == 3
            assert len(_commitments(client, live["id"])) == len(MEMBERS)
            clock = client.get("/clock").raise_for_status().json()
            assert clock["offset_seconds"] == offset


@pytest.mark.timeout(120)
def test_without_a_demo_nothing_is_seeded(tmp_path: Path) -> None:
    data = tmp_path / "d"
    with started(data, "--no-demo") as suite:
        assert suite.slug is None
        assert httpx.get(f"{suite.base_url}/public/demo/campaigns", timeout=20).status_code == 404
        server = EmbeddedPostgres(data)
        tenants = _count(server.dsn("metatron_system"), "select count(*) from tenancy.tenant")
        people = _count(
            server.dsn("metatron_app"),
            "select count(*) from identity.user_account where email_key like '%demo.example.com'",
        )
        assert (asyncio.run(tenants), asyncio.run(people)) == (0, 0)


async def _count(dsn: str, query: str) -> int:
    connection = await asyncpg.connect(dsn)
    try:
        found: int = await connection.fetchval(query)
        return found
    finally:
        await connection.close()

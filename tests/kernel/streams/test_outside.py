"""Consumers outside, replays from the log, and real processes that are killed."""

import asyncio
import json
import os
import signal
import subprocess
import sys
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr

from metatron.kernel.clock import utc_now
from metatron.kernel.context import Context
from metatron.kernel.events.event import publish_all
from metatron.kernel.redis_door import RedisDoor
from metatron.kernel.settings import Settings
from metatron.kernel.streams.following import Follower
from metatron.kernel.streams.replay import replay
from tests.kernel.streams.conftest import Counted, Suite

ROOT = Path(__file__).parents[3]


def environment(settings: Settings, url: str, folder: Path) -> dict[str, str]:
    def said(secret: SecretStr) -> str:
        return secret.get_secret_value()

    return os.environ | {
        "PYTHONPATH": str(ROOT / "src"),
        "METATRON_DATABASE_URL": said(settings.database_url),
        "METATRON_DATABASE_SYSTEM_URL": said(settings.database_system_url),
        "METATRON_SECRET_KEYS": said(settings.secret_keys),
        "METATRON_DATA_DIR": str(folder),
        "METATRON_PAYMENTS_SECRET": "x",
        "METATRON_PAYMENTS_WEBHOOK_SECRETS": "y",
        "METATRON_REDIS_URL": url,
    }


async def taken(follower: Follower, most: int) -> list[dict[str, Any]]:
    found = []
    async with asyncio.timeout(20):
        async for entry in follower.entries():
            found.append(entry)
            if len(found) == most:
                return found
    return found


async def test_a_group_of_somebody_elses_gets_each_entry_once_in_sequence(
    suite: Suite, tenant: Context
) -> None:
    door = RedisDoor(suite.redis.url)
    async with suite.open():
        await suite.count(tenant, *range(30))
        await suite.until_published()
        first = Follower(door, "counting", "accounts", consumer="one", after=0)
        found = await taken(first, 20)
        assert [entry["number"] for entry in found] == list(range(1, 21))
        assert [entry["payload"]["number"] for entry in found] == list(range(20))
        # What was delivered and not acknowledged comes to the same consumer again; here the last.
        again = await taken(Follower(door, "counting", "accounts", consumer="one", after=0), 1)
        assert again[0]["number"] == 20
        # Flushed while it follows: it goes on where it stands.
        with suite.redis.client() as asked:
            asked.flushall()
        await suite.count(tenant, 30)
        await suite.until_published()
        rest = await taken(Follower(door, "counting", "accounts", consumer="one", after=20), 11)
        assert [entry["number"] for entry in rest] == list(range(21, 32))
    await door.close()


async def test_a_follower_outlives_a_flush(suite: Suite, tenant: Context) -> None:
    door = RedisDoor(suite.redis.url)
    follower = Follower(door, "counting", "accounts", consumer="one", after=0)
    found: list[int] = []

    async def follow() -> None:
        async for entry in follower.entries():
            found.append(entry["number"])  # noqa: PERF401 - looked at while it grows

    async with suite.open():
        following = asyncio.create_task(follow())
        for round_ in range(3):
            await suite.count(tenant, *range(10))

            async def all_there(expected: int = 10 * (round_ + 1)) -> bool:
                return len(found) >= expected

            await suite.until(all_there)
            with suite.redis.client() as asked:
                asked.flushall()
        following.cancel()
        await asyncio.wait([following])
    await door.close()
    assert found == list(range(1, 31))


async def test_a_replay_sends_what_the_log_has_and_changes_nothing_handled(
    suite: Suite, tenant: Context, other: Context
) -> None:
    began = utc_now()
    async with suite.open():
        await suite.count(tenant, *range(6))
        await suite.count(other, 6)
        await suite.until_answered(tenant, list(range(6)))
        await suite.until_answered(other, [6])
        old = [told["id"] for _, told in suite.entries()]
        end = utc_now() + timedelta(seconds=1)
        assert await replay(suite.database, "counting", since=end, until=end) == 0
        count = await replay(
            suite.database, "counting", since=began, until=end, tenant_id=tenant.tenant_id
        )
        assert count == 6
        await suite.until_published()
        entries = suite.entries()
        assert [told["id"] for _, told in entries[7:]] == old[:6]
        assert {told["replayed"] for _, told in entries[7:]} == {"True"}
        await asyncio.sleep(0.5)
    assert await suite.answers(tenant) == list(range(6))
    assert await suite.queued() == 0


@pytest.mark.timeout(120)
async def test_the_commands_follow_and_replay_and_survive_a_kill(
    suite: Suite, tenant: Context, tmp_path: Path
) -> None:
    given = environment(suite.settings, suite.redis.url, tmp_path)
    events = [sys.executable, "-m", "metatron", "events"]
    follow = [*events, "follow", "--module", "counting", "--group", "accounts", "--after", "0"]
    async with suite.open():
        await suite.count(tenant, *range(40))
        await suite.until_published()
        with subprocess.Popen(follow, env=given, stdout=subprocess.PIPE, cwd=tmp_path) as running:  # noqa: ASYNC220
            assert running.stdout is not None
            lines = [await asyncio.to_thread(running.stdout.readline) for _ in range(7)]
            running.kill()
            lines += (await asyncio.to_thread(running.stdout.read)).splitlines()
        seen = [json.loads(line)["number"] for line in lines if line.strip().endswith(b"}")]
        # The one it died over comes again, with its number; none is left out.
        left = 40 - seen[-1] + 1
        rest = await asyncio.to_thread(
            subprocess.run, [*follow, "--most", str(max(1, left - 1))],
            env=given, capture_output=True, check=True, cwd=tmp_path, timeout=60,
        )  # fmt: skip
        seen += [json.loads(line)["number"] for line in rest.stdout.splitlines()]
        assert set(range(1, 40)) <= set(seen)
        asked = [*events, "replay", "--module", "counting", "--from", "2020-01-01"]
        replayed = await asyncio.to_thread(
            subprocess.run, asked, env=given, capture_output=True, check=True, cwd=tmp_path,
            timeout=60,
        )  # fmt: skip
        assert b"40 events of counting" in replayed.stdout
        await suite.until_published()
        assert len(suite.ids()) == 80
        listed = await asyncio.to_thread(
            subprocess.run, [*events, "list"], env=given, capture_output=True, check=True,
            cwd=tmp_path, timeout=60,
        )  # fmt: skip
        assert b"metatron:events:counting\tlast 80\tnot in Redis 0" in listed.stdout


@pytest.mark.timeout(120)
async def test_a_real_worker_killed_at_any_moment_leaves_one_entry_an_event(
    suite: Suite, tenant: Context, tmp_path: Path
) -> None:
    given = environment(suite.settings, suite.redis.url, tmp_path)

    def worker() -> "subprocess.Popen[bytes]":
        argv = [sys.executable, "-m", "metatron", "work"]
        with (tmp_path / "worker.log").open("ab") as log:
            return subprocess.Popen(argv, env=given, cwd=tmp_path, stdout=log, stderr=log)

    running = worker()
    try:
        total = 0
        for _ in range(3):
            for _ in range(4):
                many = [Counted(aggregate_id=tenant.tenant_id, number=total + n) for n in range(50)]
                total += len(many)
                async with suite.database.transaction(tenant) as session:
                    await publish_all(session, tenant, many, now=utc_now())

            async def some(least: int = total // 2) -> bool:
                return len(suite.ids()) > least

            await suite.until(some, 60)
            running.kill()
            running.wait(20)
            running = worker()

        async def everything(expected: int = total) -> bool:
            return len(suite.ids()) >= expected

        await suite.until(everything, 60)
    finally:
        running.send_signal(signal.SIGTERM)
        await asyncio.to_thread(running.wait, 30)
    assert suite.ids() == [f"{number}-0" for number in range(1, total + 1)]
    counted = [json.loads(told["payload"])["number"] for _, told in suite.entries()]
    assert counted == list(range(total))


def test_without_the_setting_no_process_loads_the_client() -> None:
    code = (
        "import sys, metatron.processes as p; p.all_modules();"
        "import metatron.kernel.streams.station, metatron.kernel.streams.reactions;"
        "from metatron.kernel.redis_door import open_redis;"
        "from metatron.kernel.settings import Settings;"
        "assert open_redis(Settings()) is None;"
        "assert not [m for m in sys.modules if m.partition('.')[0] == 'redis']"
    )
    given = {key: value for key, value in os.environ.items() if not key.startswith("METATRON_")}
    subprocess.run(
        [sys.executable, "-c", code], env=given | {"PYTHONPATH": str(ROOT / "src")}, check=True
    )

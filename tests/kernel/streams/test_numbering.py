"""What is numbered, by whom, and in which sequence."""

import asyncio
import json
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from sqlalchemy import text

from metatron.kernel.clock import utc_now
from metatron.kernel.context import Context
from metatron.kernel.database.database import Database
from metatron.kernel.events import relay
from metatron.kernel.events.event import publish
from metatron.kernel.events.relay import Relay
from metatron.kernel.process.embedded_postgres import EmbeddedPostgres
from metatron.kernel.streams.publisher import Publisher
from tests.conftest import _clone, settings_for
from tests.kernel.streams.conftest import Counted, Suite

_NUMBERS = "select number from kernel.stream_entry where module = 'counting' order by number"


async def test_two_workers_share_the_work_and_keep_the_sequence(
    suite: Suite, tenant: Context, other: Context
) -> None:
    """Each event is announced under a lock that the one before has held."""
    counted = {tenant: 0, other: 0}

    async def one(context: Context) -> None:
        async with suite.database.transaction(context) as session:
            lock = text("select pg_sleep(random() / 100), pg_advisory_xact_lock(:key)")
            await session.execute(lock, {"key": context.tenant_id.int % 2**31})
            counted[context] += 1
            event = Counted(aggregate_id=context.tenant_id, number=counted[context])
            await publish(session, context, event, now=utc_now())

    async with suite.open(), suite.open():
        for _ in range(10):
            await asyncio.gather(*(one(context) for context in counted for _ in range(4)))
        for context in counted:
            await suite.until_answered(context, list(range(1, 41)), seconds=40)
        await suite.until_published()
    assert suite.ids() == [f"{number}-0" for number in range(1, 81)]
    for context in counted:
        mine = [told for _, told in suite.entries() if told["tenant_id"] == str(context.tenant_id)]
        assert [json.loads(told["payload"])["number"] for told in mine] == list(range(1, 41))
        assert await suite.answers(context) == list(range(1, 41))
        assert await suite.answers(context, "answering.second") == list(range(1, 41))


@pytest.fixture
async def away(server: EmbeddedPostgres, template: str, tmp_path: Path) -> AsyncIterator[Database]:
    opened = await Database.open(settings_for(server, await _clone(server, template), tmp_path))
    yield opened
    await opened.close()


async def test_events_of_a_database_of_its_own_are_numbered_once_at_home(
    suite: Suite, tenant: Context, away: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The relay died after it had numbered them and before it had taken them out."""
    home = suite.database.system
    for number in range(3):
        async with away.transaction(tenant) as session:
            event = Counted(aggregate_id=tenant.tenant_id, number=number)
            await publish(session, tenant, event, now=utc_now())
    noted: list[bool] = []
    moving = Relay(home, suite.registry(), noted=lambda: noted.append(True))
    with monkeypatch.context() as patched:
        patched.setattr(relay, "_DELETE", "select 1/0, $1::uuid[], $2::uuid[]")
        with pytest.raises(Exception, match="division by zero"):
            await moving.drain(away.system)
    assert noted == []
    assert [row["number"] for row in await home.fetch(_NUMBERS)] == [1, 2, 3]
    assert await moving.drain(away.system) == 3
    assert noted == [True]
    assert [row["number"] for row in await home.fetch(_NUMBERS)] == [1, 2, 3]
    assert await away.system.fetch(_NUMBERS) == []


async def test_entries_go_when_they_are_beyond_the_stream_and_handled(
    suite: Suite, tenant: Context
) -> None:
    suite.over_streams = ()
    async with suite.open() as running:
        await suite.count(tenant, *range(8))

        async def all_there() -> bool:
            return suite.ids()[-1:] == ["8-0"]

        await suite.until(all_there)
        home = suite.database.system
        await home.execute("insert into kernel.stream_group values ('counting', 'slow', 3)")
        publisher = Publisher(home, running.door, length=2)
        await publisher.round()
        assert [row["number"] for row in await home.fetch(_NUMBERS)] == [4, 5, 6, 7, 8]
        await home.execute("delete from kernel.stream_group")
        await Publisher(home, running.door, length=2).round()
        assert [row["number"] for row in await home.fetch(_NUMBERS)] == [7, 8]

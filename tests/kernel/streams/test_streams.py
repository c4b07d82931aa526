"""From the commit over the stream to the handler, and what a lost Redis changes: nothing."""

import asyncio
import json
from itertools import pairwise

import pytest

from metatron.kernel.clock import utc_now
from metatron.kernel.context import Context
from metatron.kernel.events.event import publish_all
from metatron.kernel.streams import reactions
from tests.kernel.streams.conftest import Answered, Counted, Suite


async def test_an_event_is_on_the_stream_of_its_module_as_the_log_has_it(
    suite: Suite, tenant: Context
) -> None:
    async with suite.open():
        (event_id,) = await suite.count(tenant, 7)
        await suite.until_answered(tenant, [7])
        await suite.until_published()

        async def both() -> bool:
            return len(suite.ids("answering")) == 2

        await suite.until(both)
    ((entry_id, told),) = suite.entries()
    row = await suite.database.system.fetchrow(
        "select name, aggregate_id, occurred_at from kernel.event where id = $1", event_id
    )
    assert entry_id == "1-0"
    assert json.loads(told.pop("payload"))["number"] == 7
    assert told == {
        "id": str(event_id), "tenant_id": str(tenant.tenant_id), "name": row["name"],
        "aggregate_id": str(row["aggregate_id"]), "occurred_at": row["occurred_at"].isoformat(),
        "replayed": "False",
    }  # fmt: skip
    # What the handlers announced is on another stream, and nothing went through the queue.
    assert [told["name"] for _, told in suite.entries("answering")] == [Answered.name] * 2
    assert await suite.queued() == 0


async def test_a_group_of_the_modules_name_has_acknowledged_everything(
    suite: Suite, tenant: Context
) -> None:
    async with suite.open():
        await suite.count(tenant, *range(20))
        await suite.until_answered(tenant, list(range(20)))

        async def acknowledged() -> bool:
            with suite.redis.client() as asked:
                (group,) = asked.xinfo_groups("metatron:events:counting")
                return (group["name"], group["pending"], group["last-delivered-id"]) == (
                    "answering", 0, "20-0",
                )  # fmt: skip

        await suite.until(acknowledged)
    assert await suite.answers(tenant) == list(range(20))


async def test_without_redis_the_queue_brings_everything_and_nothing_is_numbered(
    suite: Suite, tenant: Context
) -> None:
    async with suite.open(redis=False):
        await suite.count(tenant, *range(5))
        await suite.until_answered(tenant, list(range(5)))
    assert await suite.database.system.fetchval("select count(*) from kernel.stream_entry") == 0
    assert suite.ids() == []


async def test_the_queue_brings_to_those_who_do_not_follow_streams(
    suite: Suite, tenant: Context
) -> None:
    suite.over_streams = ()
    async with suite.open():
        await suite.count(tenant, *range(5))
        await suite.until_answered(tenant, list(range(5)))
        await suite.until_published()
    assert suite.ids() == [f"{number}-0" for number in range(1, 6)]


async def test_what_concurrent_transactions_announce_of_one_record_keeps_its_sequence(
    suite: Suite, tenant: Context
) -> None:
    """Each waits for the row lock of the one before, having begun in any sequence at all."""
    system = suite.database.system
    await system.execute("insert into kernel.schedule values ('counter', now(), null)")
    value = {"now": 0}

    async def one() -> None:
        async with suite.database.transaction(tenant) as session:
            from sqlalchemy import text

            await session.execute(text("select pg_sleep(random() / 50)"))
            await session.execute(text("select pg_advisory_xact_lock(77)"))
            value["now"] += 1
            event = Counted(aggregate_id=tenant.tenant_id, number=value["now"])
            await publish_all(session, tenant, [event], now=utc_now())

    async with suite.open():
        for _ in range(12):
            await asyncio.gather(*(one() for _ in range(9)))
        await suite.until_answered(tenant, list(range(1, 109)))
        await suite.until_published()
    counted = [json.loads(told["payload"])["number"] for _, told in suite.entries()]
    assert counted == list(range(1, 109))
    assert await suite.answers(tenant) == counted


async def test_a_backlog_is_numbered_in_sequence_though_it_takes_several_rounds(
    suite: Suite, tenant: Context, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The first to begin was the last to insert: no round may take it for the oldest."""
    from metatron.kernel.events import relay

    monkeypatch.setattr(relay, "PER_TENANT", 3)
    monkeypatch.setattr(relay, "PER_ROUND", 3)
    late = await suite.database.session(tenant)
    async with late:
        await publish_all(late, tenant, [], now=utc_now())
        from sqlalchemy import text

        await late.execute(text("select 1"))
        await suite.count(tenant, *range(10))
        await publish_all(
            late, tenant, [Counted(aggregate_id=tenant.tenant_id, number=10)], now=utc_now()
        )
        await late.commit()
    async with suite.open():
        await suite.until_answered(tenant, list(range(11)))
        await suite.until_published()
    counted = [json.loads(told["payload"])["number"] for _, told in suite.entries()]
    assert counted == list(range(11))


@pytest.mark.parametrize("forget", [False, True])
async def test_a_killed_redis_loses_nothing_and_doubles_nothing(
    suite: Suite, tenant: Context, other: Context, forget: bool
) -> None:
    async with suite.open():
        await suite.count(tenant, *range(10))
        await suite.until_answered(tenant, list(range(10)))
        await suite.until_published()
        suite.redis.kill(forget=forget)
        for number in range(10, 30):
            await suite.count(tenant, number)
            await suite.count(other, number)
        # Nobody waits for it to come back.
        await suite.until_answered(tenant, list(range(30)))
        suite.redis.start()
        await suite.count(tenant, 30)
        await suite.until_answered(tenant, list(range(31)))
        await suite.until_published()
    assert await suite.answers(tenant) == list(range(31))
    assert await suite.answers(other) == list(range(10, 30))
    assert suite.ids() == [f"{number}-0" for number in range(1, 52)]
    assert len({told["id"] for _, told in suite.entries()}) == 51
    assert await suite.queued() == 0


async def test_a_redis_that_hangs_holds_nobody_up(suite: Suite, tenant: Context) -> None:
    async with suite.open() as running:
        await suite.count(tenant, 0)
        await suite.until_answered(tenant, [0])
        suite.redis.hold()
        await suite.count(tenant, *range(1, 10))
        await suite.until_answered(tenant, list(range(10)), seconds=6)
        assert running.door.is_away
        suite.redis.let_go()
        await suite.until_published()
    assert await suite.answers(tenant) == list(range(10))
    assert suite.ids() == [f"{number}-0" for number in range(1, 11)]


async def test_what_was_flushed_comes_again_by_itself(suite: Suite, tenant: Context) -> None:
    async with suite.open():
        await suite.count(tenant, *range(40))
        await suite.until_answered(tenant, list(range(40)))
        await suite.until_published()
        before = suite.entries()
        with suite.redis.client() as asked:
            asked.flushall()

        async def rebuilt() -> bool:
            return suite.entries() == before

        await suite.until(rebuilt)
        await suite.count(tenant, 40)
        await suite.until_answered(tenant, list(range(41)))
        await suite.until_published()
    assert await suite.answers(tenant) == list(range(41))


async def test_a_database_that_was_set_back_begins_its_streams_anew(
    suite: Suite, tenant: Context
) -> None:
    """What Redis has beyond the log, or otherwise than the log, never was."""
    with suite.redis.client() as asked:
        for number in range(1, 60):
            asked.xadd("metatron:events:counting", {"id": "of another time"}, id=f"{number}-0")
    async with suite.open():
        await suite.count(tenant, *range(10))
        await suite.until_answered(tenant, list(range(10)))
        await suite.until_published()
    assert suite.ids() == [f"{number}-0" for number in range(1, 11)]
    assert "of another time" not in {told["id"] for _, told in suite.entries()}


@pytest.mark.timeout(300)
async def test_streams_are_trimmed_and_rebuilt_no_longer_than_that(
    suite: Suite, tenant: Context
) -> None:
    suite.length = 1_000
    events = [Counted(aggregate_id=tenant.tenant_id, number=number) for number in range(1_500)]
    suite.over_streams = ()
    async with suite.open():
        async with suite.database.transaction(tenant) as session:
            await publish_all(session, tenant, events, now=utc_now())

        async def all_there() -> bool:
            with suite.redis.client() as asked:
                newest = asked.xrevrange("metatron:events:counting", count=1)
            return [each for each, _ in newest] == ["1500-0"]

        await suite.until(all_there, 120)
        assert 1_000 <= len(suite.ids()) <= 1_200
        with suite.redis.client() as asked:
            asked.flushall()
        await suite.until(all_there, 120)
    assert suite.ids() == [f"{number}-0" for number in range(501, 1_501)]


async def test_a_worker_that_died_over_an_entry_has_one_effect_and_leaves_nothing_pending(
    suite: Suite, tenant: Context, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It had committed the effect, and died before it noted how far it was, and acknowledged."""
    monkeypatch.setattr(reactions, "_DONE", "select 1/0, $1::text, $2::text, $3::bigint")
    async with suite.open():
        await suite.count(tenant, *range(5))
        await suite.until_answered(tenant, list(range(5)))
    with suite.redis.client() as asked:
        assert asked.xpending("metatron:events:counting", "answering")["pending"] > 0
    monkeypatch.undo()
    async with suite.open():
        await suite.count(tenant, 5)
        await suite.until_answered(tenant, list(range(6)))

        async def tidied() -> bool:
            with suite.redis.client() as asked:
                return asked.xpending("metatron:events:counting", "answering")["pending"] == 0

        await suite.until(tidied)
    assert await suite.answers(tenant) == list(range(6))
    assert await suite.answers(tenant, "answering.second") == list(range(6))


async def test_a_reaction_that_fails_goes_to_the_queue_and_stops_nobody(
    suite: Suite, tenant: Context
) -> None:
    suite.failures[3] = 2
    async with suite.open():
        await suite.count(tenant, *range(8))
        await suite.until_answered(tenant, list(range(8)))
    assert suite.attempts.count(3) == 4, "each of the two handlers failed once or one failed twice"
    assert all(a < b for a, b in pairwise(n for n in await suite.answers(tenant) if n != 3))


async def test_who_follows_streams_no_more_gets_the_rest_from_the_queue(
    suite: Suite, tenant: Context, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def asleep(*_: object) -> int:
        return 0

    with monkeypatch.context() as patched:
        patched.setattr(reactions.Reactions, "step", asleep)
        async with suite.open():
            await suite.count(tenant, *range(6))
            await suite.until_published()
    assert await suite.answers(tenant) == []
    async with suite.open(redis=False):
        await suite.until_answered(tenant, list(range(6)))
    assert await suite.database.system.fetchval("select count(*) from kernel.stream_group") == 0

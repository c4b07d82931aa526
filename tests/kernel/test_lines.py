"""The direct door's connections: few at work for short statements, more when some take long."""

import asyncio
import time
from collections.abc import AsyncIterator, Callable

import asyncpg
import pytest

from metatron.kernel.database import lines as module
from metatron.kernel.database.lines import Lines
from metatron.kernel.settings import Settings

Open = Callable[[int, int], Lines]


@pytest.fixture
async def opened(settings: Settings) -> AsyncIterator[Open]:
    dsn, made = settings.database_url.get_secret_value(), []

    def open_lines(size: int, few: int) -> Lines:
        made.append(Lines(lambda: asyncpg.connect(dsn), size=size, few=few))
        return made[-1]

    yield open_lines
    for lines in made:
        await lines.close()


async def _sleep(lines: Lines, seconds: float) -> None:
    await lines.fetchval("select 1 from pg_sleep($1::float8)", seconds)


async def test_short_statements_share_a_few(opened: Open, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "PATIENCE_SECONDS", 5.0)
    lines = opened(8, 2)
    found = await asyncio.gather(*(lines.fetchval("select $1::int", n) for n in range(60)))
    assert found == list(range(60))
    assert lines._open == 2


@pytest.mark.alone
async def test_long_ones_do_not_keep_the_others_waiting(opened: Open) -> None:
    lines = opened(4, 1)
    await lines.fetchval("select 1")
    long = [asyncio.create_task(_sleep(lines, 1.0)) for _ in range(2)]
    await asyncio.sleep(0.01)
    begun = time.monotonic()
    assert await lines.fetchval("select 2") == 2
    assert time.monotonic() - begun < 0.5
    assert not any(task.done() for task in long)
    await asyncio.gather(*long)


async def test_there_are_never_more_than_its_size(opened: Open) -> None:
    lines = opened(3, 1)
    tasks = [asyncio.create_task(_sleep(lines, 0.05)) for _ in range(12)]
    while not all(task.done() for task in tasks):
        assert lines._open <= 3
        await asyncio.sleep(0.005)
    await asyncio.gather(*tasks)
    assert lines._open == 3


async def test_whoever_stops_waiting_leaves_no_gap(opened: Open) -> None:
    lines = opened(2, 1)
    tasks = [asyncio.create_task(_sleep(lines, 0.05)) for _ in range(10)]
    await asyncio.sleep(0.02)
    for task in tasks[1::2]:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    async with asyncio.timeout(20):
        assert await lines.fetchval("select 1") == 1
        await asyncio.gather(*(_sleep(lines, 0.01) for _ in range(6)))


async def test_a_lost_connection_is_replaced(opened: Open) -> None:
    lines = opened(2, 1)
    await lines.fetchval("select 1")
    lines._idle[0].connection.terminate()
    assert await lines.fetchval("select 1") == 1
    assert lines._open == 1


async def test_rows_are_fetched_by_as_many_as_there_are(
    opened: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "PATIENCE_SECONDS", 5.0)
    lines = opened(4, 1)
    await asyncio.gather(*(lines.fetchrow("select pg_sleep(0.1)") for _ in range(8)))
    assert lines._open == 4


@pytest.mark.alone
async def test_whoever_must_wait_for_rows_gets_the_next_connection(
    opened: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "PATIENCE_SECONDS", 5.0)
    lines, begun = opened(3, 1), time.monotonic()
    await asyncio.gather(*(lines.fetchrow("select pg_sleep(0.1)") for _ in range(9)))
    assert time.monotonic() - begun < 4

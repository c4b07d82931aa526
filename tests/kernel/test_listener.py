"""Every part of a process hears its own channels, on one connection that comes back when lost."""

import asyncio
from collections.abc import AsyncIterator, Callable

import asyncpg
import pytest

from metatron.kernel.database.listener import Listener
from metatron.kernel.ids import new_id
from metatron.kernel.settings import Settings


@pytest.fixture
async def listener(settings: Settings) -> AsyncIterator[Listener]:
    name = f"listener_{new_id().hex}"
    dsn = settings.database_system_url.get_secret_value()
    made = Listener(f"{dsn}&application_name={name}")
    yield made
    await made.close()


async def _until(condition: Callable[[], bool]) -> None:
    async with asyncio.timeout(10):
        while not condition():  # noqa: ASYNC110 - what a notice does is awaited
            await asyncio.sleep(0.01)


async def test_each_hears_its_own_on_one_connection(listener: Listener, settings: Settings) -> None:
    first: list[str] = []
    both: list[str] = []
    lost: list[str] = []
    one, two = (f"channel_{new_id().hex}" for _ in range(2))
    await listener.hear({one: first.append}, lost=lambda: lost.append("first"))
    deaf = await listener.hear(
        {one: both.append, two: both.append}, lost=lambda: lost.append("both")
    )
    assert lost == ["first", "both"]
    other = await asyncpg.connect(settings.database_system_url.get_secret_value())
    try:
        await other.execute(f"notify {one}, 'a'; notify {two}, 'b'")
        await _until(lambda: both == ["a", "b"])
        assert first == ["a"]
        name = listener._dsn.rpartition("=")[2]
        mine = "select pid from pg_stat_activity where application_name = $1"
        (row,) = await other.fetch(mine, name)
        lost.clear()
        await deaf()
        await other.execute("select pg_terminate_backend($1)", row["pid"])
        await _until(lambda: len(lost) >= 2)
        assert set(lost) == {"first"}, "once for the loss, once for having it back"
        await other.execute(f"notify {one}, 'c'")
        await _until(lambda: first == ["a", "c"])
        assert both == ["a", "b"]
    finally:
        await other.close()


async def test_a_database_that_is_away_is_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("metatron.kernel.database.listener.PATIENCE_SECONDS", 0.1)
    listener = Listener("postgresql://nobody:nothing@/none?host=/nowhere")
    lost: list[str] = []
    await listener.hear({"anything": lost.append}, lost=lambda: lost.append("lost"))
    await _until(lambda: bool(lost))
    await listener.close()

"""What a burst has opened is closed when nobody uses it; what is used stays."""

import asyncio
from collections.abc import AsyncIterator

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine
from sqlalchemy.pool import QueuePool

from metatron.kernel.database.session import create_engine
from metatron.kernel.database.shedding import close_idle
from metatron.kernel.settings import Settings


@pytest.fixture
async def engine(settings: Settings) -> AsyncIterator[AsyncEngine]:
    made = create_engine(settings.database_url.get_secret_value(), size=4)
    yield made
    await made.dispose()


def _open(engine: AsyncEngine) -> tuple[int, int]:
    pool = engine.pool
    assert isinstance(pool, QueuePool)
    return pool.checkedin(), pool.checkedout()


async def _backend(engine: AsyncEngine, seconds: float = 0.0) -> int:
    async with engine.connect() as connection:
        asked = text("select pg_backend_pid() from pg_sleep(:seconds)")
        return int((await connection.execute(asked, {"seconds": seconds})).scalar_one())


async def test_the_one_used_last_stays(engine: AsyncEngine) -> None:
    crowd = set(await asyncio.gather(*(_backend(engine, 0.2) for _ in range(4))))
    assert len(crowd) == 4
    await asyncio.sleep(0.3)
    kept = await _backend(engine)
    await close_idle(engine, seconds=0.25)
    assert _open(engine) == (1, 0)
    assert await _backend(engine) == kept


async def test_what_is_in_use_is_left_alone_and_all_may_be_opened_again(
    engine: AsyncEngine,
) -> None:
    await asyncio.gather(*(_backend(engine, 0.1) for _ in range(4)))
    async with engine.connect() as used:
        await close_idle(engine, seconds=0.0)
        assert _open(engine) == (0, 1)
        assert (await used.execute(text("select 1"))).scalar_one() == 1
    crowd = await asyncio.gather(*(_backend(engine, 0.2) for _ in range(4)))
    assert len(set(crowd)) == 4, "every place is free again"

"""A loop that outlives its database still ends when it is told to."""

import asyncio

import asyncpg
import pytest
from sqlalchemy import text

from metatron.kernel.database.lost import outlived
from metatron.kernel.database.session import create_engine
from metatron.kernel.settings import Settings


async def test_a_lost_database_is_outlived() -> None:
    rounds = 0
    for error in (ConnectionResetError(), asyncpg.InterfaceError("gone")):
        with outlived("lost"):
            rounds += 1
            raise error
    assert rounds == 2


async def test_a_lost_database_is_outlived_behind_a_session_too(settings: Settings) -> None:
    engine = create_engine(settings.database_url.get_secret_value(), size=1)
    async with engine.connect() as connection:
        pid = (await connection.execute(text("select pg_backend_pid()"))).scalar_one()
        other = await asyncpg.connect(settings.database_url.get_secret_value())
        await other.execute("select pg_terminate_backend($1)", pid)
        await other.close()
        reached = False
        with outlived("lost"):
            await connection.execute(text("select 1"))
            reached = True
        assert not reached
    await engine.dispose()


async def test_other_errors_are_not() -> None:
    with pytest.raises(ValueError, match="a bug"), outlived("lost"):
        raise ValueError("a bug")


async def close_late() -> None:
    raise TimeoutError


async def test_a_close_that_fails_does_not_hide_the_cancellation() -> None:
    """As `connection.close(timeout=1)` does on a busy machine."""
    listening = asyncio.Event()

    async def listen() -> None:
        while True:
            with outlived("lost"):
                try:
                    listening.set()
                    await asyncio.sleep(60)
                finally:
                    await close_late()

    task = asyncio.create_task(listen())
    await listening.wait()
    task.cancel()
    done, _ = await asyncio.wait([task], timeout=20)
    assert task in done
    assert task.cancelled()

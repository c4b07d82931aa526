"""The server ends the worker's connections, or says nothing: the worker goes on by itself."""

import asyncio

import pytest
from pgqueuer.domain.errors import FailingListenerError

from metatron.kernel.context import Context
from metatron.kernel.events import queue
from metatron.kernel.events.jobs import enqueue
from metatron.kernel.events.queue_driver import LastingDriver
from metatron.kernel.events.relay import Relay
from metatron.kernel.events.runner import Runner
from metatron.kernel.ids import new_id

from .conftest import Workshop

KILL = """
select count(pg_terminate_backend(pid)) from pg_stat_activity
where datname = current_database() and usename = 'metatron_system' and pid <> pg_backend_pid()
"""
LISTENING = """
select count(*) from pg_stat_activity
where datname = current_database() and query = 'LISTEN "ch_pgqueuer"'
"""


async def _kill_all(workshop: Workshop) -> int:
    async with workshop.database.system.acquire() as connection:
        return int(await connection.fetchval(KILL))


async def _work_off(workshop: Workshop, tenant: Context) -> None:
    record = new_id()

    async def asked() -> bool:
        try:
            async with workshop.database.transaction(tenant) as session:
                await enqueue(session, tenant, "test.mark", record=record)
        except Exception:  # noqa: BLE001 - killed in the middle of it; asked once more
            return False
        return True

    async def done() -> bool:
        return await workshop.marks(tenant, record) == ["test.mark"]

    await workshop.until(asked)
    await workshop.until(done, seconds=40)


async def test_a_worker_outlives_all_its_connections(workshop: Workshop, tenant: Context) -> None:
    registry = workshop.registry()
    runner = Runner(workshop.database, registry, heartbeat_seconds=2)
    relay = Relay(workshop.database.system, registry)
    tasks = [asyncio.create_task(part.run()) for part in (relay, runner)]
    try:
        for _ in range(4):
            await _work_off(workshop, tenant)
            assert await _kill_all(workshop) >= 2, "relay and queue listen"
        await _work_off(workshop, tenant)
        assert not any(task.done() for task in tasks)
    finally:
        runner.stop()
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def test_listening_goes_on_on_another_connection(workshop: Workshop) -> None:
    pool = workshop.database.system
    driver, heard = LastingDriver(pool), asyncio.Event()
    async with driver:
        await driver.add_listener("some_channel", lambda _payload: heard.set())
        for _ in range(12):  # more often than the pool has connections: none is kept back
            heard.clear()
            while not heard.is_set():
                await driver.notify("some_channel", "x")
                await asyncio.sleep(0.05)
            await pool.execute(KILL)
    free = [await pool.acquire(timeout=5) for _ in range(pool.get_max_size())]
    for connection in free:
        await pool.release(connection)


class _Deaf(LastingDriver):
    """Hears nothing for its first listener, as on a connection that is only half lost."""

    deaf = True

    async def add_listener(self, channel: str, callback: object) -> None:
        if not _Deaf.deaf:
            await super().add_listener(channel, callback)  # type: ignore[arg-type]
        _Deaf.deaf = False


async def test_a_listener_that_hears_nothing_is_made_anew(
    workshop: Workshop, tenant: Context, monkeypatch: pytest.MonkeyPatch
) -> None:
    """PgQueuer's probe fails after ten seconds, which ends its loop, not ours."""
    monkeypatch.setattr("metatron.kernel.events.runner.LastingDriver", _Deaf)
    async with workshop.open():
        await asyncio.sleep(1)
        assert await workshop.database.system.fetchval(LISTENING) == 0

        async def listens() -> bool:
            return bool(await workshop.database.system.fetchval(LISTENING))

        await workshop.until(listens, seconds=30)
        await _work_off(workshop, tenant)


async def test_the_library_names_a_lost_listener_as_we_expect(workshop: Workshop) -> None:
    pgq, _ = queue.pgqueuer(LastingDriver(workshop.database.system))
    from datetime import timedelta

    # Nobody listens: the probe is sent after a while all the same, and not heard.
    with pytest.raises(FailingListenerError):
        await pgq.qm.listener_healthy(timeout=timedelta(seconds=0.1))

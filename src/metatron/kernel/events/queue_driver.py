"""PgQueuer's driver, whose listening outlives the connection it began on.

The library's own listens on one connection for good: when that is lost it hears nothing until a
probe fails, up to twenty seconds later, and then its whole loop ends. Nor does it wait with the
first probe until it listens: on a busy machine that one is not heard, and the loop ends as well.
"""

import asyncio
import contextlib
from typing import Self

import asyncpg
from pgqueuer.adapters.drivers.asyncpg import AsyncpgPoolDriver
from pgqueuer.ports.driver import NotifyCallback

from metatron.kernel.database.listening import listening
from metatron.kernel.database.lost import outlived

RETRY_SECONDS = 0.5
_LOOK_SECONDS = 1.0
_READY_SECONDS = 5.0


class LastingDriver(AsyncpgPoolDriver):
    """Queries through the pool; listens on one of its connections, on another when that is lost."""

    def __init__(self, pool: "asyncpg.Pool[asyncpg.Record]") -> None:
        """Use a pool of at least two connections: the listener keeps one."""
        super().__init__(pool)
        self._of_whom = pool
        self._tasks: dict[tuple[str, NotifyCallback], asyncio.Task[None]] = {}
        self._users = 0
        self._ready = asyncio.Event()

    async def add_listener(self, channel: str, callback: NotifyCallback) -> None:
        """Pass every payload of the channel on; returns once that works, or a few seconds later."""
        self._ready.clear()
        self._tasks[channel, callback] = asyncio.create_task(self._listen(channel, callback))
        await self._until_ready()

    async def notify(self, channel: str, payload: str) -> None:
        """Send a notice, once somebody here listens (or after a few seconds): it may be a probe."""
        await self._until_ready()
        await super().notify(channel, payload)

    async def remove_listener(self, channel: str, callback: NotifyCallback) -> None:
        """End what `add_listener` began."""
        task = self._tasks.pop((channel, callback), None)
        if task is not None:
            task.cancel()
            await asyncio.wait([task])

    async def __aenter__(self) -> Self:
        """Count the users: PgQueuer enters one driver twice."""
        self._users += 1
        return self

    async def __aexit__(self, *_: object) -> None:
        """End all listening when the last user leaves."""
        self._users -= 1
        if self._users == 0:
            for channel, callback in list(self._tasks):
                await self.remove_listener(channel, callback)

    async def _until_ready(self) -> None:
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self._ready.wait(), _READY_SECONDS)

    async def _listen(self, channel: str, callback: NotifyCallback) -> None:
        while True:
            with outlived("queue_listener_reconnects"):
                async with self._of_whom.acquire() as connection:
                    await _listen_on(connection, channel, callback, self._ready)
            await asyncio.sleep(RETRY_SECONDS)


async def _listen_on(
    connection: "asyncpg.pool.PoolConnectionProxy[asyncpg.Record]",
    channel: str,
    callback: NotifyCallback,
    ready: asyncio.Event,
) -> None:
    """Listen until the connection is lost; `ready` is set meanwhile."""

    def hear(_connection: object, _pid: object, _channel: object, payload: object) -> None:
        if isinstance(payload, str):
            callback(payload)

    async with listening(connection, {channel: hear}):
        ready.set()
        try:
            while not connection.is_closed():  # noqa: ASYNC110 - not every end is announced
                await asyncio.sleep(_LOOK_SECONDS)
        finally:
            ready.clear()

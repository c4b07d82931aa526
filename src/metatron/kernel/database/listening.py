"""Listens on a connection of a pool for the time of a block."""

import contextlib
from collections.abc import AsyncIterator, Callable, Mapping
from typing import Any

from metatron.kernel.database.lost import DATABASE_ERRORS


@contextlib.asynccontextmanager
async def listening(
    connection: Any, heard: Mapping[str, Callable[..., None]]
) -> AsyncIterator[None]:
    """Call what is named for a channel at each of its notices, until the block ends.

    A connection that is lost meanwhile gives up its channels too: a pool does not take one back
    that still has any.
    """
    async with contextlib.AsyncExitStack() as held:
        for channel, hear in heard.items():
            held.push_async_callback(_leave, connection, channel, hear)
            await connection.add_listener(channel, hear)
        yield


async def _leave(connection: Any, channel: str, hear: Callable[..., None]) -> None:
    with contextlib.suppress(*DATABASE_ERRORS):
        await connection.remove_listener(channel, hear)
    with contextlib.suppress(*DATABASE_ERRORS):
        if connection.is_closed():
            # The driver knows no more of its channels being left once it is lost.
            connection.terminate()

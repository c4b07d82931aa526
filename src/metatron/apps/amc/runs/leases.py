"""Work that is ours only as long as its lease."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress


@asynccontextmanager
async def kept_up(
    renew: Callable[[], Awaitable[bool]], *, every: float, lost: type[Exception]
) -> AsyncIterator[None]:
    """Renew a lease `every` so many seconds while the block works.

    `renew` tells whether the lease is still ours; when it is not, the block is ended and `lost`
    raised.
    """
    work = asyncio.current_task()
    assert work is not None, "work under a lease is a task"
    is_lost = False

    async def beat() -> None:
        nonlocal is_lost
        while not is_lost:
            await asyncio.sleep(every)
            is_lost = not await renew()
        work.cancel()

    beating = asyncio.create_task(beat())
    try:
        yield
    except asyncio.CancelledError:
        if not is_lost:
            raise
        work.uncancel()
        raise lost from None
    finally:
        beating.cancel()
        with suppress(asyncio.CancelledError):
            await beating

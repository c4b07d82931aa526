"""An answer that is written while it is sent, and given up when nobody takes it.

Writing holds a connection and a state of the database. Whoever listens slowly, or not at all, would
keep both from everybody else: so there are few at once, one of each organisation.
"""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Iterator
from contextlib import aclosing, contextmanager, suppress
from uuid import UUID

from metatron.kernel.errors import Busy

AT_ONCE = 2
STALLED_SECONDS = 60.0
"""For so long a piece waits to be taken."""
LONGEST_SECONDS = 3_600.0
MOST_WAITING = 2
_writing: set[UUID] = set()
type Taken = asyncio.Queue[bytes | Exception | None]


class NotTaken(Exception):
    """Nobody took the answer in time; what was sent of it is not the whole."""


async def sent_in_time(tenant_id: UUID, pieces: AsyncGenerator[bytes]) -> AsyncGenerator[bytes]:
    """Yield `pieces`, which are made no faster than they are taken.

    Raises, once it is read:
        Busy: this organisation's last one is still being sent, or enough others are.
        NotTaken: nobody took the next piece in time.
    """
    taken: Taken = asyncio.Queue()
    room = asyncio.Semaphore(MOST_WAITING)
    pump = asyncio.create_task(_pump(tenant_id, pieces, taken, room))
    try:
        while (piece := await taken.get()) is not None:
            if isinstance(piece, Exception):
                raise piece
            yield piece
            room.release()
    finally:
        pump.cancel()
        with suppress(asyncio.CancelledError):
            await pump


async def begun(pieces: AsyncGenerator[bytes]) -> AsyncIterator[bytes]:
    """Return `pieces` with the first one read: a refusal is answered as one, not cut off.

    Of a list without rows there may be none.
    """
    first = await anext(pieces, b"")

    async def rest() -> AsyncIterator[bytes]:
        async with aclosing(pieces):
            yield first
            async for piece in pieces:
                yield piece

    return rest()


async def _pump(
    tenant_id: UUID, pieces: AsyncGenerator[bytes], taken: Taken, room: asyncio.Semaphore
) -> None:
    outcome: Exception | None = None
    try:
        with _place(tenant_id):
            async with aclosing(pieces), asyncio.timeout(LONGEST_SECONDS):
                async for piece in pieces:
                    await asyncio.wait_for(room.acquire(), STALLED_SECONDS)
                    taken.put_nowait(piece)
    except TimeoutError:
        outcome = NotTaken()
    except Exception as error:  # noqa: BLE001 - the reader raises it
        outcome = error
    taken.put_nowait(outcome)


@contextmanager
def _place(tenant_id: UUID) -> Iterator[None]:
    if tenant_id in _writing or len(_writing) >= AT_ONCE:
        raise Busy("Another bundle is being sent; come back in a while.", retry_after_seconds=30)
    _writing.add(tenant_id)
    try:
        yield
    finally:
        _writing.discard(tenant_id)

"""While people wait for late answers, the worker takes one entry at a time and rests after it.

What it does then takes the processor, the disk and locks from those who answer. It never stands
still: an entry keeps the next one from beginning for `LONGEST_TURN_SECONDS` at most, and the rest
after it is `REST` times as long as it took, `LONGEST_REST_SECONDS` at most. So there is work under
way in at least one part of `1 + REST`, and an entry begins every two seconds at the latest.
"""

import asyncio
from collections import deque
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

HOLD_SECONDS = 0.5
"""For so long after the last notice people are taken to wait."""
REST = 2.0
LONGEST_REST_SECONDS = 1.0
LONGEST_TURN_SECONDS = 1.0


class Courtesy:
    """One worker's way of standing back; without a notice everything goes as it comes."""

    def __init__(self) -> None:
        """Begin with nobody waiting."""
        self._until = 0.0
        self._stopping = False
        self._taken = False
        self._queue: deque[asyncio.Future[bool]] = deque()
        self._end: asyncio.TimerHandle | None = None

    @property
    def people_wait(self) -> bool:
        """Whether late answers were heard of lately."""
        return not self._stopping and asyncio.get_running_loop().time() < self._until

    def hear(self, *_notice: object) -> None:
        """Take notice of late answers (for a listener to call)."""
        loop = asyncio.get_running_loop()
        self._until = loop.time() + HOLD_SECONDS
        if self._end is None:
            self._end = loop.call_at(self._until, self._look)

    def stop(self) -> None:
        """Let all go on: the worker ends when what it has in hand is done."""
        self._stopping = True
        self._let_go()

    def _look(self) -> None:
        """Let all go on once nobody waits any more."""
        self._end = None
        if self.people_wait:
            self._end = asyncio.get_running_loop().call_at(self._until, self._look)
        else:
            self._let_go()

    def _let_go(self) -> None:
        while self._pass_on(turn=False):
            pass

    @asynccontextmanager
    async def turn(self) -> AsyncIterator[None]:
        """Hold up one entry's work until it may begin; those that came first begin first."""
        if not self.people_wait or not await self._has_turn():
            yield
            return
        loop = asyncio.get_running_loop()
        begun = loop.time()
        over = loop.call_later(LONGEST_TURN_SECONDS, self._next)
        try:
            yield
        finally:
            took = loop.time() - begun
            if took < LONGEST_TURN_SECONDS:
                over.cancel()
                loop.call_later(min(LONGEST_REST_SECONDS, REST * took), self._next)

    async def _has_turn(self) -> bool:
        """Wait for one's turn; False when nobody waits any more."""
        if not self._taken:
            self._taken = True
            return True
        place: asyncio.Future[bool] = asyncio.get_running_loop().create_future()
        self._queue.append(place)
        try:
            return await place
        except asyncio.CancelledError:
            if place.done() and not place.cancelled() and place.result():
                self._next()
            raise

    def _next(self) -> None:
        """Let the next one begin."""
        self._taken = self._pass_on(turn=True)

    def _pass_on(self, *, turn: bool) -> bool:
        """Wake whoever waits longest; False when nobody does."""
        while self._queue:
            place = self._queue.popleft()
            if not place.done():
                place.set_result(turn)
                return True
        return False

"""What concurrent callers ask for, done together: one transaction, one flush to disk for many.

A row that all of them write is locked until its transaction has reached the disk, so it takes one
writer a flush, however many wait. Done together they take one flush for all of them.
"""

import asyncio
import random
from collections import deque
from collections.abc import Awaitable, Callable, Collection, Hashable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field

import structlog
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from metatron.kernel.errors import Busy, DomainError

log = structlog.get_logger(__name__)

FLUSH_SECONDS = 0.005
AT_ONCE = 200
MOST_WAITING = 5_000
ATTEMPTS = 5
OUR_SIDE = 500
"""From this HTTP status on a refusal is not about what was asked."""
_TRANSIENT = frozenset({"40P01", "40001"})
_NOBODYS_FAULT = frozenset({"08", "25", "40", "53", "55", "57", "58"})
"""Classes of SQLSTATE that are not about any one wish."""


@dataclass(frozen=True, slots=True)
class Limits:
    """How long a wish waits for others, how many go together, how many may wait.

    `pace_seconds` is the least between the beginnings of two batches of a key: under load fewer
    and larger batches, which cost less each, while one alone still goes after `flush_seconds`.
    """

    flush_seconds: float = FLUSH_SECONDS
    at_once: int = AT_ONCE
    most_waiting: int = MOST_WAITING
    pace_seconds: float = 0.0


@dataclass(frozen=True, slots=True)
class Traits[Item]:
    """How items get on with each other.

    `size` is what an item counts of `at_once`; one `alone` shares its batch with nobody; two with
    a claim in common go into different batches, in the sequence in which they came.
    """

    size: Callable[[Item], int] = lambda _item: 1
    alone: Callable[[Item], bool] = lambda _item: False
    claims: Callable[[Item], Collection[Hashable]] = lambda _item: ()


@dataclass(eq=False, slots=True)
class _Wish[Item, Answer]:
    """What one caller wants done, and where the answer goes."""

    item: Item
    arrived_at: float
    answer: asyncio.Future[Answer]


@dataclass(eq=False, slots=True)
class _Queue[Item, Answer]:
    """The wishes of one key; `full` wakes the flusher before its time."""

    wishes: deque[_Wish[Item, Answer]] = field(default_factory=deque)
    full: asyncio.Event = field(default_factory=asyncio.Event)
    flusher: asyncio.Task[None] | None = None


class MicroBatcher[Key: Hashable, Item, Answer]:
    """Sends what concurrent callers ask for in batches, one at a time for each key.

    One batcher a process and event loop. `send(key, items)` does a batch in one transaction and
    returns an answer for each item, or a refusal (an exception) that is this item's alone. When it
    raises, nothing of the batch was done: it is sent again after a deadlock; every caller gets the
    error when the database was in the way; otherwise each item is sent once more by itself.
    """

    def __init__(
        self,
        send: Callable[[Key, list[Item]], Awaitable[Sequence[Answer | Exception]]],
        *,
        limits: Limits | None = None,
        traits: Traits[Item] | None = None,
        busy: Callable[[], Exception] = Busy,
        closing: Callable[[], Exception] = Busy,
    ) -> None:
        """Prepare; `busy` and `closing` make the refusals of what it cannot take."""
        self._send_batch = send
        self._traits: Traits[Item] = traits or Traits()
        self._busy, self._closing_error = busy, closing
        self.limits = limits or Limits()
        self._waiting = 0
        self._queues: dict[Key, _Queue[Item, Answer]] = {}
        self._closing = False

    async def submit(self, key: Key, item: Item) -> Answer:
        """Have `item` done with others of `key`; returns or raises what became of it.

        Cancelled while it waits, nothing is done. Cancelled later it is unknown whether it was.
        """
        if self._closing:
            raise self._closing_error()
        size = self._traits.size(item)
        if self._waiting + size > self.limits.most_waiting:
            raise self._busy()
        loop = asyncio.get_running_loop()
        wish: _Wish[Item, Answer] = _Wish(item, loop.time(), loop.create_future())
        self._put(key, wish)
        return await wish.answer

    def _put(self, key: Key, wish: _Wish[Item, Answer]) -> None:
        queue = self._queues.setdefault(key, _Queue())
        queue.wishes.append(wish)
        self._waiting += self._traits.size(wish.item)
        if sum(self._traits.size(each.item) for each in queue.wishes) >= self.limits.at_once:
            queue.full.set()
        if queue.flusher is None:
            queue.flusher = asyncio.create_task(self._flush(key, queue))

    async def _flush(self, key: Key, queue: _Queue[Item, Answer]) -> None:
        """Send batches until nothing waits, then forget the queue."""
        batch: list[_Wish[Item, Answer]] = []
        loop, next_at = asyncio.get_running_loop(), 0.0
        try:
            while queue.wishes:
                due = max(queue.wishes[0].arrived_at + self.limits.flush_seconds, next_at)
                # Those that came while the last batch was under way have waited already.
                with suppress(TimeoutError):
                    async with asyncio.timeout_at(due):
                        await queue.full.wait()
                queue.full.clear()
                batch, next_at = self._take(queue), loop.time() + self.limits.pace_seconds
                await self._send(key, batch)
                batch = []
                if not queue.wishes and self.limits.pace_seconds and not self._closing:
                    await asyncio.sleep(next_at - loop.time())
        finally:
            # Reached with wishes left only when this task was cancelled, or by a bug of ours.
            del self._queues[key]
            for wish in (*batch, *queue.wishes):
                _fail(wish, self._closing_error())
            self._waiting -= sum(self._traits.size(wish.item) for wish in queue.wishes)

    def _take(self, queue: _Queue[Item, Answer]) -> list[_Wish[Item, Answer]]:
        """Take wishes for one batch; those whose caller has gone are dropped."""
        taken: list[_Wish[Item, Answer]] = []
        left: list[_Wish[Item, Answer]] = []
        claimed: set[Hashable] = set()
        size = 0
        while queue.wishes:
            wish = queue.wishes[0]
            alone, its_size = self._traits.alone(wish.item), self._traits.size(wish.item)
            if taken and (alone or size + its_size > self.limits.at_once):
                queue.full.set()
                break
            queue.wishes.popleft()
            claims = self._traits.claims(wish.item)
            clashes = not claimed.isdisjoint(claims)
            # Whoever stays behind keeps those off that would overtake.
            claimed.update(claims)
            if clashes:
                left.append(wish)
                continue
            self._waiting -= its_size
            if wish.answer.done():
                continue
            taken.append(wish)
            size += its_size
            if alone:
                break
        queue.wishes.extendleft(reversed(left))
        return taken

    async def _send(self, key: Key, batch: list[_Wish[Item, Answer]]) -> None:
        if not batch:
            return
        try:
            answers = await self._attempts(key, [wish.item for wish in batch])
        except Exception as error:  # noqa: BLE001 - whatever it is, it is the callers' to know
            if len(batch) == 1 or _is_nobodys_fault(error):
                for wish in batch:
                    _fail(wish, error)
                return
            log.warning("batch_split", wishes=len(batch), error=type(error).__name__)
            for wish in batch:
                await self._send(key, [wish])
            return
        for wish, answer in zip(batch, answers, strict=True):
            if isinstance(answer, Exception):
                _fail(wish, answer)
            elif not wish.answer.done():
                wish.answer.set_result(answer)

    async def _attempts(self, key: Key, items: list[Item]) -> Sequence[Answer | Exception]:
        """Send; begun again when another transaction stood in the way."""
        for attempt in range(ATTEMPTS):
            try:
                return await self._send_batch(key, items)
            except DBAPIError as error:
                state = getattr(error.orig, "sqlstate", None)
                if state not in _TRANSIENT or attempt == ATTEMPTS - 1:
                    raise
            jitter = random.uniform(0.5, 1.5)  # noqa: S311 - no secret
            await asyncio.sleep(jitter * self.limits.flush_seconds * 2**attempt)
        raise AssertionError("the last attempt returns or raises")

    async def close(self) -> None:
        """Take no more, and return when all that waited is done and answered."""
        self._closing = True
        flushers = [queue.flusher for queue in self._queues.values() if queue.flusher is not None]
        await asyncio.gather(*flushers, return_exceptions=True)


def _is_nobodys_fault(error: Exception) -> bool:
    """Tell whether the database was in the way, not a wish: each alone would fail as well."""
    if isinstance(error, DBAPIError):
        state = getattr(error.orig, "sqlstate", None) or ""
        return error.connection_invalidated or state[:2] in _NOBODYS_FAULT
    if isinstance(error, DomainError):
        return error.status >= OUR_SIDE
    return isinstance(error, (OSError, PoolTimeout))


def _fail[Item, Answer](wish: _Wish[Item, Answer], error: Exception) -> None:
    if not wish.answer.done():
        wish.answer.set_exception(error)

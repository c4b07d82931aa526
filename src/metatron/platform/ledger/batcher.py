"""Concurrent callers' transfers in one set-based call: what a hot account needs.

An account is locked until its transaction has reached the disk, so one account takes one booking a
flush, however many wait. Booked together they take one flush for all of them.
"""

import asyncio
import random
from collections import deque
from collections.abc import Hashable, Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from uuid import UUID

import structlog
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from metatron.kernel.context import Context, system_context
from metatron.kernel.database.database import Database
from metatron.kernel.errors import DomainError
from metatron.platform.ledger.errors import LedgerBusy, LedgerClosing
from metatron.platform.ledger.fields import demand_valid
from metatron.platform.ledger.statuses import TransferFlags
from metatron.platform.ledger.transfers import CreateTransferResult, Transfer, create_transfers

log = structlog.get_logger(__name__)

FLUSH_SECONDS = 0.005
AT_ONCE = 200
MOST_WAITING = 5_000
ATTEMPTS = 5
_TRANSIENT = frozenset({"40P01", "40001"})
_NOBODYS_FAULT = frozenset({"08", "25", "40", "53", "55", "57", "58"})
"""Classes of SQLSTATE that are not about any one transfer."""
_Key = tuple[UUID, Hashable]


@dataclass(eq=False, slots=True)
class _Wish:
    """What one caller wants booked, and where the answer goes."""

    transfers: Sequence[Transfer]
    arrived_at: float
    answer: asyncio.Future[list[CreateTransferResult]]


@dataclass(eq=False, slots=True)
class _Queue:
    """The wishes of one key; `full` wakes the flusher before its time."""

    wishes: deque[_Wish] = field(default_factory=deque)
    full: asyncio.Event = field(default_factory=asyncio.Event)
    flusher: asyncio.Task[None] | None = None


class Batcher:
    """Books what concurrent callers send, together, each batch in a transaction of its own.

    One batcher a process and event loop. A batch goes out after `flush_seconds`, or as soon as
    `at_once` transfers wait, one at a time for each key. Name as key what the transfers have in
    common (the campaign): callers of one key then never wait for each other's locks.

    What a caller sends stays together and in order, so linked chains stay whole; wishes of
    different callers are independent: a refusal is one caller's result, and an error that the
    database raises for the batch is answered by booking each wish alone. The clock of holds is
    the database's, on the tenant's clock.

    A caller gets its answer after the commit. Its own transaction is another one: book first, with
    ids that a repeat would name again, and let a hold's timeout undo what is never followed up.
    """

    def __init__(
        self,
        database: Database,
        *,
        flush_seconds: float = FLUSH_SECONDS,
        at_once: int = AT_ONCE,
        most_waiting: int = MOST_WAITING,
    ) -> None:
        """Prepare; `most_waiting` bounds the transfers that wait, over all keys."""
        self._database = database
        self._flush_seconds = flush_seconds
        self._at_once = at_once
        self._most_waiting = most_waiting
        self._waiting = 0
        self._queues: dict[_Key, _Queue] = {}
        self._closing = False

    async def book(
        self, context: Context, key: Hashable, transfers: Sequence[Transfer]
    ) -> list[CreateTransferResult]:
        """Book `transfers` in the context's tenant with others of `key`; one result for each.

        Cancelled while it waits, nothing is booked. Cancelled later, or after a lost connection,
        it is unknown whether they are: repeat with the same ids (`exists` means booked), or look
        them up.

        Raises:
            LedgerInputInvalid: a field is out of range or the batch is longer than BATCH_MAX.
            LedgerBusy: too many transfers wait already.
            LedgerClosing: the process is ending.
        """
        demand_valid("transfers", transfers)
        if not transfers:
            return []
        if self._closing:
            raise LedgerClosing
        if self._waiting + len(transfers) > self._most_waiting:
            raise LedgerBusy
        loop = asyncio.get_running_loop()
        wish = _Wish(transfers, loop.time(), loop.create_future())
        self._put((context.tenant_id, key), wish)
        return await wish.answer

    def _put(self, key: _Key, wish: _Wish) -> None:
        queue = self._queues.setdefault(key, _Queue())
        queue.wishes.append(wish)
        self._waiting += len(wish.transfers)
        if sum(len(each.transfers) for each in queue.wishes) >= self._at_once:
            queue.full.set()
        if queue.flusher is None:
            queue.flusher = asyncio.create_task(self._flush(key, queue))

    async def _flush(self, key: _Key, queue: _Queue) -> None:
        """Send batches until nothing waits, then forget the queue."""
        batch: list[_Wish] = []
        try:
            while queue.wishes:
                due = queue.wishes[0].arrived_at + self._flush_seconds
                # Those that came while the last batch was under way have waited already.
                with suppress(TimeoutError):
                    async with asyncio.timeout_at(due):
                        await queue.full.wait()
                queue.full.clear()
                batch = self._take(queue)
                await self._send(key[0], batch)
                batch = []
        finally:
            # Reached with wishes left only when this task was cancelled, or by a bug of ours.
            del self._queues[key]
            for wish in (*batch, *queue.wishes):
                _fail(wish, LedgerClosing())
            self._waiting -= sum(len(wish.transfers) for wish in queue.wishes)

    def _take(self, queue: _Queue) -> list[_Wish]:
        """Take wishes for one batch; those whose caller has gone are dropped."""
        taken: list[_Wish] = []
        size = 0
        while queue.wishes:
            wish = queue.wishes[0]
            # A chain left open would swallow the next caller's first transfer: it goes alone.
            is_open = bool(wish.transfers[-1].flags & TransferFlags.LINKED)
            if taken and (is_open or size + len(wish.transfers) > self._at_once):
                queue.full.set()
                break
            queue.wishes.popleft()
            self._waiting -= len(wish.transfers)
            if wish.answer.done():
                continue
            taken.append(wish)
            size += len(wish.transfers)
            if is_open:
                break
        return taken

    async def _send(self, tenant_id: UUID, batch: list[_Wish]) -> None:
        if not batch:
            return
        try:
            results = iter(await self._booked(tenant_id, batch))
        except Exception as error:  # noqa: BLE001 - whatever it is, it is the callers' to know
            if len(batch) == 1 or _is_nobodys_fault(error):
                for wish in batch:
                    _fail(wish, error)
                return
            log.warning("ledger_batch_split", wishes=len(batch), error=type(error).__name__)
            for wish in batch:
                await self._send(tenant_id, [wish])
            return
        for wish in batch:
            own = [next(results) for _ in wish.transfers]
            if not wish.answer.done():
                wish.answer.set_result(own)

    async def _booked(self, tenant_id: UUID, batch: Iterable[_Wish]) -> list[CreateTransferResult]:
        """Book in one transaction; begun again when another one stood in the way."""
        context = system_context(tenant_id)
        transfers = [transfer for wish in batch for transfer in wish.transfers]
        for attempt in range(ATTEMPTS):
            try:
                async with self._database.transaction(context) as session:
                    return await create_transfers(session, context, transfers=transfers)
            except DBAPIError as error:
                state = getattr(error.orig, "sqlstate", None)
                if state not in _TRANSIENT or attempt == ATTEMPTS - 1:
                    raise
            jitter = random.uniform(0.5, 1.5)  # noqa: S311 - no secret
            await asyncio.sleep(jitter * self._flush_seconds * 2**attempt)
        raise AssertionError("the last attempt returns or raises")

    async def close(self) -> None:
        """Take no more, and return when all that waited is booked and answered."""
        self._closing = True
        flushers = [queue.flusher for queue in self._queues.values() if queue.flusher is not None]
        await asyncio.gather(*flushers, return_exceptions=True)


def _is_nobodys_fault(error: Exception) -> bool:
    """Tell whether the database was in the way, not a transfer: each alone would fail as well."""
    if isinstance(error, DBAPIError):
        state = getattr(error.orig, "sqlstate", None) or ""
        return error.connection_invalidated or state[:2] in _NOBODYS_FAULT
    return isinstance(error, (DomainError, OSError, PoolTimeout))


def _fail(wish: _Wish, error: Exception) -> None:
    if not wish.answer.done():
        wish.answer.set_exception(error)

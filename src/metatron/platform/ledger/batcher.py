"""Concurrent callers' transfers in one set-based call: what a hot account needs."""

from collections.abc import Hashable, Sequence
from uuid import UUID

from metatron.kernel.context import Context, system_context
from metatron.kernel.database.database import Database
from metatron.kernel.micro_batcher import (
    AT_ONCE,
    FLUSH_SECONDS,
    MOST_WAITING,
    Limits,
    MicroBatcher,
    Traits,
)
from metatron.platform.ledger.errors import LedgerBusy, LedgerClosing
from metatron.platform.ledger.fields import demand_valid
from metatron.platform.ledger.statuses import TransferFlags
from metatron.platform.ledger.transfers import CreateTransferResult, Transfer, create_transfers

_Key = tuple[UUID, Hashable]
_Sent = Sequence[Transfer]
_Results = list[CreateTransferResult]


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
        self.queues: MicroBatcher[_Key, _Sent, _Results] = MicroBatcher(
            self._booked,
            limits=Limits(flush_seconds, at_once, most_waiting),
            # A chain left open would swallow the next caller's first transfer: it goes alone.
            traits=Traits(size=len, alone=_is_open),
            busy=LedgerBusy,
            closing=LedgerClosing,
        )

    async def book(self, context: Context, key: Hashable, transfers: _Sent) -> _Results:
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
        return await self.queues.submit((context.tenant_id, key), transfers)

    async def _booked(self, key: _Key, batch: list[_Sent]) -> list[_Results]:
        """Book in one transaction."""
        context = system_context(key[0])
        transfers = [transfer for sent in batch for transfer in sent]
        async with self._database.transaction(context) as session:
            results = iter(await create_transfers(session, context, transfers=transfers))
        return [[next(results) for _ in sent] for sent in batch]

    async def close(self) -> None:
        """Take no more, and return when all that waited is booked and answered."""
        await self.queues.close()


def _is_open(transfers: _Sent) -> bool:
    return bool(transfers[-1].flags & TransferFlags.LINKED)

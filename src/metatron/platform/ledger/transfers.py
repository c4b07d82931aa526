"""Moving, holding, posting and voiding."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from operator import attrgetter
from typing import Any
from uuid import UUID

from sqlalchemy import Row, text
from sqlalchemy.ext.asyncio import AsyncSession

from metatron.kernel.context import Context
from metatron.kernel.database.session import session_now
from metatron.kernel.events.jobs import enqueue
from metatron.platform.ledger.errors import TransferRefused
from metatron.platform.ledger.fields import ZERO, column, demand_valid
from metatron.platform.ledger.statuses import CreateTransferStatus, PendingStatus, TransferFlags

EXPIRY_JOB = "ledger.expire_pending"
_BOOKED = {CreateTransferStatus.CREATED, CreateTransferStatus.EXISTS}


@dataclass(frozen=True, slots=True, kw_only=True)
class Transfer:
    """A transfer; `timestamp` and `pending_status` are answers, leave them when creating.

    `amount` is in minor units, `timeout` in seconds. `why`, `where_to` and `triggered_by` tell the
    move in plain words and are never empty. `event_at` is when it happened, where that is not the
    moment of booking.
    """

    id: UUID
    amount: int
    why: str
    where_to: str
    triggered_by: str
    debit_account_id: UUID = ZERO
    credit_account_id: UUID = ZERO
    ledger: int = 0
    code: int = 0
    flags: int = TransferFlags.NONE
    pending_id: UUID = ZERO
    user_data_128: UUID = ZERO
    user_data_64: int = 0
    user_data_32: int = 0
    timeout: int = 0
    event_at: datetime | None = None
    timestamp: int = 0
    pending_status: PendingStatus = PendingStatus.NONE


@dataclass(frozen=True, slots=True)
class CreateTransferResult:
    """What became of one transfer; `timestamp` is its booking time in nanoseconds since 1970."""

    timestamp: int
    status: CreateTransferStatus


_CREATE = text("""
select status, "timestamp" from ledger.create_transfers(
    cast(:id as uuid[]), cast(:debit_account_id as uuid[]), cast(:credit_account_id as uuid[]),
    cast(:amount as bigint[]), cast(:ledger as integer[]), cast(:code as integer[]),
    cast(:why as text[]), cast(:where_to as text[]), cast(:triggered_by as text[]),
    cast(:flags as integer[]), cast(:pending_id as uuid[]), cast(:user_data_128 as uuid[]),
    cast(:user_data_64 as bigint[]), cast(:user_data_32 as bigint[]),
    cast(:timeout as bigint[]), cast(:event_at as timestamptz[]), cast(:timestamp as bigint[]),
    cast(:now as timestamptz)) order by item
""")
# One transfer on its own has a door of its own, which takes its fields as they are.
_CREATE_ONE = text("""
select status, "timestamp" from ledger.create_transfer(
    cast(:id as uuid), cast(:debit_account_id as uuid), cast(:credit_account_id as uuid),
    cast(:amount as bigint), cast(:ledger as integer), cast(:code as integer),
    cast(:why as text), cast(:where_to as text), cast(:triggered_by as text),
    cast(:flags as integer), cast(:pending_id as uuid), cast(:user_data_128 as uuid),
    cast(:user_data_64 as bigint), cast(:user_data_32 as bigint), cast(:timeout as bigint),
    cast(:event_at as timestamptz), cast(:timestamp as bigint), cast(:now as timestamptz))
""")
_LOOKUP = text("""
select t.*, case when t.flags & 2 <> 0 then coalesce(s.status, 'pending') else 'none' end
    as pending_status
from unnest(cast(:ids as uuid[])) with ordinality u(id, place)
left join ledger.transfer t on t.id = u.id
left join ledger.resolution s on s.pending_id = u.id
order by u.place
""")
_EXPIRE = text("select transfer_id from ledger.expire_pending(cast(:now as timestamptz), :most)")
_ALWAYS = (
    "id", "debit_account_id", "credit_account_id", "amount", "ledger", "code",
    "why", "where_to", "triggered_by",
)  # fmt: skip
_NOTHING = {
    "flags": 0,
    "pending_id": ZERO,
    "user_data_128": ZERO,
    "user_data_64": 0,
    "user_data_32": 0,
    "timeout": 0,
    "event_at": None,
    "timestamp": 0,
}


async def create_transfers(
    session: AsyncSession,
    context: Context,
    *,
    transfers: Sequence[Transfer],
    now: datetime | None = None,
) -> list[CreateTransferResult]:
    """Book transfers in the context's tenant; see `interface` for the semantics.

    `now` decides timeouts; left out, it is the database's time on the tenant's clock. For holds
    with a timeout the job that releases them is enqueued in the same transaction.

    Raises:
        LedgerInputInvalid: a field is out of range or the batch is longer than BATCH_MAX.
    """
    demand_valid("transfers", transfers)
    if not transfers:
        return []
    now = now or await session_now(session)
    if len(transfers) == 1:
        rows = await session.execute(_CREATE_ONE, {**_fields(transfers[0]), "now": now})
    else:
        values = {name: list(map(attrgetter(name), transfers)) for name in _ALWAYS}
        unset = {name: column(transfers, name, nothing) for name, nothing in _NOTHING.items()}
        rows = await session.execute(_CREATE, {**values, **unset, "now": now})
    results = [
        CreateTransferResult(timestamp, CreateTransferStatus(status)) for status, timestamp in rows
    ]
    timeouts = {
        transfer.timeout
        for transfer, result in zip(transfers, results, strict=True)
        if transfer.timeout and result.status is CreateTransferStatus.CREATED
    }
    for seconds in timeouts:
        await enqueue(session, context, EXPIRY_JOB, run_at=now + timedelta(seconds=seconds))
    return results


def _fields(transfer: Transfer) -> dict[str, Any]:
    """Return the transfer's fields, None where nothing is set; flags are always a number."""
    values: dict[str, Any] = {name: getattr(transfer, name) for name in _ALWAYS}
    for name, nothing in _NOTHING.items():
        value = getattr(transfer, name)
        values[name] = None if value == nothing and name != "flags" else value
    return values | {"flags": int(transfer.flags)}


def demand_created(transfers: Sequence[Transfer], results: Sequence[CreateTransferResult]) -> None:
    """Raise `TransferRefused` unless every transfer is booked, by this call or an earlier one.

    Of a broken chain the item that broke it is named. Mind that the exception rolls the
    transaction back, and with it the memory of failed ids.
    """
    refused = [
        (transfer.id, result.status)
        for transfer, result in zip(transfers, results, strict=True)
        if result.status not in _BOOKED
    ]
    culprits = [pair for pair in refused if pair[1] is not CreateTransferStatus.LINKED_EVENT_FAILED]
    for transfer_id, status in culprits or refused:
        extra = {"transfer_id": str(transfer_id), "result": status.value}
        raise TransferRefused(f"The transfer was refused: {status.value}.", extra=extra)


async def lookup_transfers(
    session: AsyncSession, context: Context, *, ids: Sequence[UUID]
) -> list[Transfer | None]:
    """Return one transfer for each id, None where the tenant has none under it."""
    del context
    rows = await session.execute(_LOOKUP, {"ids": list(ids)})
    return [None if row.id is None else read_transfer(row) for row in rows]


async def expire_pending(
    session: AsyncSession, context: Context, *, now: datetime, most: int = 1000
) -> list[Transfer]:
    """Release holds whose timeout is over at `now`, at most `most`, and return them."""
    ids = (await session.execute(_EXPIRE, {"now": now, "most": most})).scalars().all()
    found = await lookup_transfers(session, context, ids=ids)
    return [transfer for transfer in found if transfer is not None]


def read_transfer(row: Row[tuple[object, ...]]) -> Transfer:
    """Return the transfer that a row of `ledger.transfer` with its pending status holds."""
    return Transfer(
        id=row.id,
        amount=row.amount,
        why=row.why,
        where_to=row.where_to,
        triggered_by=row.triggered_by,
        debit_account_id=row.debit_account_id,
        credit_account_id=row.credit_account_id,
        ledger=row.ledger,
        code=row.code,
        flags=TransferFlags(row.flags),
        pending_id=row.pending_id or ZERO,
        user_data_128=row.user_data_128 or ZERO,
        user_data_64=row.user_data_64 or 0,
        user_data_32=row.user_data_32 or 0,
        timeout=row.timeout or 0,
        event_at=row.event_at,
        timestamp=row.timestamp,
        pending_status=PendingStatus(row.pending_status),
    )

"""An account's transfers and its balances over time."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from metatron.kernel.context import Context
from metatron.platform.ledger.fields import AMOUNT_MAX, ID_MAX, ZERO
from metatron.platform.ledger.statuses import AccountFilterFlags
from metatron.platform.ledger.transfers import Transfer, read_transfer

LIMIT_MAX = 8189
"""The most rows of one history."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountFilter:
    """Which transfers of one account are meant; zero leaves a field out.

    `timestamp_min` and `timestamp_max` are booking times (nanoseconds), both inclusive.
    """

    account_id: UUID
    user_data_128: UUID = ZERO
    user_data_64: int = 0
    user_data_32: int = 0
    code: int = 0
    timestamp_min: int = 0
    timestamp_max: int = 0
    limit: int = LIMIT_MAX
    flags: int = AccountFilterFlags.DEBITS | AccountFilterFlags.CREDITS


@dataclass(frozen=True, slots=True)
class AccountBalance:
    """The balances of an account right after the transfer booked at `timestamp`."""

    debits_pending: int
    debits_posted: int
    credits_pending: int
    credits_posted: int
    timestamp: int


_MATCHING = """
from ledger.entry e
join ledger.account a on a.tenant_id = e.tenant_id and a.id = e.account_id
join ledger.transfer t
    on t.tenant_id = e.tenant_id and t.id = e.transfer_id and t.timestamp = e.timestamp
left join ledger.resolution s on s.tenant_id = t.tenant_id and s.pending_id = t.id
where e.account_id = :account_id
    and e.version > ledger.version_at(:account_id, :timestamp_min)
    and e.version <= ledger.version_at(:account_id, :timestamp_max)
    and ((:debits and t.debit_account_id = e.account_id)
        or (:credits and t.credit_account_id = e.account_id))
    and (cast(:user_data_128 as uuid) is null or t.user_data_128 = :user_data_128)
    and (cast(:user_data_64 as bigint) is null or t.user_data_64 = :user_data_64)
    and (cast(:user_data_32 as bigint) is null or t.user_data_32 = :user_data_32)
    and (cast(:code as integer) is null or t.code = :code)
"""
_TRANSFERS = (
    "select t.*, case when t.flags & 2 <> 0 then coalesce(s.status, 'pending') else 'none' end"
    " as pending_status" + _MATCHING
)
_BALANCES = (
    "select e.debits_pending, e.debits_posted, e.credits_pending, e.credits_posted, e.timestamp"
    + _MATCHING
    + " and a.flags & 8 <> 0"
)
_FORWARD = " order by e.version limit :limit"
_REVERSED = " order by e.version desc limit :limit"
_STATEMENTS = {
    (sql, back): text(sql + (_REVERSED if back else _FORWARD))
    for sql in (_TRANSFERS, _BALANCES)
    for back in (False, True)
}
_AT = text("""
select a.id as account_id, b.debits_pending, b.debits_posted, b.credits_pending, b.credits_posted
from unnest(cast(:ids as uuid[])) with ordinality u(id, place)
left join ledger.account a on a.id = u.id
left join lateral (
    select (case when cast(:event_at as timestamptz) is null
        then ledger.balance_booked(a.id, :known_at)
        else ledger.balance_happened(a.id, :event_at, :known_at) end).*
) b on a.id is not null
order by u.place
""")
_OVER = text("""
select a.id as account_id, m.known_at, b.debits_pending, b.debits_posted, b.credits_pending,
  b.credits_posted
from unnest(cast(:timestamps as bigint[])) with ordinality m(known_at, place)
cross join unnest(cast(:ids as uuid[])) with ordinality u(id, place)
left join ledger.account a on a.id = u.id
left join lateral ledger.balance_booked(a.id, m.known_at) b on a.id is not null
order by m.place, u.place
""")


async def account_transfers(
    session: AsyncSession, context: Context, *, filters: Sequence[AccountFilter]
) -> list[list[Transfer]]:
    """Return, for each filter, the matching transfers in order of booking time.

    As in TigerBeetle a filter that cannot match (zero limit, no side, times crossed) answers [].
    """
    del context
    return [
        [read_transfer(row) for row in await _matching(session, _TRANSFERS, each)]
        for each in filters
    ]


async def account_balances(
    session: AsyncSession, context: Context, *, filters: Sequence[AccountFilter]
) -> list[list[AccountBalance]]:
    """Return, for each filter, the balance after each matching transfer.

    As in TigerBeetle only accounts with the flag HISTORY answer; see `balances_at` for all others.
    """
    del context
    return [
        [AccountBalance(*row) for row in await _matching(session, _BALANCES, each)]
        for each in filters
    ]


async def balances_at(
    session: AsyncSession,
    context: Context,
    *,
    account_ids: Sequence[UUID],
    timestamp: int = AMOUNT_MAX,
    event_at: datetime | None = None,
) -> list[AccountBalance | None]:
    """Return the balance of each account at a point in time, None for an unknown account.

    Args:
        session: bound to the tenant.
        context: names the tenant.
        account_ids: any accounts, with or without HISTORY.
        timestamp: as booked by then (nanoseconds); left out, as booked by now.
        event_at: as had happened by then, of what was booked by `timestamp`; left out, the books.
    """
    del context
    values = {"ids": list(account_ids), "event_at": event_at, "known_at": timestamp}
    return [_balance(row, timestamp) for row in await session.execute(_AT, values)]


async def balances_over(
    session: AsyncSession,
    context: Context,
    *,
    account_ids: Sequence[UUID],
    timestamps: Sequence[int],
) -> list[list[AccountBalance | None]]:
    """Return, for each booking time (nanoseconds), each account's balance as booked by then."""
    del context
    values = {"ids": list(account_ids), "timestamps": list(timestamps)}
    found = [_balance(row, row.known_at) for row in await session.execute(_OVER, values)]
    wide = len(account_ids)
    return [found[at : at + wide] for at in range(0, len(found), wide or 1)]


def _balance(row: Any, timestamp: int) -> AccountBalance | None:
    if row.account_id is None:
        return None
    sides = row.debits_pending, row.debits_posted, row.credits_pending, row.credits_posted
    return AccountBalance(*sides, timestamp)


async def _matching(session: AsyncSession, sql: str, each: AccountFilter) -> Sequence[Any]:
    sides = each.flags & (AccountFilterFlags.DEBITS | AccountFilterFlags.CREDITS)
    crossed = 0 < each.timestamp_max < each.timestamp_min
    if each.account_id in (ZERO, ID_MAX) or not sides or each.limit < 1 or crossed:
        return []
    statement = _STATEMENTS[sql, bool(each.flags & AccountFilterFlags.REVERSED)]
    values = {
        "account_id": each.account_id,
        "timestamp_min": each.timestamp_min - 1,
        "timestamp_max": each.timestamp_max or AMOUNT_MAX,
        "debits": bool(sides & AccountFilterFlags.DEBITS),
        "credits": bool(sides & AccountFilterFlags.CREDITS),
        "user_data_128": None if each.user_data_128 == ZERO else each.user_data_128,
        "user_data_64": each.user_data_64 or None,
        "user_data_32": each.user_data_32 or None,
        "code": each.code or None,
        "limit": min(each.limit, LIMIT_MAX),
    }
    return (await session.execute(statement, values)).all()

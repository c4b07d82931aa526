"""Opening and looking up accounts."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import Row, text
from sqlalchemy.ext.asyncio import AsyncSession

from metatron.kernel.context import Context
from metatron.platform.ledger.fields import ZERO, column, demand_valid
from metatron.platform.ledger.statuses import AccountFlags, CreateAccountStatus


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """An account; the four balances and `timestamp` are answers and must be 0 when creating.

    `ledger` and `currency` together name what is counted: transfers stay within one such pair.
    `currency` is an ISO 4217 code, or the name of another unit. Amounts are in minor units.
    """

    id: UUID
    ledger: int
    code: int
    currency: str
    flags: int = AccountFlags.NONE
    user_data_128: UUID = ZERO
    user_data_64: int = 0
    user_data_32: int = 0
    debits_pending: int = 0
    debits_posted: int = 0
    credits_pending: int = 0
    credits_posted: int = 0
    timestamp: int = 0


@dataclass(frozen=True, slots=True)
class CreateAccountResult:
    """What became of one account; `timestamp` is its booking time in nanoseconds since 1970."""

    timestamp: int
    status: CreateAccountStatus


_CREATE = text("""
select status, "timestamp" from ledger.create_accounts(
    cast(:id as uuid[]), cast(:ledger as integer[]), cast(:code as integer[]),
    cast(:currency as text[]), cast(:flags as integer[]), cast(:user_data_128 as uuid[]),
    cast(:user_data_64 as bigint[]), cast(:user_data_32 as bigint[]),
    cast(:debits_pending as bigint[]), cast(:debits_posted as bigint[]),
    cast(:credits_pending as bigint[]), cast(:credits_posted as bigint[]),
    cast(:timestamp as bigint[])) order by item
""")
_LOOKUP = text("""
select a.*, a.flags & ~32 | case when a.closed then 32 else 0 end as flags_now
from unnest(cast(:ids as uuid[])) with ordinality u(id, place)
left join ledger.account a on a.id = u.id
order by u.place
""")
_AVAILABLE = text("""
select array_agg(a.credits_posted - a.debits_posted - a.debits_pending order by u.place)
from unnest(cast(:ids as uuid[])) with ordinality u(id, place)
left join ledger.account a on a.id = u.id
""")
_ALWAYS = ("id", "ledger", "code", "currency")
_NOTHING = {
    "flags": 0,
    "user_data_128": ZERO,
    "user_data_64": 0,
    "user_data_32": 0,
    "debits_pending": 0,
    "debits_posted": 0,
    "credits_pending": 0,
    "credits_posted": 0,
    "timestamp": 0,
}


async def create_accounts(
    session: AsyncSession, context: Context, *, accounts: Sequence[Account]
) -> list[CreateAccountResult]:
    """Open accounts in the context's tenant; see `interface` for the semantics.

    Raises:
        LedgerInputInvalid: a field is out of range or the batch is longer than BATCH_MAX.
    """
    del context  # the session is bound to its tenant
    demand_valid("accounts", accounts)
    if not accounts:
        return []
    values = {name: [getattr(account, name) for account in accounts] for name in _ALWAYS}
    unset = {name: column(accounts, name, nothing) for name, nothing in _NOTHING.items()}
    rows = await session.execute(_CREATE, {**values, **unset})
    return [CreateAccountResult(row.timestamp, CreateAccountStatus(row.status)) for row in rows]


async def lookup_accounts(
    session: AsyncSession, context: Context, *, ids: Sequence[UUID]
) -> list[Account | None]:
    """Return one account for each id, None where the tenant has none under it."""
    del context
    rows = await session.execute(_LOOKUP, {"ids": list(ids)})
    return [_account(row) for row in rows]


async def lookup_available(
    session: AsyncSession, context: Context, *, ids: Sequence[UUID]
) -> list[int | None]:
    """Return what each credit-normal account can still give, in minor units of its currency.

    What is held counts as gone. None stands where the tenant has no account under an id.
    """
    del context
    found = (await session.execute(_AVAILABLE, {"ids": list(ids)})).scalar_one()
    return list(found or [])


def _account(row: Row[tuple[object, ...]]) -> Account | None:
    if row.id is None:
        return None
    return Account(
        id=row.id,
        ledger=row.ledger,
        code=row.code,
        currency=row.currency,
        flags=AccountFlags(row.flags_now),
        user_data_128=row.user_data_128 or ZERO,
        user_data_64=row.user_data_64 or 0,
        user_data_32=row.user_data_32 or 0,
        debits_pending=row.debits_pending,
        debits_posted=row.debits_posted,
        credits_pending=row.credits_pending,
        credits_posted=row.credits_posted,
        timestamp=row.timestamp,
    )

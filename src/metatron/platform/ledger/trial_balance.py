"""The books at a glance: what each kind of account holds."""

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from metatron.kernel.context import Context
from metatron.platform.ledger.fields import AMOUNT_MAX, ZERO


@dataclass(frozen=True, slots=True, kw_only=True)
class TrialBalanceFilter:
    """Which accounts are summed; zero and the empty text leave a field out.

    `timestamp`: as booked by then (nanoseconds since 1970); zero means now.
    """

    ledger: int = 0
    currency: str = ""
    code: int = 0
    user_data_128: UUID = ZERO
    timestamp: int = 0


@dataclass(frozen=True, slots=True)
class TrialBalanceLine:
    """The sums over all accounts of one ledger, currency and code, in minor units.

    Over all lines of one ledger and currency debits equal credits, pending and posted each,
    unless the filter leaves out one side.
    """

    ledger: int
    currency: str
    code: int
    accounts: int
    debits_pending: int
    debits_posted: int
    credits_pending: int
    credits_posted: int


_SUMS = """
select a.ledger, a.currency, a.code, count(*),
    cast(sum(b.debits_pending) as bigint), cast(sum(b.debits_posted) as bigint),
    cast(sum(b.credits_pending) as bigint), cast(sum(b.credits_posted) as bigint)
"""
_WHERE = """
where (:ledger = 0 or a.ledger = :ledger)
    and (:currency = '' or a.currency = :currency)
    and (:code = 0 or a.code = :code)
    and (cast(:user_data_128 as uuid) is null or a.user_data_128 = :user_data_128)
group by a.ledger, a.currency, a.code
order by a.ledger, a.currency, a.code
"""
_NOW = text(_SUMS + "from ledger.account a cross join lateral (select a.*) b" + _WHERE)
_THEN = text(
    _SUMS
    + "from ledger.account a"
    + " cross join lateral ledger.balance_booked(a.id, cast(:timestamp as bigint)) b"
    + _WHERE
)


async def trial_balance(
    session: AsyncSession,
    context: Context,
    *,
    filter: TrialBalanceFilter,  # noqa: A002 - TigerBeetle's word for it
) -> list[TrialBalanceLine]:
    """Return the sums by ledger, currency and code."""
    del context
    values = {
        "ledger": filter.ledger,
        "currency": filter.currency,
        "code": filter.code,
        "user_data_128": None if filter.user_data_128 == ZERO else filter.user_data_128,
    }
    if 0 < filter.timestamp < AMOUNT_MAX:
        rows = await session.execute(_THEN, {**values, "timestamp": filter.timestamp})
    else:
        rows = await session.execute(_NOW, values)
    return [TrialBalanceLine(*row) for row in rows]

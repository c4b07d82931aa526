"""One busy account as many rows: for accounts without a limit, which only their sum describes.

Bookings into one account wait for each other's flush to disk; into its shards they do not. A limit
can only be kept on one row: accounts with one are never split (see `batcher` for those).
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from hashlib import blake2b
from uuid import UUID, uuid5

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from metatron.kernel.context import Context
from metatron.platform.ledger.accounts import Account
from metatron.platform.ledger.errors import LedgerInputInvalid
from metatron.platform.ledger.statuses import AccountFlags

SHARDS = 64
_LIMITS = AccountFlags.DEBITS_MUST_NOT_EXCEED_CREDITS | AccountFlags.CREDITS_MUST_NOT_EXCEED_DEBITS
_SUMS = text("""
select w.id, count(a.id) as shards,
    cast(coalesce(sum(a.debits_pending), 0) as bigint) as debits_pending,
    cast(coalesce(sum(a.debits_posted), 0) as bigint) as debits_posted,
    cast(coalesce(sum(a.credits_pending), 0) as bigint) as credits_pending,
    cast(coalesce(sum(a.credits_posted), 0) as bigint) as credits_posted
from unnest(cast(:wholes as uuid[]), cast(:shards as uuid[])) w(id, shard)
left join ledger.account a on a.id = w.shard
group by w.id
""")


@dataclass(frozen=True, slots=True)
class ShardedBalance:
    """The sums over an account's shards, in minor units; `shards` of them are open."""

    shards: int
    debits_pending: int
    debits_posted: int
    credits_pending: int
    credits_posted: int


def shard_ids(account_id: UUID) -> list[UUID]:
    """Return the ids of the account's shards, always the same."""
    return [uuid5(account_id, f"shard:{number}") for number in range(SHARDS)]


def shard_of(account_id: UUID, key: UUID) -> UUID:
    """Return the shard for whatever `key` names (a commitment), always the same.

    A void or post finds its accounts through its hold; a later transfer that takes out what an
    earlier one put in names the same key, so that no shard drifts away from zero.
    """
    digest = blake2b(key.bytes, digest_size=2).digest()
    return uuid5(account_id, f"shard:{int.from_bytes(digest) % SHARDS}")


def shards_of(account: Account) -> list[Account]:
    """Return the account's shards, to be opened by `create_accounts` in its stead.

    Raises:
        LedgerInputInvalid: the account has a limit, which no shard could keep.
    """
    if account.flags & _LIMITS:
        raise LedgerInputInvalid("an account with a limit stays one row")
    return [replace(account, id=shard) for shard in shard_ids(account.id)]


async def sharded_balances(
    session: AsyncSession, context: Context, *, account_ids: Sequence[UUID]
) -> list[ShardedBalance]:
    """Return, for each account that was opened in shards, their sums; all of one snapshot."""
    del context
    pairs = [(whole, shard) for whole in set(account_ids) for shard in shard_ids(whole)]
    values = {"wholes": [pair[0] for pair in pairs], "shards": [pair[1] for pair in pairs]}
    found = {row[0]: ShardedBalance(*row[1:]) for row in await session.execute(_SUMS, values)}
    return [found[each] for each in account_ids]

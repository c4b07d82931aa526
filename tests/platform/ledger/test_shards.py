"""A busy account as many rows: the sum is the account."""

import pytest

from metatron.kernel.ids import new_id
from metatron.platform.ledger.interface import (
    SHARDS,
    AccountFlags,
    LedgerInputInvalid,
    shard_of,
    sharded_balances,
    shards_of,
)
from tests.platform.ledger.books import Books, account, post, transfer


async def test_shards_sum_up(books: Books) -> None:
    whole, other = account(), account()
    assert set(await books.open(*shards_of(whole), *shards_of(other))) == {"created"}
    member, keys = await books.opened(), [new_id() for _ in range(200)]
    into = [transfer(shard_of(whole.id, key), member, amount=3) for key in keys]
    holds = [transfer(shard_of(whole.id, key), member, amount=2, flags=2) for key in keys[:9]]
    assert set(await books.book(*into, *holds)) == {"created"}
    assert set(await books.book(*(post(hold, 1) for hold in holds[:4]))) == {"created"}
    async with books.database.transaction(books.context) as session:
        ids = [other.id, whole.id, new_id()]
        empty, full, unknown = await sharded_balances(session, books.context, account_ids=ids)
    assert (full.shards, full.debits_posted, full.debits_pending) == (SHARDS, 604, 10)
    assert (full.credits_posted, full.credits_pending) == (0, 0)
    assert (empty.shards, empty.debits_posted) == (SHARDS, 0)
    assert unknown.shards == 0


async def test_a_key_names_one_shard_and_keys_spread() -> None:
    whole = new_id()
    keys = [new_id() for _ in range(2_000)]
    named = [shard_of(whole, key) for key in keys]
    assert named == [shard_of(whole, key) for key in keys]
    assert set(named) == {each.id for each in shards_of(account(id=whole))}
    assert max(named.count(shard) for shard in set(named)) < 3 * 2_000 / SHARDS


@pytest.mark.parametrize("flags", [2, 4, 2 | AccountFlags.HISTORY])
async def test_an_account_with_a_limit_stays_one_row(flags: int) -> None:
    with pytest.raises(LedgerInputInvalid):
        shards_of(account(flags=flags))

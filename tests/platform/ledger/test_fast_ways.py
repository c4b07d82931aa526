"""Single transfers and plain batches: the answers of the long way, and nothing left over."""

import asyncio
import random
from collections import Counter
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from metatron.kernel.clock import utc_now
from metatron.kernel.ids import new_id
from metatron.platform.ledger.interface import (
    AMOUNT_MAX,
    Transfer,
    TransferFlags,
    create_transfers,
    lookup_accounts,
)
from metatron.platform.ledger.jobs import expire_due
from tests.platform.ledger.books import Books, post, transfer, void

PENDING = TransferFlags.PENDING
_ROWS = text("""
select (select jsonb_agg(a order by a.id) from ledger.account a),
  (select count(*) from ledger.transfer), (select count(*) from ledger.entry),
  (select count(*) from ledger.resolution), (select count(*) from ledger.deadline)
""")


async def everything(books: Books) -> Any:
    async with books.database.transaction(books.context) as session:
        return tuple((await session.execute(_ROWS)).one())


async def blocked(books: Books, first: Transfer, second: list[Transfer]) -> list[str]:
    """Book `second` while `first` holds the locks and is not committed yet."""
    session = await books.database.session(books.context)
    async with session:
        [result] = await create_transfers(session, books.context, transfers=[first])
        assert result.status == "created"
        waiting = asyncio.create_task(books.book(*second))
        await asyncio.sleep(0.15)
        assert not waiting.done()
        await session.commit()
    return await waiting


@pytest.mark.parametrize("more", [0, 3])
async def test_a_wait_for_a_lock_is_followed_by_a_fresh_look(books: Books, more: int) -> None:
    """With `more` the second comer is a batch, which goes another way."""
    limited, other = await books.funded(100), await books.opened()
    a, b = await books.opened(), await books.opened()

    def with_others(item: Transfer) -> list[Transfer]:
        return [item, *(transfer(a, b, amount=1) for _ in range(more))]

    spent, late = transfer(limited, other, amount=100), transfer(limited, other, amount=1)
    assert (await blocked(books, spent, with_others(late)))[0] == "exceeds_credits"

    hold, second = transfer(a, b, flags=PENDING), transfer(a, b, flags=PENDING)
    assert await books.book(hold, second) == ["created"] * 2
    answers = await blocked(books, post(hold, 40), with_others(void(hold)))
    assert answers[0] == "pending_transfer_already_posted"
    answers = await blocked(books, void(second), with_others(post(second, 1)))
    assert answers[0] == "pending_transfer_already_voided"

    same = transfer(a, b)
    assert (await blocked(books, same, with_others(same)))[0] == "exists"


REFUSED = [
    ({"amount": 101}, "exceeds_credits"),
    ({"ledger": 9}, "transfer_must_have_the_same_ledger_as_accounts"),
    ({"credit_account_id": new_id()}, "credit_account_not_found"),
    ({"code": 0}, "code_must_not_be_zero"),
    ({"timeout": 5}, "timeout_reserved_for_pending_transfer"),
    ({"timestamp": 5}, "timestamp_must_be_zero"),
]  # fmt: skip


@pytest.mark.parametrize("flags", [0, PENDING])
@pytest.mark.parametrize(("change", "status"), REFUSED, ids=[status for _, status in REFUSED])
async def test_a_refusal_leaves_every_row_as_it_was(
    books: Books, change: dict[str, Any], status: str, flags: int
) -> None:
    if flags and "timeout" in change:
        change, status = {"flags": 64}, "closing_transfer_must_be_pending"
    limited, other = await books.funded(100), await books.opened()
    before = await everything(books)
    bad = transfer(limited, other, **{"flags": flags, **change})
    assert await books.book(bad) == [status]
    assert await everything(books) == before
    good = transfer(other, await books.opened())
    assert await books.book(good, bad) == ["created", *await books.book(bad)]


async def test_a_repeat_leaves_every_row_as_it_was(books: Books) -> None:
    a, b, c = await books.opened(), await books.opened(), await books.opened()
    plain, hold, held = transfer(a, b), transfer(a, b, flags=PENDING), transfer(a, b, flags=PENDING)
    ending = post(held, 60)
    assert await books.book(plain, hold, held) == ["created"] * 3
    assert await books.book(ending) == ["created"]
    before = await everything(books)
    for item, status in [
        (plain, "exists"), (hold, "exists"), (ending, "exists"),
        (transfer(a, c, id=plain.id), "exists_with_different_credit_account_id"),
        (transfer(a, b, id=plain.id, amount=1), "exists_with_different_amount"),
        (void(held), "pending_transfer_already_posted"),
        (post(hold, 101), "exceeds_pending_transfer_amount"),
        (void(hold, amount=1), "pending_transfer_has_different_amount"),
        (post(plain, 1), "pending_transfer_not_pending"),
    ]:  # fmt: skip
        assert await books.book(item) == [status]
    assert await books.book(plain, plain, hold) == ["exists"] * 3
    assert await everything(books) == before


async def test_the_same_id_twice_in_one_batch(books: Books) -> None:
    a, b = await books.opened(), await books.opened()
    item = transfer(a, b)
    others = [transfer(a, b) for _ in range(5)]
    answers = await books.book(item, *others, item, transfer(a, b, id=item.id, amount=1))
    assert answers == [*["created"] * 6, "exists", "exists_with_different_amount"]
    assert await books.balance(a) == (0, 600, 0, 0)


async def test_balances_at_the_brink_of_their_range(books: Books) -> None:
    a, b = await books.opened(), await books.opened()
    assert await books.book(transfer(a, b, amount=AMOUNT_MAX)) == ["created"]
    assert await books.book(transfer(a, b, amount=1)) == ["overflows_debits_posted"]
    assert await books.book(transfer(a, b, amount=1, flags=PENDING)) == ["overflows_debits_posted"]
    assert await books.book(*(transfer(a, b, amount=n) for n in (0, 0, 1))) == [
        "created", "created", "overflows_debits_posted",
    ]  # fmt: skip


async def test_both_ways_at_once_with_refusals_do_not_deadlock(books: Books) -> None:
    poor, rich, other = await books.funded(30), await books.opened(), await books.opened()
    sides = [poor, rich, other]
    chooser = random.Random(11)
    items = [
        transfer(
            *chooser.sample(sides, 2), amount=chooser.randint(0, 9), flags=chooser.choice([0, 2])
        )
        for _ in range(120)
    ]  # fmt: skip
    answers = await asyncio.gather(*(books.book(item) for item in items))
    assert {status for [status] in answers} <= {"created", "exceeds_credits"}


async def test_two_runners_release_a_hold_once(books: Books) -> None:
    a, b = await books.opened(), await books.opened()
    now = utc_now()
    holds = [transfer(a, b, amount=3, flags=PENDING, timeout=10) for _ in range(20)]
    assert await books.book(*holds, now=now) == ["created"] * 20
    late = now.fromtimestamp(now.timestamp() + 10, tz=now.tzinfo)

    async def run() -> None:
        async with books.database.transaction(books.context) as session:
            await expire_due(session, books.context, now=late)

    await asyncio.gather(*(run() for _ in range(4)))
    async with books.database.transaction(books.context) as session:
        told = (await session.execute(text("select aggregate_id from kernel.event"))).scalars()
        assert Counter(UUID(str(each)) for each in told) == Counter(hold.id for hold in holds)
    assert await books.balance(a) == (0, 0, 0, 0)


async def test_after_its_timeout_a_hold_can_only_expire(books: Books) -> None:
    """It is refused although no job has run yet; until then its amount counts as pending."""
    limited, other = await books.funded(100), await books.opened()
    now = utc_now()
    hold = transfer(limited, other, flags=PENDING, timeout=10)
    assert await books.book(hold, now=now) == ["created"]
    late = now.fromtimestamp(now.timestamp() + 10, tz=now.tzinfo)
    assert await books.book(post(hold, 1), now=late) == ["pending_transfer_expired"]
    assert await books.book(void(hold), post(hold, 1), now=late) == ["pending_transfer_expired"] * 2
    assert await books.balance(limited) == (100, 0, 0, 100)
    assert await books.book(transfer(limited, other, amount=1), now=late) == ["exceeds_credits"]
    assert [each.id for each in await books.expire(late)] == [hold.id]
    assert await books.book(post(hold, 1), now=late) == ["pending_transfer_expired"]
    assert await books.book(transfer(limited, other, amount=1), now=late) == ["created"]


async def test_a_closed_account_lets_only_voids_pass(books: Books) -> None:
    a, b = await books.opened(), await books.opened()
    hold, other = transfer(a, b, flags=PENDING), transfer(a, b, flags=PENDING)
    closing = transfer(a, b, amount=0, flags=PENDING | TransferFlags.CLOSING_DEBIT)
    assert await books.book(hold, other, closing) == ["created"] * 3
    assert await books.book(transfer(a, b)) == ["debit_account_already_closed"]
    assert await books.book(post(hold, 1)) == ["debit_account_already_closed"]
    assert await books.book(void(other)) == ["created"]
    assert await books.book(void(closing)) == ["created"]
    async with books.database.transaction(books.context) as session:
        [found] = await lookup_accounts(session, books.context, ids=[a])
    assert found is not None
    assert not found.flags & 32
    assert await books.book(post(hold, 1), transfer(a, b)) == [
        "created", "created",
    ]  # fmt: skip


@pytest.mark.parametrize("many", [False, True])
async def test_a_negative_amount_never_gets_past_the_doors(books: Books, many: bool) -> None:
    a, b = await books.opened(), await books.opened()
    one = "select ledger.create_transfer(:id, :a, :b, -1, 978, 1, 'x', 'x', 'x')"
    two = (
        "select ledger.create_transfers(array[cast(:id as uuid), cast(:a as uuid)],"
        " array[cast(:a as uuid), cast(:a as uuid)], array[cast(:b as uuid), cast(:b as uuid)],"
        " '{5,-1}', '{978,978}', '{1,1}', '{x,x}', '{x,x}', '{x,x}')"
    )
    session = await books.database.session(books.context)
    async with session:
        with pytest.raises(DBAPIError, match="at least zero"):
            await session.execute(text(two if many else one), {"id": new_id(), "a": a, "b": b})
    assert await books.balance(a) == (0, 0, 0, 0)

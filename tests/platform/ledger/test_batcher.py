"""Concurrent callers through the micro-batcher: each its own answer, none harmed by another."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from uuid import UUID

import pytest

from metatron.kernel.database.database import Database
from metatron.kernel.ids import new_id
from metatron.kernel.micro_batcher import Limits
from metatron.platform.ledger.interface import (
    AccountFlags,
    Batcher,
    LedgerBusy,
    LedgerClosing,
    LedgerInputInvalid,
    Transfer,
    TransferFlags,
)
from tests.platform.ledger.books import Books, account, post, transfer
from tests.platform.ledger.test_transfer_results import linked

KEY = "campaign"


@pytest.fixture
async def batcher(books: Books) -> AsyncIterator[Batcher]:
    made = Batcher(books.database)
    yield made
    await made.close()


async def sent(batcher: Batcher, books: Books, *transfers: Transfer, key: str = KEY) -> list[str]:
    results = await batcher.book(books.context, key, transfers)
    return [str(result.status) for result in results]


async def transactions(books: Books, account_id: UUID) -> int:
    """How many transactions wrote the account's entries."""
    async with books.database.transaction(books.context) as session:
        connection = await session.connection()
        found = await connection.exec_driver_sql(
            "select count(distinct xmin::text) from ledger.entry where account_id = $1",
            (account_id,),
        )
        return int(found.scalar_one())


async def test_many_callers_share_few_transactions(books: Books, batcher: Batcher) -> None:
    hot, members = await books.opened(), [account() for _ in range(300)]
    assert set(await books.open(*members)) == {"created"}
    answers = await asyncio.gather(
        *(sent(batcher, books, transfer(member.id, hot, amount=1)) for member in members)
    )
    assert answers == [["created"]] * 300
    assert await books.balance(hot) == (0, 0, 0, 300)
    assert await transactions(books, hot) < 20


async def test_each_caller_gets_its_own_result(books: Books, batcher: Batcher) -> None:
    member = await books.funded(250)
    hot = await books.opened()
    good = transfer(member, hot, amount=100)
    items = [good, transfer(member, hot, amount=999), replace(good), replace(good, amount=5),
             transfer(hot, new_id()), transfer(member, member)]  # fmt: skip
    answers = await asyncio.gather(*(sent(batcher, books, item) for item in items))
    assert [status for [status] in answers] == [
        "created", "exceeds_credits", "exists", "exists_with_different_amount",
        "credit_account_not_found", "accounts_must_be_different",
    ]  # fmt: skip


async def test_the_last_unit_is_given_once(books: Books, batcher: Batcher) -> None:
    cap, member = await books.funded(7), await books.opened()
    answers = await asyncio.gather(
        *(sent(batcher, books, transfer(cap, member, amount=1)) for _ in range(50))
    )
    assert sorted(status for [status] in answers) == ["created"] * 7 + ["exceeds_credits"] * 43


async def test_chains_stay_whole_and_apart(books: Books, batcher: Batcher) -> None:
    a, b = await books.opened(), await books.opened()
    limited = await books.opened(AccountFlags.DEBITS_MUST_NOT_EXCEED_CREDITS)
    whole, broken = linked(transfer(a, b), transfer(a, b)), [
        *linked(transfer(a, b), transfer(limited, b))
    ]  # fmt: skip
    open_ended = [transfer(a, b, flags=TransferFlags.LINKED)]
    answers = await asyncio.gather(
        *(sent(batcher, books, *each) for each in (whole, open_ended, broken, [transfer(a, b)]))
    )
    assert answers == [
        ["created", "created"], ["linked_event_chain_open"],
        ["linked_event_failed", "exceeds_credits"], ["created"],
    ]  # fmt: skip
    assert await books.balance(a) == (0, 300, 0, 0)


async def test_a_value_the_database_refuses_harms_nobody_else(
    books: Books, batcher: Batcher
) -> None:
    a, b = await books.opened(), await books.opened()
    bad = sent(batcher, books, transfer(a, b, why="NUL \0 cannot be stored"))
    good = [sent(batcher, books, transfer(a, b)) for _ in range(5)]
    first, *others = await asyncio.gather(bad, *good, return_exceptions=True)
    assert isinstance(first, Exception)
    assert others == [["created"]] * 5


async def test_cancelled_before_its_turn_books_nothing(books: Books) -> None:
    a, b = await books.opened(), await books.opened()
    batcher = Batcher(books.database, flush_seconds=0.2)
    gone = asyncio.create_task(sent(batcher, books, transfer(a, b, amount=1)))
    kept = asyncio.create_task(sent(batcher, books, transfer(a, b, amount=10)))
    await asyncio.sleep(0.01)
    gone.cancel()
    assert await kept == ["created"]
    assert await books.balance(a) == (0, 10, 0, 0)
    await batcher.close()


async def test_callers_that_vanish_at_any_moment(books: Books) -> None:
    """What is booked is booked once, and whoever stays is answered."""
    a, b = await books.opened(), await books.opened()
    batcher = Batcher(books.database, flush_seconds=0.002, at_once=5)
    items = [transfer(a, b, amount=1) for _ in range(60)]
    tasks = [asyncio.create_task(sent(batcher, books, item)) for item in items]
    for number, task in enumerate(tasks):
        await asyncio.sleep(0.001)
        if number % 2:
            task.cancel()
    answers = await asyncio.gather(*tasks, return_exceptions=True)
    assert answers[::2] == [["created"]] * 30
    repeated = [(await sent(batcher, books, item))[0] for item in items]
    assert set(repeated) <= {"created", "exists"}
    assert await books.balance(a) == (0, 60, 0, 0)
    await batcher.close()


async def test_a_flusher_that_dies_answers_all(books: Books) -> None:
    a, b = await books.opened(), await books.opened()
    batcher = Batcher(books.database, flush_seconds=10)
    waiting = [asyncio.create_task(sent(batcher, books, transfer(a, b))) for _ in range(3)]
    await asyncio.sleep(0.01)
    [queue] = batcher.queues._queues.values()
    assert queue.flusher is not None
    queue.flusher.cancel()
    answers = await asyncio.gather(*waiting, return_exceptions=True)
    assert [type(answer) for answer in answers] == [LedgerClosing] * 3
    assert await books.balance(a) == (0, 0, 0, 0)
    batcher.queues.limits = Limits(flush_seconds=0.001)
    assert await sent(batcher, books, transfer(a, b)) == ["created"]
    await batcher.close()


async def test_what_waits_is_bounded(books: Books) -> None:
    a, b = await books.opened(), await books.opened()
    batcher = Batcher(books.database, flush_seconds=0.05, most_waiting=3)
    tasks = [asyncio.create_task(sent(batcher, books, transfer(a, b))) for _ in range(5)]
    answers = await asyncio.gather(*tasks, return_exceptions=True)
    assert answers[:3] == [["created"]] * 3
    assert [type(answer) for answer in answers[3:]] == [LedgerBusy] * 2
    assert await sent(batcher, books, transfer(a, b)) == ["created"]
    await batcher.close()


async def test_closing_books_what_waits_and_takes_no_more(books: Books) -> None:
    a, b = await books.opened(), await books.opened()
    batcher = Batcher(books.database, flush_seconds=0.05)
    waiting = asyncio.create_task(sent(batcher, books, transfer(a, b)))
    await asyncio.sleep(0)
    await batcher.close()
    assert await waiting == ["created"]
    with pytest.raises(LedgerClosing):
        await sent(batcher, books, transfer(a, b))


async def test_a_field_out_of_range_is_its_callers_alone(books: Books, batcher: Batcher) -> None:
    a, b = await books.opened(), await books.opened()
    bad = sent(batcher, books, transfer(a, b, amount=-1))
    answers = await asyncio.gather(
        bad, sent(batcher, books, transfer(a, b)), return_exceptions=True
    )
    assert isinstance(answers[0], LedgerInputInvalid)
    assert answers[1] == ["created"]


async def test_tenants_and_keys_do_not_mix(
    books: Books, batcher: Batcher, database: Database
) -> None:
    from metatron.kernel.context import system_context

    other = Books(database, system_context(new_id()))
    a, b = await books.opened(), await books.opened()
    answers = await asyncio.gather(
        sent(batcher, books, transfer(a, b)), sent(batcher, other, transfer(a, b)),
        sent(batcher, books, transfer(a, b), key="other"),
    )  # fmt: skip
    assert answers == [["created"], ["debit_account_not_found"], ["created"]]


async def test_holds_through_the_batcher(books: Books, batcher: Batcher) -> None:
    a, b = await books.opened(), await books.opened()
    holds = [transfer(a, b, flags=TransferFlags.PENDING, timeout=900) for _ in range(4)]
    await asyncio.gather(*(sent(batcher, books, hold) for hold in holds))
    answers = await asyncio.gather(*(sent(batcher, books, post(hold, 60)) for hold in holds))
    assert answers == [["created"]] * 4
    assert await books.balance(a) == (0, 240, 0, 0)

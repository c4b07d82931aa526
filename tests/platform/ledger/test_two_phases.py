"""Move, hold, post whole or part, void, expire."""

from datetime import timedelta

from metatron.kernel.clock import utc_now
from metatron.kernel.ids import new_id
from metatron.platform.ledger.interface import (
    AMOUNT_MAX,
    TransferFlags,
    lookup_available,
    lookup_transfers,
)
from tests.platform.ledger.books import Books, linked, post, transfer, void

PENDING = TransferFlags.PENDING


async def test_a_transfer_moves_once(books: Books) -> None:
    a, b = await books.opened(), await books.opened()
    move = transfer(a, b, amount=250)
    assert await books.book(move) == ["created"]
    assert await books.book(move) == ["exists"]
    assert await books.balance(a) == (0, 250, 0, 0)
    assert await books.balance(b) == (0, 0, 0, 250)


async def test_a_hold_is_posted_in_part_and_the_rest_released(books: Books) -> None:
    a, b = await books.opened(), await books.opened()
    hold = transfer(a, b, amount=100, flags=PENDING, user_data_64=7)
    assert await books.book(hold) == ["created"]
    assert await books.balance(a) == (100, 0, 0, 0)
    part = post(hold, 60)
    assert await books.book(part) == ["created"]
    assert await books.balance(a) == (0, 60, 0, 0)
    assert await books.balance(b) == (0, 0, 0, 60)
    assert await books.book(post(hold, 10)) == ["pending_transfer_already_posted"]
    assert await books.book(void(hold)) == ["pending_transfer_already_posted"]
    async with books.database.transaction(books.context) as session:
        found = await lookup_transfers(session, books.context, ids=[hold.id, part.id, a])
    assert found[0] is not None
    assert found[1] is not None
    assert (found[0].pending_status, found[0].amount) == ("posted", 100)
    assert (found[1].debit_account_id, found[1].credit_account_id) == (a, b)
    assert (found[1].amount, found[1].user_data_64, found[1].code) == (60, 7, 1)
    assert found[2] is None


async def test_posting_the_largest_amount_posts_all(books: Books) -> None:
    a, b = await books.opened(), await books.opened()
    hold = transfer(a, b, amount=100, flags=PENDING)
    assert await books.book(hold, post(hold, AMOUNT_MAX)) == ["created", "created"]
    assert await books.balance(b) == (0, 0, 0, 100)


async def test_a_void_gives_all_back(books: Books) -> None:
    a, b = await books.opened(), await books.opened()
    hold = transfer(a, b, flags=PENDING)
    assert await books.book(hold) == ["created"]
    back = void(hold)
    assert await books.book(back) == ["created"]
    assert await books.book(back) == ["exists"]
    assert await books.balance(a) == (0, 0, 0, 0)
    assert await books.book(post(hold, 100)) == ["pending_transfer_already_voided"]


async def test_a_hold_expires(books: Books) -> None:
    a, b = await books.opened(), await books.opened()
    now = utc_now()
    short = transfer(a, b, amount=30, flags=PENDING, timeout=60)
    long = transfer(a, b, amount=5, flags=PENDING, timeout=3600)
    assert await books.book(short, long, now=now) == ["created", "created"]
    later = now + timedelta(seconds=60)
    assert await books.expire(later - timedelta(seconds=1)) == []
    # Over is over, even before the job came by.
    assert await books.book(post(short, 30), now=later) == ["pending_transfer_expired"]
    assert await books.book(void(short), now=later) == ["pending_transfer_expired"]
    assert await books.balance(a) == (35, 0, 0, 0)
    [expired] = await books.expire(later)
    assert (expired.id, expired.pending_status) == (short.id, "expired")
    assert await books.expire(later) == []
    assert await books.balance(a) == (5, 0, 0, 0)
    assert await books.book(post(short, 30)) == ["pending_transfer_expired"]
    assert await books.book(post(long, 5)) == ["created"]
    assert await books.expire(now + timedelta(days=1)) == []


async def test_expiry_takes_the_oldest_first_and_a_few_at_a_time(books: Books) -> None:
    a, b = await books.opened(), await books.opened()
    now = utc_now()
    holds = [transfer(a, b, flags=PENDING, timeout=60 - place) for place in range(5)]
    assert set(await books.book(*holds, now=now)) == {"created"}
    later = now + timedelta(minutes=2)
    first = await books.expire(later, most=2)
    assert [each.id for each in first] == [holds[4].id, holds[3].id]
    assert len(await books.expire(later)) == 3


async def test_expiry_opens_what_the_hold_had_closed(books: Books) -> None:
    a, b = await books.opened(), await books.opened()
    now = utc_now()
    closing = transfer(a, b, amount=0, flags=PENDING | TransferFlags.CLOSING_DEBIT, timeout=60)
    assert await books.book(closing, now=now) == ["created"]
    assert await books.book(transfer(a, b)) == ["debit_account_already_closed"]
    assert len(await books.expire(now + timedelta(seconds=60))) == 1
    assert await books.book(transfer(a, b)) == ["created"]


async def test_a_chain_passes_or_fails_as_one(books: Books) -> None:
    rich, poor, other = await books.funded(100), await books.funded(10), await books.opened()
    good, bad = transfer(rich, other, amount=50), transfer(poor, other, amount=11)
    single = transfer(rich, other, amount=1)
    assert await books.book(*linked(good, bad), single) == [
        "linked_event_failed", "exceeds_credits", "created",
    ]  # fmt: skip
    assert await books.balance(rich) == (0, 1, 0, 100)
    # The id that failed by itself stays failed; the ones taken along are free.
    assert await books.book(good, bad) == ["created", "id_already_failed"]


async def test_a_chain_sees_its_own_effects_and_takes_all_back(books: Books) -> None:
    a, b, c = await books.funded(100), await books.opened(2), await books.opened()
    hold = transfer(a, b, amount=80, flags=PENDING)
    chain = linked(hold, post(hold, 70), transfer(b, c, amount=70))
    assert await books.book(*chain) == ["created"] * 3
    assert await books.balance(b) == (0, 70, 0, 70)
    again = transfer(a, b, amount=20, flags=PENDING)
    broken = linked(again, void(again), post(again, 1))
    assert await books.book(*broken) == [
        "linked_event_failed", "linked_event_failed", "pending_transfer_already_voided",
    ]  # fmt: skip
    assert await books.balance(a) == (0, 70, 0, 100)
    assert await books.book(again) == ["created"]


async def test_an_open_chain_fails(books: Books) -> None:
    a, b = await books.opened(), await books.opened()
    open_end = transfer(a, b, flags=TransferFlags.LINKED)
    assert await books.book(open_end) == ["linked_event_chain_open"]
    assert await books.book(transfer(a, b), *linked(transfer(a, b), open_end)) == [
        "created", "linked_event_failed", "linked_event_chain_open",
    ]  # fmt: skip
    assert await books.book(*linked(transfer(a, a), transfer(a, b), open_end)) == [
        "accounts_must_be_different",
        "linked_event_failed",
        "linked_event_chain_open",
    ]


async def test_a_repeat_breaks_a_chain(books: Books) -> None:
    a, b = await books.opened(), await books.opened()
    done, fresh = transfer(a, b), transfer(a, b)
    assert await books.book(done) == ["created"]
    assert await books.book(*linked(fresh, done)) == ["linked_event_failed", "exists"]
    assert await books.balance(a) == (0, 100, 0, 0)


async def test_a_broken_chain_leaves_no_trace_for_the_rest_of_the_batch(books: Books) -> None:
    a, b, poor = await books.opened(), await books.opened(), await books.opened(2)
    hold = transfer(a, b, flags=PENDING)
    assert await books.book(hold) == ["created"]
    bad = transfer(poor, b)
    close = transfer(a, b, amount=0, flags=PENDING | TransferFlags.CLOSING_DEBIT)
    lost = ["linked_event_failed", "linked_event_failed", "exceeds_credits"]
    assert await books.book(*linked(post(hold, 5), close, bad), post(hold, 60), transfer(a, b)) == [
        *lost, "created", "created",
    ]  # fmt: skip
    assert await books.book(close) == ["created"]
    reopen, late = void(close), transfer(a, b)
    assert await books.book(*linked(reopen, late, transfer(poor, b)), late) == [
        *lost, "debit_account_already_closed",
    ]  # fmt: skip
    assert await books.book(reopen, transfer(a, b)) == ["created", "created"]
    assert await books.balance(a) == (0, 260, 0, 0)


async def test_what_an_account_can_still_give(books: Books) -> None:
    a, b, c = await books.opened(), await books.opened(), await books.opened()
    await books.book(transfer(a, b, amount=100))
    await books.book(transfer(b, c, amount=30))
    await books.book(transfer(b, c, amount=20, flags=PENDING))
    unknown = new_id()
    async with books.database.transaction(books.context) as session:
        found = await lookup_available(session, books.context, ids=[b, unknown, a, b, c])
        none = await lookup_available(session, books.context, ids=[])
    assert found == [50, None, -100, 50, 30]
    assert none == []

"""Many callers at once: limits hold, ids count once, nobody waits in a ring."""

import asyncio
import random
from collections import Counter
from dataclasses import replace

from metatron.kernel.clock import utc_now
from metatron.kernel.ids import new_id
from metatron.platform.ledger.interface import Transfer, TransferFlags
from tests.platform.ledger.books import Books, linked, post, transfer, void


async def test_fifty_race_for_one_limit(books: Books) -> None:
    source, target = await books.funded(1000), await books.opened()
    answers = await asyncio.gather(
        *(books.book(transfer(source, target, amount=30)) for _ in range(50))
    )
    assert Counter(status for [status] in answers) == {"created": 33, "exceeds_credits": 17}
    assert await books.balance(source) == (0, 990, 0, 1000)


async def test_the_last_unit_goes_to_one(books: Books) -> None:
    cap, member = await books.funded(1), await books.opened()
    holds = [transfer(cap, member, amount=1, flags=TransferFlags.PENDING) for _ in range(30)]
    answers = await asyncio.gather(*(books.book(hold) for hold in holds))
    assert Counter(status for [status] in answers) == {"created": 1, "exceeds_credits": 29}


async def test_one_id_counts_once(books: Books) -> None:
    a, b = await books.opened(), await books.opened()
    same = transfer(a, b)
    answers = await asyncio.gather(*(books.book(same) for _ in range(20)))
    assert Counter(status for [status] in answers) == {"created": 1, "exists": 19}
    assert await books.balance(a) == (0, 100, 0, 0)


async def test_one_id_for_different_accounts_counts_once(books: Books) -> None:
    pairs = [(await books.opened(), await books.opened()) for _ in range(12)]
    same = new_id()
    answers = await asyncio.gather(*(books.book(transfer(a, b, id=same)) for a, b in pairs))
    assert Counter(status for [status] in answers) == {
        "created": 1, "exists_with_different_debit_account_id": 11,
    }  # fmt: skip
    moved = [await books.balance(a) for a, _ in pairs]
    assert Counter(moved) == {(0, 100, 0, 0): 1, (0, 0, 0, 0): 11}


async def test_one_id_in_batches_for_different_accounts(books: Books) -> None:
    pairs = [(await books.opened(), await books.opened()) for _ in range(10)]
    same = new_id()
    batches = [
        linked(transfer(a, b), transfer(a, b, id=same)) if place % 2
        else [transfer(a, b), transfer(a, b, id=same)]
        for place, (a, b) in enumerate(pairs)
    ]  # fmt: skip
    answers = await asyncio.gather(*(books.book(*batch) for batch in batches))
    assert Counter(second for _, second in answers) == {
        "created": 1, "exists_with_different_debit_account_id": 9,
    }  # fmt: skip


async def test_a_hold_ends_once(books: Books) -> None:
    a, b = await books.opened(), await books.opened()
    now = utc_now()
    for _ in range(5):
        hold = transfer(a, b, flags=TransferFlags.PENDING, timeout=3600)
        assert await books.book(hold, now=now) == ["created"]
        endings = [post(hold, 100), void(hold), post(hold, 50), void(hold)]
        late = hold.timeout + now.timestamp()
        answers = await asyncio.gather(
            *(books.book(ending, now=now) for ending in endings),
            books.expire(now.fromtimestamp(late, tz=now.tzinfo)),
        )
        created = [answer for answer in answers[:-1] if answer == ["created"]]
        assert len(created) + len(answers[-1]) == 1


async def test_random_pairs_do_not_deadlock(books: Books) -> None:
    accounts = [await books.opened(random.Random(place).choice([0, 2])) for place in range(6)]
    chooser = random.Random(7120)

    def batch() -> list[Transfer]:
        items: list[Transfer] = []
        for _ in range(chooser.randint(1, 8)):
            debit, credit = chooser.sample(accounts, 2)
            flags = chooser.choice([0, 0, 2, 16])
            items.append(transfer(debit, credit, amount=chooser.randint(0, 50), flags=flags))
        return items if chooser.random() < 0.5 else linked(*items)

    answers = await asyncio.gather(*(books.book(*batch()) for _ in range(120)))
    known = {
        "created", "exceeds_credits", "linked_event_failed",
    }  # fmt: skip
    assert {status for answer in answers for status in answer} <= known


async def test_times_ascend_along_an_account_under_load(books: Books) -> None:
    # The check after the test looks at every entry; here the results must be distinct as well.
    a, b = await books.opened(), await books.opened()
    results = await asyncio.gather(*(books.results(transfer(a, b)) for _ in range(40)))
    assert len({result.timestamp for [result] in results}) == 40


async def test_ten_thousand_with_one_bad_row(books: Books) -> None:
    a, b = await books.opened(), await books.opened()
    many = [transfer(a, b, amount=1) for _ in range(10_000)]
    many[5000] = replace(many[5000], amount=2, credit_account_id=a)
    answers = await books.book(*many)
    assert Counter(answers) == {"created": 9999, "accounts_must_be_different": 1}
    assert answers[5000] == "accounts_must_be_different"
    assert await books.balance(a) == (0, 9999, 0, 0)


async def test_a_post_races_its_own_hold(books: Books) -> None:
    a, b, c = await books.opened(), await books.opened(), await books.opened()
    for _ in range(25):
        hold = transfer(a, b, flags=TransferFlags.PENDING)
        first, second = post(hold, 40), post(hold, 60)
        # The second names accounts of its own, so that it waits for a lock before it looks.
        booked, *answers = await asyncio.gather(
            books.book(hold, transfer(a, c, amount=1)),
            books.book(first),
            books.book(transfer(c, a, amount=1), second),
        )
        assert booked == ["created", "created"]
        ends = {answers[0][0], answers[1][1]}
        assert ends <= {
            "created", "pending_transfer_not_found", "pending_transfer_already_posted",
        }  # fmt: skip

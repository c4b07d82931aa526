"""Histories, balances at points in time, sums."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from sqlalchemy import text

from metatron.kernel.clock import utc_now
from metatron.kernel.ids import new_id
from metatron.platform.ledger.interface import (
    AMOUNT_MAX,
    ZERO,
    AccountBalance,
    AccountFilter,
    AccountFilterFlags,
    AccountFlags,
    Transfer,
    TransferFlags,
    TrialBalanceFilter,
    account_balances,
    account_transfers,
    balances_at,
    balances_over,
    trial_balance,
)
from tests.platform.ledger.books import EUR, Books, post, transfer

DEBITS, CREDITS = AccountFilterFlags.DEBITS, AccountFilterFlags.CREDITS
REVERSED = AccountFilterFlags.REVERSED


async def history(books: Books, **given: object) -> list[Transfer]:
    async with books.database.transaction(books.context) as session:
        filters = [AccountFilter(**given)]  # type: ignore[arg-type]
        [found] = await account_transfers(session, books.context, filters=filters)
    return found


async def balances(books: Books, **given: object) -> list[AccountBalance]:
    async with books.database.transaction(books.context) as session:
        filters = [AccountFilter(**given)]  # type: ignore[arg-type]
        [found] = await account_balances(session, books.context, filters=filters)
    return found


async def at(books: Books, account_id: object, **given: object) -> tuple[int, ...] | None:
    async with books.database.transaction(books.context) as session:
        [found] = await balances_at(
            session, books.context, account_ids=[account_id], **given  # type: ignore[list-item, arg-type]
        )  # fmt: skip
    if found is None:
        return None
    return (
        found.debits_pending, found.debits_posted, found.credits_pending, found.credits_posted
    )  # fmt: skip


async def test_an_account_shows_its_transfers(books: Books) -> None:
    a, b = await books.opened(AccountFlags.HISTORY), await books.opened()
    mark = new_id()
    out = transfer(a, b, amount=10, user_data_128=mark, user_data_64=5, user_data_32=6)
    back = transfer(b, a, amount=4, code=7)
    hold = transfer(a, b, amount=3, flags=TransferFlags.PENDING)
    part = post(hold, 2)
    results = [*await books.results(out, back), *await books.results(hold, part)]
    times = [result.timestamp for result in results]
    ids = [each.id for each in (out, back, hold, part)]
    assert [each.id for each in await history(books, account_id=a)] == ids
    everything = DEBITS | CREDITS | REVERSED
    assert [each.id for each in await history(books, account_id=a, flags=everything)] == ids[::-1]
    for given, places in [
        ({"flags": DEBITS}, [0, 2, 3]), ({"flags": CREDITS}, [1]), ({"flags": 0}, []),
        ({"limit": 2}, [0, 1]), ({"limit": 0}, []), ({"code": 7}, [1]),
        ({"user_data_128": mark}, [0]), ({"user_data_64": 5}, [0]), ({"user_data_32": 6}, [0]),
        ({"user_data_64": 6}, []), ({"timestamp_min": times[1]}, [1, 2, 3]),
        ({"timestamp_max": times[1]}, [0, 1]), ({"timestamp_max": 1}, []),
        ({"timestamp_min": times[1], "timestamp_max": times[2]}, [1, 2]),
        ({"timestamp_min": times[2], "timestamp_max": times[1]}, []),
        ({"account_id": ZERO}, []), ({"account_id": new_id()}, []),
    ]:  # fmt: skip
        found = await history(books, **{"account_id": a, **given})
        assert [each.id for each in found] == [ids[place] for place in places], given
    assert await balances(books, account_id=a) == [
        AccountBalance(0, 10, 0, 0, times[0]), AccountBalance(0, 10, 0, 4, times[1]),
        AccountBalance(3, 10, 0, 4, times[2]), AccountBalance(0, 12, 0, 4, times[3]),
    ]  # fmt: skip
    assert await balances(books, account_id=a, flags=CREDITS) == [
        AccountBalance(0, 10, 0, 4, times[1])
    ]
    # Only accounts opened with HISTORY answer, as in TigerBeetle.
    assert await balances(books, account_id=b) == []
    [stored] = await history(books, account_id=a, limit=1)
    assert stored == replace(out, timestamp=times[0])


async def test_an_expiry_is_no_transfer_of_its_own(books: Books) -> None:
    a, b = await books.opened(AccountFlags.HISTORY), await books.opened()
    now = utc_now()
    [held] = await books.results(transfer(a, b, flags=TransferFlags.PENDING, timeout=1), now=now)
    assert len(await books.expire(now + timedelta(seconds=1))) == 1
    assert len(await history(books, account_id=a)) == 1
    assert len(await balances(books, account_id=a)) == 1
    assert await at(books, a, timestamp=held.timestamp) == (100, 0, 0, 0)
    assert await at(books, a) == (0, 0, 0, 0)


async def test_balances_by_booking_time(books: Books) -> None:
    a, b = await books.opened(), await books.opened()
    times = []
    for place in range(1, 12):
        [result] = await books.results(transfer(a, b, amount=place))
        times.append(result.timestamp)
    assert await at(books, a, timestamp=times[0] - 1) == (0, 0, 0, 0)
    for place, time in enumerate(times, start=1):
        assert await at(books, a, timestamp=time) == (0, place * (place + 1) // 2, 0, 0)
        assert await at(books, b, timestamp=time) == (0, 0, 0, place * (place + 1) // 2)
    assert await at(books, a) == (0, 66, 0, 0)
    assert await at(books, new_id()) is None


async def test_balances_by_event_time(books: Books) -> None:
    a, b = await books.opened(), await books.opened()
    now = utc_now()
    first, late, ahead = (
        transfer(a, b, amount=1), transfer(a, b, amount=10), transfer(a, b, amount=100)
    )  # fmt: skip
    [before] = await books.results(first)
    await books.results(
        replace(late, event_at=now - timedelta(days=30)),
        replace(ahead, event_at=now + timedelta(days=30)),
    )
    today = now + timedelta(minutes=1)
    assert await at(books, a) == (0, 111, 0, 0)
    assert await at(books, a, event_at=now - timedelta(days=31)) == (0, 0, 0, 0)
    assert await at(books, a, event_at=now - timedelta(days=30)) == (0, 10, 0, 0)
    assert await at(books, a, event_at=today) == (0, 11, 0, 0)
    assert await at(books, a, event_at=now + timedelta(days=31)) == (0, 111, 0, 0)
    # What was known of today before the other two were booked.
    assert await at(books, a, event_at=today, timestamp=before.timestamp) == (0, 1, 0, 0)
    assert await at(books, a, event_at=datetime(2000, 1, 1, tzinfo=UTC)) == (0, 0, 0, 0)


async def test_the_trial_balance_adds_up(books: Books) -> None:
    mark = new_id()
    a, b = await books.opened(code=10), await books.opened(code=20, user_data_128=mark)
    c = await books.opened(code=20)
    d, e = (
        await books.opened(ledger=840, currency="USD"),
        await books.opened(ledger=840, currency="USD"),
    )
    [early] = await books.results(transfer(a, b, amount=70))
    await books.results(
        transfer(a, c, amount=30, flags=TransferFlags.PENDING),
        transfer(d, e, amount=5, ledger=840),
    )

    async def lines(**given: object) -> list[tuple[object, ...]]:
        async with books.database.transaction(books.context) as session:
            found = await trial_balance(
                session, books.context, filter=TrialBalanceFilter(**given)  # type: ignore[arg-type]
            )  # fmt: skip
        return [
            (
                each.ledger, each.currency, each.code, each.accounts, each.debits_pending,
                each.debits_posted, each.credits_pending, each.credits_posted,
            )
            for each in found
        ]  # fmt: skip

    euros = [(EUR, "EUR", 10, 1, 30, 70, 0, 0), (EUR, "EUR", 20, 2, 0, 0, 30, 70)]
    assert await lines() == [(840, "USD", 10, 2, 0, 5, 0, 5), *euros]
    assert await lines(ledger=EUR) == euros
    assert await lines(currency="EUR", code=20) == euros[1:]
    assert await lines(user_data_128=mark) == [(EUR, "EUR", 20, 1, 0, 0, 0, 70)]
    assert await lines(ledger=EUR, timestamp=early.timestamp) == [
        (EUR, "EUR", 10, 1, 0, 70, 0, 0), (EUR, "EUR", 20, 2, 0, 0, 0, 70),
    ]  # fmt: skip


async def test_every_way_of_booking_keeps_when_it_happened(books: Books) -> None:
    """One, many, endings and expiries: both entries carry the time, and only where there is one."""
    a, b = await books.opened(), await books.opened()
    now = utc_now()
    then, pending = now - timedelta(days=3), TransferFlags.PENDING
    one, hold = transfer(a, b, event_at=then), transfer(a, b, flags=pending, event_at=then)
    due = transfer(a, b, flags=pending, timeout=5)
    many = [transfer(a, b), transfer(b, a, event_at=then), transfer(a, b, flags=pending)]
    for batch in ([one], [hold], [due], [post(hold, 7, event_at=now)], many, [transfer(a, b)]):
        assert await books.book(*batch, now=now) == ["created"] * len(batch)
    late = now + timedelta(seconds=6)
    assert [each.id for each in await books.expire(late)] == [due.id]
    async with books.database.transaction(books.context) as session:
        rows = await session.execute(_TIMES)
        found = [(row.booked_for, row.happened_at, row.entries) for row in rows]
    assert sorted(found, key=str) == sorted(
        [
            (one.id, then, 2), (hold.id, then, 2), (many[1].id, then, 2),
            (due.id, now + timedelta(seconds=5), 2), (None, now, 2), (None, None, 8),
        ],
        key=str,
    )  # fmt: skip


_TIMES = text("""
select case when e.timestamp <> t.timestamp or x.event_at = t.event_at and t.pending_id is null
    then t.id end as booked_for, x.event_at as happened_at, count(*) as entries
from ledger.entry e
join ledger.transfer t on t.id = e.transfer_id
left join ledger.entry_event x on x.account_id = e.account_id and x.version = e.version
group by 1, 2
""")


async def test_balances_at_many_times_at_once(books: Books) -> None:
    a, b = await books.opened(), await books.opened()
    times = [(await books.results(transfer(a, b, amount=n)))[0].timestamp for n in (10, 4)]
    asked = [times[0] - 1, times[0], times[1], AMOUNT_MAX]
    async with books.database.transaction(books.context) as session:
        found = await balances_over(
            session, books.context, account_ids=[a, new_id(), b], timestamps=asked
        )
        assert await balances_over(session, books.context, account_ids=[], timestamps=asked) == []
    assert [each[1] for each in found] == [None] * 4
    assert [(x.debits_posted, y.credits_posted) for x, _, y in found if x and y] == [
        (0, 0), (10, 10), (14, 14), (14, 14),
    ]  # fmt: skip

"""Every result name of create_transfers, and their order of precedence."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from metatron.kernel.clock import utc_now
from metatron.kernel.ids import new_id
from metatron.platform.ledger.interface import (
    AMOUNT_MAX,
    ID_MAX,
    ZERO,
    AccountFlags,
    CreateTransferStatus,
    LedgerInputInvalid,
    Transfer,
    TransferFlags,
)
from tests.platform.ledger.books import Books, account, linked, post, transfer, void

PENDING = TransferFlags.PENDING


async def climb(books: Books, start: Transfer, rules: list[tuple[dict[str, object], str]]) -> None:
    """Each change breaks a rule that outranks all those broken before it, alone and in company."""
    broken = start
    for change, expected in rules:
        broken = replace(broken, **change)
        assert await books.book(broken) == [expected]
        assert await books.book(transfer(), broken) == [
            "debit_account_id_must_not_be_zero",
            expected,
        ]


async def test_rules_of_a_transfer_outrank_each_other(books: Books) -> None:
    a, b = await books.opened(), await books.opened()
    used = await books.opened(ledger=9)
    assert await books.book(transfer(a, b)) == ["created"]
    rules: list[tuple[dict[str, object], str]] = [
        ({"ledger": 9}, "transfer_must_have_the_same_ledger_as_accounts"),
        ({"credit_account_id": used}, "accounts_must_have_the_same_ledger"),
        ({"code": 0}, "code_must_not_be_zero"),
        ({"ledger": 0}, "ledger_must_not_be_zero"),
        ({"flags": TransferFlags.CLOSING_DEBIT}, "closing_transfer_must_be_pending"),
        ({"timeout": 1}, "timeout_reserved_for_pending_transfer"),
        ({"pending_id": new_id()}, "pending_id_must_be_zero"),
        ({"credit_account_id": a}, "accounts_must_be_different"),
        ({"credit_account_id": ID_MAX}, "credit_account_id_must_not_be_int_max"),
        ({"credit_account_id": ZERO}, "credit_account_id_must_not_be_zero"),
        ({"debit_account_id": ID_MAX}, "debit_account_id_must_not_be_int_max"),
        ({"debit_account_id": ZERO}, "debit_account_id_must_not_be_zero"),
        ({"id": ID_MAX}, "id_must_not_be_int_max"),
        ({"id": ZERO}, "id_must_not_be_zero"),
        ({"flags": 256}, "reserved_flag"),
        ({"timestamp": 5}, "timestamp_must_be_zero"),
    ]
    await climb(books, transfer(a, b), rules)


async def test_high_reserved_flags_keep_their_chain(books: Books) -> None:
    a, b = await books.opened(), await books.opened()
    assert await books.book(transfer(a, b, flags=65534), transfer(a, b)) == [
        "reserved_flag", "created",
    ]  # fmt: skip
    assert await books.book(transfer(a, b, flags=65535), transfer(a, b)) == [
        "reserved_flag", "linked_event_failed",
    ]  # fmt: skip


async def test_unknown_accounts_keep_the_id(books: Books) -> None:
    a, late = await books.opened(), account()
    no_credit, no_debit = transfer(a, late.id), transfer(late.id, new_id())
    assert await books.book(no_credit) == ["credit_account_not_found"]
    assert await books.book(no_debit) == ["debit_account_not_found"]
    assert await books.open(late) == ["created"]
    assert await books.book(no_credit, no_debit) == ["id_already_failed"] * 2
    assert await books.book(replace(no_credit, id=new_id())) == ["created"]


async def test_a_currency_is_a_ledger(books: Books) -> None:
    a, b = await books.opened(), await books.opened(currency="USD")
    assert await books.book(transfer(a, b)) == ["accounts_must_have_the_same_ledger"]


async def test_closed_accounts(books: Books) -> None:
    a, b, c = await books.opened(), await books.opened(), await books.opened()
    hold = transfer(a, b, flags=PENDING)
    close_a = transfer(a, c, amount=0, flags=PENDING | TransferFlags.CLOSING_DEBIT)
    close_b = transfer(c, b, amount=0, flags=PENDING | TransferFlags.CLOSING_CREDIT)
    assert await books.book(hold, close_a, close_b) == ["created"] * 3
    assert await books.book(transfer(c, b)) == ["credit_account_already_closed"]
    # The debit side comes first, and amounts are looked at later.
    assert await books.book(transfer(a, b, amount=AMOUNT_MAX)) == ["debit_account_already_closed"]
    assert await books.book(post(hold, 1)) == ["debit_account_already_closed"]
    assert await books.book(post(close_b, 0)) == ["credit_account_already_closed"]
    assert await books.book(void(hold)) == ["created"]
    assert await books.book(transfer(a, c)) == ["debit_account_already_closed"]
    assert await books.book(void(close_a), void(close_b), transfer(a, b)) == ["created"] * 3
    born_closed = await books.opened(AccountFlags.CLOSED)
    assert await books.book(transfer(born_closed, c)) == ["debit_account_already_closed"]


async def test_limits_count_what_is_pending(books: Books) -> None:
    a, b = await books.funded(100), await books.opened()
    assert await books.book(transfer(a, b, amount=60, flags=PENDING)) == ["created"]
    over = transfer(a, b, amount=41)
    assert await books.book(over) == ["exceeds_credits"]
    assert await books.book(over) == ["id_already_failed"]
    assert await books.book(transfer(a, b, amount=40)) == ["created"]
    c = await books.opened(AccountFlags.CREDITS_MUST_NOT_EXCEED_DEBITS)
    assert await books.book(transfer(c, b, amount=10)) == ["created"]
    assert await books.book(transfer(b, c, amount=11, flags=PENDING)) == ["exceeds_debits"]
    assert await books.book(transfer(b, c, amount=10, flags=PENDING)) == ["created"]
    # Incoming pending credit is no cover.
    d = await books.opened(AccountFlags.DEBITS_MUST_NOT_EXCEED_CREDITS)
    assert await books.book(transfer(b, d, amount=5, flags=PENDING)) == ["created"]
    assert await books.book(transfer(d, b, amount=1)) == ["exceeds_credits"]
    assert await books.book(transfer(d, c, amount=1)) == ["exceeds_credits"]


async def test_a_batch_sees_its_own_order(books: Books) -> None:
    a, b, c = await books.opened(), await books.opened(2), await books.opened()
    early, cover, late = transfer(b, c), transfer(a, b), transfer(b, c)
    assert await books.book(early, cover, late) == ["exceeds_credits", "created", "created"]


async def test_overflows(books: Books) -> None:
    a, b, c, d = [await books.opened() for _ in range(4)]
    all_but_one = AMOUNT_MAX - 1
    assert await books.book(transfer(a, b, amount=all_but_one, flags=PENDING)) == ["created"]
    assert await books.book(transfer(a, c, amount=2, flags=PENDING)) == ["overflows_debits_pending"]
    assert await books.book(transfer(c, b, amount=2, flags=PENDING)) == [
        "overflows_credits_pending"
    ]
    assert await books.book(transfer(a, c, amount=2)) == ["overflows_debits"]
    assert await books.book(transfer(c, b, amount=2)) == ["overflows_credits"]
    assert await books.book(transfer(c, d, amount=all_but_one)) == ["created"]
    assert await books.book(transfer(c, a, amount=2)) == ["overflows_debits_posted"]
    assert await books.book(transfer(b, d, amount=2)) == ["overflows_credits_posted"]
    far = datetime(2250, 1, 1, tzinfo=UTC)
    lasting = transfer(b, a, flags=PENDING, timeout=2**32 - 1)
    assert await books.book(lasting, now=far) == ["overflows_timeout"]
    assert await books.book(lasting, transfer(b, a, amount=1), now=far) == [
        "overflows_timeout",
        "created",
    ]


async def test_rules_of_posting_outrank_each_other(books: Books) -> None:
    a, b = await books.opened(), await books.opened()
    hold, plain = transfer(a, b, flags=PENDING), transfer(a, b)
    assert await books.book(hold, plain) == ["created", "created"]
    same = new_id()
    rules: list[tuple[dict[str, object], str]] = [
        ({"amount": 101}, "exceeds_pending_transfer_amount"),
        ({"code": 9}, "pending_transfer_has_different_code"),
        ({"ledger": 9}, "pending_transfer_has_different_ledger"),
        ({"credit_account_id": a}, "pending_transfer_has_different_credit_account_id"),
        ({"debit_account_id": b}, "pending_transfer_has_different_debit_account_id"),
        ({"pending_id": plain.id}, "pending_transfer_not_pending"),
        ({"timeout": 1}, "timeout_reserved_for_pending_transfer"),
        ({"id": same, "pending_id": same}, "pending_id_must_be_different"),
        ({"pending_id": ID_MAX}, "pending_id_must_not_be_int_max"),
        ({"pending_id": ZERO}, "pending_id_must_not_be_zero"),
        ({"flags": TransferFlags.POST_PENDING_TRANSFER | PENDING}, "flags_are_mutually_exclusive"),
    ]
    await climb(books, post(hold, 0), rules)
    for flags in (12, 8 | 16, 4 | 32, 8 | 64, 4 | 128):
        assert await books.book(post(hold, 1, flags=flags)) == ["flags_are_mutually_exclusive"]
    assert await books.book(void(hold, amount=99)) == ["pending_transfer_has_different_amount"]
    unknown = post(transfer(), 1)
    assert await books.book(unknown) == ["pending_transfer_not_found"]
    assert await books.book(unknown) == ["id_already_failed"]
    assert await books.book(void(hold, amount=100, debit=a, credit=b)) == ["created"]
    # The amount is looked at before the state.
    assert await books.book(post(hold, 101)) == ["exceeds_pending_transfer_amount"]
    assert await books.book(post(hold, 1)) == ["pending_transfer_already_voided"]
    other = transfer(a, b, flags=PENDING, timeout=1)
    now = utc_now()
    assert await books.book(other, post(hold, 1), now=now) == [
        "created",
        "pending_transfer_already_voided",
    ]
    late = now + timedelta(seconds=1)
    assert await books.book(post(other, 1), now=late) == ["pending_transfer_expired"]
    third = transfer(a, b, flags=PENDING)
    assert await books.book(third, post(third, 1), void(third)) == [
        "created", "created", "pending_transfer_already_posted",
    ]  # fmt: skip


async def test_a_repeat_names_the_first_difference(books: Books) -> None:
    a, b, c = await books.opened(), await books.opened(), await books.opened()
    first = transfer(
        a, b, flags=PENDING, timeout=60, user_data_128=new_id(), user_data_64=1, user_data_32=2
    )
    assert await books.book(first) == ["created"]
    falling: list[tuple[dict[str, object], str]] = [
        ({"flags": 0}, "exists_with_different_flags"),
        ({"pending_id": new_id()}, "exists_with_different_pending_id"),
        ({"timeout": 61}, "exists_with_different_timeout"),
        ({"debit_account_id": c}, "exists_with_different_debit_account_id"),
        ({"credit_account_id": c}, "exists_with_different_credit_account_id"),
        ({"amount": 1}, "exists_with_different_amount"),
        ({"user_data_128": ZERO}, "exists_with_different_user_data_128"),
        ({"user_data_64": 9}, "exists_with_different_user_data_64"),
        ({"user_data_32": 9}, "exists_with_different_user_data_32"),
        ({"ledger": 9}, "exists_with_different_ledger"),
        ({"code": 9}, "exists_with_different_code"),
    ]
    other = first
    for change, expected in reversed(falling):
        assert await books.book(replace(first, **change)) == [expected]
        other = replace(other, **change)
        assert await books.book(other) == [expected]
    # A repeat is compared before its own rules are looked at.
    assert await books.book(replace(first, code=0)) == ["exists_with_different_code"]
    assert await books.book(first, first) == ["exists", "exists"]
    assert await books.balance(a) == (100, 0, 0, 0)


async def test_a_repeated_post_takes_zero_for_what_the_hold_says(books: Books) -> None:
    a, b, c = await books.opened(), await books.opened(), await books.opened()
    hold = transfer(a, b, flags=PENDING, user_data_64=5)
    all_of_it = post(hold, AMOUNT_MAX)
    assert await books.book(hold, all_of_it) == ["created", "created"]
    assert await books.book(all_of_it) == ["exists"]
    named = replace(
        all_of_it, amount=100, debit_account_id=a, credit_account_id=b, ledger=978, code=1,
        user_data_64=5,
    )  # fmt: skip
    assert await books.book(named) == ["exists"]
    for change, expected in [
        ({"amount": 99}, "amount"), ({"debit_account_id": c}, "debit_account_id"),
        ({"credit_account_id": c}, "credit_account_id"), ({"user_data_64": 6}, "user_data_64"),
        ({"user_data_128": c}, "user_data_128"), ({"user_data_32": 1}, "user_data_32"),
        ({"ledger": 5}, "ledger"), ({"code": 5}, "code"), ({"pending_id": c}, "pending_id"),
    ]:  # fmt: skip
        assert await books.book(replace(named, **change)) == [f"exists_with_different_{expected}"]


async def test_balancing_moves_what_is_there(books: Books) -> None:
    a, b = await books.funded(100, 0), await books.opened()
    debit, credit = TransferFlags.BALANCING_DEBIT, TransferFlags.BALANCING_CREDIT
    assert await books.book(transfer(a, b, amount=30, flags=PENDING)) == ["created"]
    sweep = transfer(a, b, amount=AMOUNT_MAX, flags=debit)
    assert await books.book(sweep) == ["created"]
    assert await books.balance(a) == (30, 70, 0, 100)
    assert await books.book(sweep) == ["exists"]
    assert await books.book(replace(sweep, amount=70)) == ["exists"]
    assert await books.book(replace(sweep, amount=69)) == ["exists_with_different_amount"]
    assert await books.book(transfer(a, b, amount=5, flags=debit)) == ["created"]
    assert await books.balance(a) == (30, 70, 0, 100)
    # b holds 70 on its credit side and nothing on its debit side.
    c = await books.opened()
    assert await books.book(transfer(c, b, amount=50, flags=credit)) == ["created"]
    assert await books.balance(c) == (0, 0, 0, 0)
    assert await books.book(transfer(b, c, amount=50)) == ["created"]
    d = await books.opened()
    assert await books.book(transfer(d, c, amount=20), transfer(c, d, amount=60)) == ["created"] * 2
    assert await books.book(transfer(d, b, amount=AMOUNT_MAX, flags=debit | credit)) == ["created"]
    assert await books.balance(d) == (0, 20, 0, 60)


async def test_chain_names(books: Books) -> None:
    a, b = await books.opened(), await books.opened()
    chain = linked(transfer(a, b), transfer(a, b, flags=TransferFlags.LINKED))
    assert await books.book(*chain) == ["linked_event_failed", "linked_event_chain_open"]


@pytest.mark.parametrize(
    "change",
    [
        {"amount": -1}, {"amount": 2**63}, {"amount": 10.5}, {"amount": "10"}, {"code": 2**16},
        {"timeout": 2**32}, {"flags": 2**16}, {"why": ""}, {"where_to": "  "}, {"triggered_by": ""},
    ],
)  # fmt: skip
async def test_what_no_field_can_hold_is_refused_by_name(
    books: Books, change: dict[str, object]
) -> None:
    [name] = change
    with pytest.raises(LedgerInputInvalid) as refused:
        await books.book(replace(transfer(), **change))
    assert [error.field for error in refused.value.errors] == [f"transfers[0].{name}"]


async def test_a_batch_has_a_largest_size(books: Books) -> None:
    one = transfer()
    with pytest.raises(LedgerInputInvalid, match="at most 10000"):
        await books.book(*[one] * 10_001)
    assert await books.book() == []


def test_every_name_is_tried_here() -> None:
    source = Path(__file__).read_text()
    missing = [
        status.value for status in CreateTransferStatus
        if f'"{status.value}"' not in source
        and f'"{status.value.removeprefix("exists_with_different_")}"' not in source
    ]  # fmt: skip
    assert not missing, "show a transfer that gets this result"

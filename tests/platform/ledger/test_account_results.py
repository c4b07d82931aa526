"""Every result name of create_accounts, and their order of precedence."""

from dataclasses import replace
from uuid import UUID

import pytest

from metatron.kernel.ids import new_id
from metatron.platform.ledger.interface import (
    ID_MAX,
    ZERO,
    Account,
    AccountFlags,
    CreateAccountStatus,
    LedgerInputInvalid,
    create_accounts,
    lookup_accounts,
)
from tests.platform.ledger.books import Books, account

# From the last in precedence to the first: each change alone breaks its rule, and each outranks
# all those before it.
RISING: list[tuple[dict[str, object], str]] = [
    ({"code": 0}, "code_must_not_be_zero"),
    ({"ledger": 0}, "ledger_must_not_be_zero"),
    ({"credits_posted": 1}, "credits_posted_must_be_zero"),
    ({"credits_pending": 1}, "credits_pending_must_be_zero"),
    ({"debits_posted": 1}, "debits_posted_must_be_zero"),
    ({"debits_pending": 1}, "debits_pending_must_be_zero"),
    ({"flags": 6}, "flags_are_mutually_exclusive"),
    ({"id": ID_MAX}, "id_must_not_be_int_max"),
    ({"id": ZERO}, "id_must_not_be_zero"),
    ({"flags": 16}, "reserved_flag"),
    ({"timestamp": 1}, "timestamp_must_be_zero"),
]
FALLING_DIFFERENCES: list[tuple[dict[str, object], str]] = [
    ({"flags": 8}, "exists_with_different_flags"),
    ({"user_data_128": new_id()}, "exists_with_different_user_data_128"),
    ({"user_data_64": 9}, "exists_with_different_user_data_64"),
    ({"user_data_32": 9}, "exists_with_different_user_data_32"),
    ({"ledger": 9}, "exists_with_different_ledger"),
    ({"code": 9}, "exists_with_different_code"),
]


@pytest.mark.parametrize(("change", "expected"), RISING, ids=[name for _, name in RISING])
async def test_each_rule_alone(books: Books, change: dict[str, object], expected: str) -> None:
    assert await books.open(replace(account(), **change)) == [expected]


async def test_rules_outrank_each_other(books: Books) -> None:
    broken = account()
    for change, expected in RISING:
        broken = replace(broken, **change)
        assert await books.open(broken) == [expected]


async def test_a_repeat_names_the_first_difference(books: Books) -> None:
    first = account(user_data_128=new_id(), user_data_64=1, user_data_32=2)
    assert await books.open(first) == ["created"]
    assert await books.open(first) == ["exists"]
    other = first
    for change, expected in reversed(FALLING_DIFFERENCES):
        assert await books.open(replace(first, **change)) == [expected]
        other = replace(other, **change)
        assert await books.open(other) == [expected]
    # A repeat is compared before its own rules are looked at.
    assert await books.open(replace(first, flags=6)) == ["exists_with_different_flags"]
    assert await books.open(replace(first, debits_posted=5)) == ["exists"]
    assert await books.open(replace(first, currency="USD")) == ["exists_with_different_ledger"]


async def test_the_same_id_twice_in_a_batch(books: Books) -> None:
    one = account()
    assert await books.open(one, one, replace(one, code=3)) == [
        "created", "exists", "exists_with_different_code",
    ]  # fmt: skip


async def test_chains_of_accounts(books: Books) -> None:
    a, b, c = account(flags=AccountFlags.LINKED), account(), account()
    bad = account(code=0)
    assert await books.open(a, bad, c) == [
        "linked_event_failed", "code_must_not_be_zero", "created",
    ]  # fmt: skip
    assert await books.open(a, b) == ["created", "created"]
    assert await books.open(a, account()) == ["exists", "linked_event_failed"]
    open_end = account(flags=AccountFlags.LINKED)
    assert await books.open(open_end) == ["linked_event_chain_open"]
    assert await books.open(account(), account(flags=1), open_end) == [
        "created", "linked_event_failed", "linked_event_chain_open",
    ]  # fmt: skip
    assert await books.open(account(flags=1), account(flags=1, code=0), open_end) == [
        "linked_event_failed", "code_must_not_be_zero", "linked_event_chain_open",
    ]  # fmt: skip


async def test_accounts_are_read_back_in_place(books: Books) -> None:
    kept = account(
        flags=AccountFlags.HISTORY | AccountFlags.CLOSED, user_data_128=new_id(),
        user_data_64=2**63 - 1, user_data_32=2**32 - 1, code=65535, ledger=2**31 - 1,
        currency="U:K7",
    )  # fmt: skip
    async with books.database.transaction(books.context) as session:
        [result] = await create_accounts(session, books.context, accounts=[kept])
        found = await lookup_accounts(session, books.context, ids=[new_id(), kept.id, kept.id])
    assert found[0] is None
    assert found[1] == found[2] == replace(kept, timestamp=result.timestamp)
    assert await books.open(kept) == ["exists"]


async def test_booking_times_ascend(books: Books) -> None:
    async with books.database.transaction(books.context) as session:
        many = await create_accounts(
            session, books.context, accounts=[account() for _ in range(50)]
        )
        [later] = await create_accounts(session, books.context, accounts=[account()])
    times = [result.timestamp for result in [*many, later]]
    assert times == sorted(set(times))


@pytest.mark.parametrize(
    "change",
    [
        {"code": 65536}, {"ledger": 2**31}, {"user_data_32": 2**32}, {"user_data_64": 2**63},
        {"flags": -1}, {"currency": " "}, {"code": True},
    ],
)  # fmt: skip
async def test_what_no_field_can_hold_is_refused_by_name(
    books: Books, change: dict[str, object]
) -> None:
    [name] = change
    with pytest.raises(LedgerInputInvalid) as refused:
        await books.open(account(), replace(account(), **change))
    assert [error.field for error in refused.value.errors] == [f"accounts[1].{name}"]


def test_every_name_is_tried_here() -> None:
    tried = {name for _, name in [*RISING, *FALLING_DIFFERENCES]}
    tried |= {"created", "exists", "linked_event_failed", "linked_event_chain_open"}
    # Never answered: an account here has no such field to fill (test_tigerbeetle_names.py).
    tried |= {"reserved_field"}
    assert {status.value for status in CreateAccountStatus} == tried


def test_an_account_can_be_made_without_the_optional_fields() -> None:
    assert Account(id=UUID(int=1), ledger=1, code=1, currency="EUR").flags == 0

"""The names of TigerBeetle 0.17, in its order: read off the client `tigerbeetle` 0.17.9 of PyPI.

The lists are those of its `bindings.py`, which TigerBeetle generates from its own state machine in
descending order of precedence. Left out is only what belongs to imported events, which the ledger
does not offer. Whoever moves to a later version compares the lists anew.
"""

import re
from dataclasses import fields
from enum import IntFlag
from pathlib import Path

import pytest

from metatron.platform.ledger import interface as ledger
from metatron.platform.ledger.interface import CreateAccountStatus, CreateTransferStatus

MIGRATIONS = Path(ledger.__file__).parent / "migrations"
ACCOUNT_STATUSES = """
created
linked_event_failed
linked_event_chain_open
timestamp_must_be_zero
reserved_field
reserved_flag
id_must_not_be_zero
id_must_not_be_int_max
exists_with_different_flags
exists_with_different_user_data_128
exists_with_different_user_data_64
exists_with_different_user_data_32
exists_with_different_ledger
exists_with_different_code
exists
flags_are_mutually_exclusive
debits_pending_must_be_zero
debits_posted_must_be_zero
credits_pending_must_be_zero
credits_posted_must_be_zero
ledger_must_not_be_zero
code_must_not_be_zero
"""
TRANSFER_STATUSES = """
created
linked_event_failed
linked_event_chain_open
timestamp_must_be_zero
reserved_flag
id_must_not_be_zero
id_must_not_be_int_max
exists_with_different_flags
exists_with_different_pending_id
exists_with_different_timeout
exists_with_different_debit_account_id
exists_with_different_credit_account_id
exists_with_different_amount
exists_with_different_user_data_128
exists_with_different_user_data_64
exists_with_different_user_data_32
exists_with_different_ledger
exists_with_different_code
exists
id_already_failed
flags_are_mutually_exclusive
debit_account_id_must_not_be_zero
debit_account_id_must_not_be_int_max
credit_account_id_must_not_be_zero
credit_account_id_must_not_be_int_max
accounts_must_be_different
pending_id_must_be_zero
pending_id_must_not_be_zero
pending_id_must_not_be_int_max
pending_id_must_be_different
timeout_reserved_for_pending_transfer
closing_transfer_must_be_pending
ledger_must_not_be_zero
code_must_not_be_zero
debit_account_not_found
credit_account_not_found
accounts_must_have_the_same_ledger
transfer_must_have_the_same_ledger_as_accounts
pending_transfer_not_found
pending_transfer_not_pending
pending_transfer_has_different_debit_account_id
pending_transfer_has_different_credit_account_id
pending_transfer_has_different_ledger
pending_transfer_has_different_code
exceeds_pending_transfer_amount
pending_transfer_has_different_amount
pending_transfer_already_posted
pending_transfer_already_voided
pending_transfer_expired
debit_account_already_closed
credit_account_already_closed
overflows_debits_pending
overflows_credits_pending
overflows_debits_posted
overflows_credits_posted
overflows_debits
overflows_credits
overflows_timeout
exceeds_credits
exceeds_debits
"""
ACCOUNT_FLAGS = {
    "none": 0, "linked": 1, "debits_must_not_exceed_credits": 2,
    "credits_must_not_exceed_debits": 4, "history": 8, "closed": 32,
}  # fmt: skip
TRANSFER_FLAGS = {
    "none": 0, "linked": 1, "pending": 2, "post_pending_transfer": 4, "void_pending_transfer": 8,
    "balancing_debit": 16, "balancing_credit": 32, "closing_debit": 64, "closing_credit": 128,
}  # fmt: skip
ACCOUNT_FILTER_FLAGS = {"none": 0, "debits": 1, "credits": 2, "reversed": 4}
FIELDS = {
    ledger.Account: (
        "id debits_pending debits_posted credits_pending credits_posted user_data_128 "
        "user_data_64 user_data_32 ledger code flags timestamp"
    ),
    ledger.Transfer: (
        "id debit_account_id credit_account_id amount pending_id user_data_128 "
        "user_data_64 user_data_32 timeout ledger code flags timestamp"
    ),
    ledger.AccountFilter: (
        "account_id user_data_128 user_data_64 user_data_32 code timestamp_min "
        "timestamp_max limit flags"
    ),
    ledger.AccountBalance: "debits_pending debits_posted credits_pending credits_posted timestamp",
    ledger.CreateAccountResult: "timestamp status",
    ledger.CreateTransferResult: "timestamp status",
}
OURS = {
    ledger.Account: {"currency"},
    ledger.Transfer: {"why", "where_to", "triggered_by", "event_at", "pending_status"},
}
"""What the manual names as added: the story of a move, its currency, when it happened, its end."""
NEVER_ANSWERED = {"reserved_field"}


def test_results_carry_tigerbeetles_names_in_its_order_of_precedence() -> None:
    assert [each.value for each in CreateAccountStatus] == ACCOUNT_STATUSES.split()
    assert [each.value for each in CreateTransferStatus] == TRANSFER_STATUSES.split()
    assert [each.name.lower() for each in CreateAccountStatus] == ACCOUNT_STATUSES.split()
    assert [each.name.lower() for each in CreateTransferStatus] == TRANSFER_STATUSES.split()


@pytest.mark.parametrize(
    ("ours", "theirs"),
    [
        (ledger.AccountFlags, ACCOUNT_FLAGS),
        (ledger.TransferFlags, TRANSFER_FLAGS),
        (ledger.AccountFilterFlags, ACCOUNT_FILTER_FLAGS),
    ],
)
def test_flags_carry_tigerbeetles_names_and_bits(
    ours: type[IntFlag], theirs: dict[str, int]
) -> None:
    assert {name.lower(): int(bit) for name, bit in ours.__members__.items()} == theirs


@pytest.mark.parametrize("shape", FIELDS, ids=lambda shape: str(shape.__name__))
def test_fields_carry_tigerbeetles_names(shape: type) -> None:
    named = {each.name for each in fields(shape)}
    assert named - OURS.get(shape, set()) == set(FIELDS[shape].split())
    assert OURS.get(shape, set()) <= named


def test_the_database_answers_with_these_names_and_no_others() -> None:
    text = "\n".join(path.read_text() for path in sorted(MIGRATIONS.glob("*.sql")))
    written = set(re.findall(r"'([a-z0-9_]+)'", text))
    known = {*ACCOUNT_STATUSES.split(), *TRANSFER_STATUSES.split()}
    assert known - written == NEVER_ANSWERED
    looks_like_one = re.compile(
        r"(exists_with|exceeds|overflows|pending_transfer|(debit|credit)_account)_.*"
        r"|.*(must_not|must_be|must_have|_reserved_for|already)_.*"
    )
    assert {name for name in written if looks_like_one.fullmatch(name)} <= known

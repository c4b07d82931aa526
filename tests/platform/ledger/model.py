"""TigerBeetle's rules for transfers in plain Python: what the ledger must agree with.

Written from its documentation of the semantics, one item after the other on dictionaries; nothing
of the ledger's own code is used but the names.
"""

from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from uuid import UUID

from metatron.platform.ledger.interface import AMOUNT_MAX, ZERO, Account, Transfer

LINKED, PENDING, POST, VOID, BALANCING_DEBIT, BALANCING_CREDIT = 1, 2, 4, 8, 16, 32
CLOSING_DEBIT, CLOSING_CREDIT = 64, 128
KEEP_ID = {
    "debit_account_not_found", "credit_account_not_found", "pending_transfer_not_found",
    "exceeds_credits", "exceeds_debits", "debit_account_already_closed",
    "credit_account_already_closed",
}  # fmt: skip


@dataclass
class Balance:
    account: Account
    debits_pending: int = 0
    debits_posted: int = 0
    credits_pending: int = 0
    credits_posted: int = 0
    closed: bool = False

    def figures(self) -> tuple[int, int, int, int]:
        return (self.debits_pending, self.debits_posted, self.credits_pending, self.credits_posted)


@dataclass
class State:
    balances: dict[UUID, Balance] = field(default_factory=dict)
    transfers: dict[UUID, Transfer] = field(default_factory=dict)
    ended: dict[UUID, str] = field(default_factory=dict)  # pending transfers that are over
    expires: dict[UUID, datetime] = field(default_factory=dict)

    def copy(self) -> "State":
        return State(
            {key: replace(balance) for key, balance in self.balances.items()},
            dict(self.transfers), dict(self.ended), dict(self.expires),
        )  # fmt: skip


class Model:
    def __init__(self, accounts: list[Account]) -> None:
        self.state = State({account.id: Balance(account) for account in accounts})
        self.failed: set[UUID] = set()

    def book(self, batch: list[Transfer], now: datetime) -> list[str]:
        statuses: list[str] = []
        start: int | None = None
        saved: State | None = None
        broken = False
        for place, item in enumerate(batch):
            chained = bool(item.flags & LINKED)
            if chained and start is None:
                start, saved = place, self.state.copy()
            if chained and place == len(batch) - 1:
                status = "linked_event_chain_open"
            elif broken:
                status = "linked_event_failed"
            else:
                status = self._book(item, now)
            if status != "created" and start is not None and not broken:
                assert saved is not None
                broken, self.state = True, saved
                statuses[start:] = ["linked_event_failed"] * (place - start)
            if status in KEEP_ID:
                self.failed.add(item.id)
            statuses.append(status)
            if not chained or status == "linked_event_chain_open":
                start, saved, broken = None, None, False
        return statuses

    def expire(self, now: datetime) -> set[UUID]:
        due = {
            key for key, at in self.state.expires.items()
            if at <= now and key not in self.state.ended
        }  # fmt: skip
        for key in due:
            hold = self.state.transfers[key]
            self._release(hold)
            self.state.ended[key] = "expired"
            self._reopen(hold)
        return due

    def _book(self, item: Transfer, now: datetime) -> str:
        known = self.state.transfers.get(item.id)
        if known is not None:
            return self._compare(item, known)
        if item.id in self.failed:
            return "id_already_failed"
        if item.flags & (POST | VOID):
            return self._resolve(item, now)
        return self._move(item, now)

    def _move(self, item: Transfer, now: datetime) -> str:
        if item.debit_account_id == ZERO:
            return "debit_account_id_must_not_be_zero"
        if item.credit_account_id == ZERO:
            return "credit_account_id_must_not_be_zero"
        if item.debit_account_id == item.credit_account_id:
            return "accounts_must_be_different"
        if item.pending_id != ZERO:
            return "pending_id_must_be_zero"
        if not item.flags & PENDING:
            if item.timeout:
                return "timeout_reserved_for_pending_transfer"
            if item.flags & (CLOSING_DEBIT | CLOSING_CREDIT):
                return "closing_transfer_must_be_pending"
        if item.ledger == 0:
            return "ledger_must_not_be_zero"
        if item.code == 0:
            return "code_must_not_be_zero"
        debit = self.state.balances.get(item.debit_account_id)
        credit = self.state.balances.get(item.credit_account_id)
        if debit is None:
            return "debit_account_not_found"
        if credit is None:
            return "credit_account_not_found"
        pair = (debit.account.ledger, debit.account.currency)
        if pair != (credit.account.ledger, credit.account.currency):
            return "accounts_must_have_the_same_ledger"
        if item.ledger != debit.account.ledger:
            return "transfer_must_have_the_same_ledger_as_accounts"
        if debit.closed:
            return "debit_account_already_closed"
        if credit.closed:
            return "credit_account_already_closed"
        amount = item.amount
        if item.flags & BALANCING_DEBIT:
            room = debit.credits_posted - debit.debits_posted - debit.debits_pending
            amount = min(amount, max(room, 0))
        if item.flags & BALANCING_CREDIT:
            room = credit.debits_posted - credit.credits_posted - credit.credits_pending
            amount = min(amount, max(room, 0))
        refusal = self._too_much(item, amount, debit, credit)
        if refusal:
            return refusal
        if item.flags & PENDING:
            debit.debits_pending += amount
            credit.credits_pending += amount
            if item.timeout:
                self.state.expires[item.id] = now + timedelta(seconds=item.timeout)
        else:
            debit.debits_posted += amount
            credit.credits_posted += amount
        debit.closed |= bool(item.flags & CLOSING_DEBIT)
        credit.closed |= bool(item.flags & CLOSING_CREDIT)
        self.state.transfers[item.id] = replace(item, amount=amount)
        return "created"

    def _too_much(self, item: Transfer, amount: int, debit: Balance, credit: Balance) -> str:
        if item.flags & PENDING:
            if amount + debit.debits_pending > AMOUNT_MAX:
                return "overflows_debits_pending"
            if amount + credit.credits_pending > AMOUNT_MAX:
                return "overflows_credits_pending"
        if amount + debit.debits_posted > AMOUNT_MAX:
            return "overflows_debits_posted"
        if amount + credit.credits_posted > AMOUNT_MAX:
            return "overflows_credits_posted"
        if amount + debit.debits_pending + debit.debits_posted > AMOUNT_MAX:
            return "overflows_debits"
        if amount + credit.credits_pending + credit.credits_posted > AMOUNT_MAX:
            return "overflows_credits"
        spent = debit.debits_pending + debit.debits_posted + amount
        if debit.account.flags & 2 and spent > debit.credits_posted:
            return "exceeds_credits"
        taken = credit.credits_pending + credit.credits_posted + amount
        if credit.account.flags & 4 and taken > credit.debits_posted:
            return "exceeds_debits"
        return ""

    def _resolve(self, item: Transfer, now: datetime) -> str:
        mixed = PENDING | BALANCING_DEBIT | BALANCING_CREDIT | CLOSING_DEBIT | CLOSING_CREDIT
        if (item.flags & POST and item.flags & VOID) or item.flags & mixed:
            return "flags_are_mutually_exclusive"
        if item.pending_id == ZERO:
            return "pending_id_must_not_be_zero"
        if item.pending_id == item.id:
            return "pending_id_must_be_different"
        if item.timeout:
            return "timeout_reserved_for_pending_transfer"
        hold = self.state.transfers.get(item.pending_id)
        if hold is None:
            return "pending_transfer_not_found"
        if not hold.flags & PENDING:
            return "pending_transfer_not_pending"
        for name in ("debit_account_id", "credit_account_id", "ledger", "code"):
            asked = getattr(item, name)
            if asked not in (ZERO, 0) and asked != getattr(hold, name):
                return f"pending_transfer_has_different_{name}"
        amount = self._resolved_amount(item, hold)
        if amount > hold.amount:
            return "exceeds_pending_transfer_amount"
        if item.flags & VOID and amount < hold.amount:
            return "pending_transfer_has_different_amount"
        ended = self.state.ended.get(hold.id)
        if ended in ("posted", "voided"):
            return f"pending_transfer_already_{ended}"
        if ended == "expired" or self.state.expires.get(hold.id, now + timedelta(1)) <= now:
            return "pending_transfer_expired"
        debit = self.state.balances[hold.debit_account_id]
        credit = self.state.balances[hold.credit_account_id]
        if debit.closed and not item.flags & VOID:
            return "debit_account_already_closed"
        if credit.closed and not item.flags & VOID:
            return "credit_account_already_closed"
        self._release(hold)
        if item.flags & POST:
            debit.debits_posted += amount
            credit.credits_posted += amount
        else:
            self._reopen(hold)
        self.state.ended[hold.id] = "posted" if item.flags & POST else "voided"
        self.state.transfers[item.id] = replace(
            item, amount=amount, debit_account_id=hold.debit_account_id, ledger=hold.ledger,
            credit_account_id=hold.credit_account_id, code=hold.code,
            user_data_64=item.user_data_64 or hold.user_data_64,
        )  # fmt: skip
        return "created"

    def _compare(self, item: Transfer, known: Transfer) -> str:
        resolves = bool(item.flags & (POST | VOID))
        for name in ("flags", "pending_id", "timeout"):
            if getattr(item, name) != getattr(known, name):
                return f"exists_with_different_{name}"
        hold = self.state.transfers[item.pending_id] if resolves else None
        for name in ("debit_account_id", "credit_account_id"):
            asked = getattr(item, name)
            if asked != getattr(known, name) and not (resolves and asked == ZERO):
                return f"exists_with_different_{name}"
        asked_amount = item.amount if hold is None else self._resolved_amount(item, hold)
        balancing = item.flags & (BALANCING_DEBIT | BALANCING_CREDIT)
        if asked_amount < known.amount or (asked_amount > known.amount and not balancing):
            return "exists_with_different_amount"
        user_data = item.user_data_64 or (0 if hold is None else hold.user_data_64)
        if user_data != known.user_data_64:
            return "exists_with_different_user_data_64"
        for name in ("ledger", "code"):
            asked = getattr(item, name)
            if asked != getattr(known, name) and not (resolves and asked == 0):
                return f"exists_with_different_{name}"
        return "exists"

    @staticmethod
    def _resolved_amount(item: Transfer, hold: Transfer) -> int:
        everything = 0 if item.flags & VOID else AMOUNT_MAX
        return hold.amount if item.amount == everything else item.amount

    def _release(self, hold: Transfer) -> None:
        self.state.balances[hold.debit_account_id].debits_pending -= hold.amount
        self.state.balances[hold.credit_account_id].credits_pending -= hold.amount

    def _reopen(self, hold: Transfer) -> None:
        if hold.flags & CLOSING_DEBIT:
            self.state.balances[hold.debit_account_id].closed = False
        if hold.flags & CLOSING_CREDIT:
            self.state.balances[hold.credit_account_id].closed = False

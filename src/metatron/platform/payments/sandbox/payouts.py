"""Paying out of escrow; a payout is pending first, then paid or failed, and may come back."""

import json

from metatron.platform.payments.sandbox import balance, fees, resources
from metatron.platform.payments.sandbox.events import announce
from metatron.platform.payments.sandbox.idempotency import Done
from metatron.platform.payments.sandbox.problems import Refusal
from metatron.platform.payments.sandbox.schemas import PayoutBody
from metatron.platform.payments.sandbox.store import Row, Store

KIND = "payout"


def pay_out(
    store: Store, key: str, body: PayoutBody, fault: str | None, *, settlement_seconds: float
) -> Done:
    """Set the amount aside and settle it later; `acct_closed...` will fail."""
    balance.demand_currency(body.currency)
    if not body.destination.startswith("acct_"):
        raise Refusal(400, "no_such_destination", f"{body.destination} is not known.")
    if fault == "decline":
        raise Refusal(402, "payout_declined", "The bank refused the payout.")
    balance.demand_available(store, body.amount_minor, body.currency)
    resource_id, now = store.new_id("po"), store.now()
    store.insert(
        KIND,
        {
            "id": resource_id,
            "destination": body.destination,
            "amount_minor": body.amount_minor,
            "currency": body.currency,
            "status": "pending",
            "metadata": json.dumps(body.metadata),
            "idempotency_key": key,
            "settle_at": now + settlement_seconds,
            "created_at": now,
        },
    )
    balance.post(store, resource_id, KIND, -body.amount_minor, body.currency)
    row = resources.show(store, KIND, resource_id)
    announce(store, "payout.pending", row, idempotency_key=key)
    fees.charge(store, "payout", row, body.amount_minor)
    return Done(201, row, KIND, resource_id)


def settle_due(store: Store) -> int:
    """Pay or fail the pending payouts that are due; return how many."""
    due = store.rows(
        "select * from payout where status = 'pending' and settle_at <= ?", store.now()
    )
    for row in due:
        if row["destination"].startswith("acct_closed"):
            _come_back(store, row, "failed", "account_closed")
        else:
            store.execute("update payout set status = 'paid' where id = ?", row["id"])
            _announce(store, row)
    return len(due)


def return_paid(store: Store, resource_id: str) -> Row:
    """Let a paid payout come back from the receiving bank days later."""
    row = resources.find(store, KIND, resource_id)
    if row["status"] != "paid":
        raise Refusal(409, "not_paid", f"The payout is {row['status']}, not paid.")
    _come_back(store, row, "returned", "returned_by_bank")
    return resources.show(store, KIND, resource_id)


def _come_back(store: Store, row: Row, status: str, code: str) -> None:
    store.execute(
        "update payout set status = ?, failure_code = ? where id = ?", status, code, row["id"]
    )
    balance.post(store, row["id"], f"payout_{status}", row["amount_minor"], row["currency"])
    _announce(store, row)


def _announce(store: Store, row: Row) -> None:
    now = resources.show(store, KIND, row["id"])
    announce(store, f"payout.{now['status']}", now, idempotency_key=row["idempotency_key"])

"""Returning captured money to the method it came from."""

import json

from metatron.platform.payments.sandbox import balance, fees, resources
from metatron.platform.payments.sandbox.events import announce
from metatron.platform.payments.sandbox.idempotency import Done
from metatron.platform.payments.sandbox.problems import Refusal
from metatron.platform.payments.sandbox.schemas import RefundBody
from metatron.platform.payments.sandbox.store import Row, Store

KIND = "refund"


def refund(
    store: Store,
    key: str | None,
    body: RefundBody,
    fault: str | None = None,
    *,
    origin: str = "api",
    settlement_seconds: float,
) -> Done:
    """Book the refund; to a method that takes no refunds it stays pending and fails later."""
    source = _refundable(store, body.authorisation, body.amount_minor)
    if fault == "decline":
        raise Refusal(402, "refund_declined", "The card network refused the refund.")
    will_fail = source["payment_method"].startswith("pm_refund_fails")
    metadata = body.metadata or json.loads(source["metadata"])
    resource_id = store.new_id("re")
    now = store.now()
    store.execute(
        "update authorisation set amount_refunded_minor = amount_refunded_minor + ? where id = ?",
        body.amount_minor,
        source["id"],
    )
    store.insert(
        KIND,
        {
            "id": resource_id,
            "authorisation_id": source["id"],
            "amount_minor": body.amount_minor,
            "currency": source["currency"],
            "status": "pending" if will_fail else "succeeded",
            "origin": origin,
            "metadata": json.dumps(metadata),
            "idempotency_key": key,
            "settle_at": now + settlement_seconds if will_fail else None,
            "created_at": now,
        },
    )
    balance.post(store, resource_id, KIND, -body.amount_minor, source["currency"])
    row = resources.show(store, KIND, resource_id)
    announce(store, f"refund.{row['status']}", row, idempotency_key=key)
    fees.charge(store, "refund", row, body.amount_minor)
    return Done(201, row, KIND, resource_id)


def _refundable(store: Store, authorisation_id: str, amount_minor: int) -> Row:
    source = resources.find(store, "authorisation", authorisation_id)
    if source["status"] != "captured":
        raise Refusal(409, "not_captured", "Only captured money can be refunded.")
    if amount_minor > source["amount_captured_minor"] - source["amount_refunded_minor"]:
        raise Refusal(409, "already_refunded", "Less than that is left to refund.")
    disputed = store.row(
        "select id from dispute where authorisation_id = ? and status in ('open', 'lost')",
        authorisation_id,
    )
    if disputed is not None:
        raise Refusal(409, "payment_disputed", "A disputed payment cannot be refunded.")
    balance.demand_available(store, amount_minor, source["currency"])
    return source


def settle_due(store: Store) -> int:
    """Fail the pending refunds that are due; return how many."""
    due = store.rows(
        "select * from refund where status = 'pending' and settle_at <= ?", store.now()
    )
    for row in due:
        store.execute(
            "update refund set status = 'failed', failure_code = 'account_closed' where id = ?",
            row["id"],
        )
        store.execute(
            "update authorisation set amount_refunded_minor = amount_refunded_minor - ?"
            " where id = ?",
            row["amount_minor"],
            row["authorisation_id"],
        )
        balance.post(store, row["id"], "refund_failure", row["amount_minor"], row["currency"])
        failed = resources.show(store, KIND, row["id"])
        announce(store, "refund.failed", failed, idempotency_key=row["idempotency_key"])
    return len(due)

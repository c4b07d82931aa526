"""A member's bank takes captured money back: opened, then won or lost."""

from metatron.platform.payments.sandbox import balance, resources
from metatron.platform.payments.sandbox.events import announce
from metatron.platform.payments.sandbox.idempotency import Done
from metatron.platform.payments.sandbox.problems import Refusal
from metatron.platform.payments.sandbox.store import Row, Store

KIND = "dispute"


def open_dispute(
    store: Store, authorisation_id: str, amount_minor: int | None, *, fee_minor: int
) -> Row:
    """Take the disputed amount and the fee out of escrow; the fee stays even when it is won."""
    source = resources.find(store, "authorisation", authorisation_id)
    if source["status"] != "captured":
        raise Refusal(409, "not_captured", "Only captured money can be disputed.")
    left = source["amount_captured_minor"] - source["amount_refunded_minor"]
    amount = left if amount_minor is None else amount_minor
    if not 0 < amount <= left:
        raise Refusal(409, "amount_too_large", "Less than that is left to dispute.")
    running = store.row(
        "select id from dispute where authorisation_id = ? and status = 'open'", authorisation_id
    )
    if running is not None:
        raise Refusal(409, "payment_disputed", "A dispute is open already.")
    resource_id = store.new_id("dp")
    store.insert(
        KIND,
        {
            "id": resource_id,
            "authorisation_id": authorisation_id,
            "amount_minor": amount,
            "fee_minor": fee_minor,
            "currency": source["currency"],
            "status": "open",
            "metadata": source["metadata"],
            "created_at": store.now(),
        },
    )
    balance.post(store, resource_id, KIND, -amount, source["currency"])
    if fee_minor:
        balance.post(store, resource_id, "dispute_fee", -fee_minor, source["currency"])
    row = resources.show(store, KIND, resource_id)
    announce(store, "dispute.opened", row, idempotency_key=None)
    return row


def close_dispute(store: Store, resource_id: str, *, won: bool) -> Row:
    """Decide an open dispute; a won one brings the amount back, never the fee."""
    row = resources.find(store, KIND, resource_id)
    if row["status"] != "open":
        raise Refusal(409, "dispute_closed", f"The dispute is {row['status']} already.")
    status = "won" if won else "lost"
    store.execute("update dispute set status = ? where id = ?", status, resource_id)
    if won:
        balance.post(store, resource_id, "dispute_won", row["amount_minor"], row["currency"])
    shown = resources.show(store, KIND, resource_id)
    announce(store, f"dispute.{status}", shown, idempotency_key=None)
    return shown


def take_evidence(store: Store, resource_id: str, explanation: str) -> Done:
    """Take evidence against an open dispute, once and before its deadline."""
    row = resources.find(store, KIND, resource_id)
    if row["status"] != "open":
        raise Refusal(409, "dispute_closed", f"The dispute is {row['status']} already.")
    if store.now() > row["created_at"] + resources.EVIDENCE_SECONDS:
        raise Refusal(409, "evidence_late", "The time for evidence is over.")
    if store.row("select * from dispute_evidence where dispute_id = ?", resource_id) is not None:
        raise Refusal(409, "evidence_given", "Evidence was handed in before.")
    store.insert(
        "dispute_evidence",
        {"dispute_id": resource_id, "explanation": explanation, "submitted_at": store.now()},
    )
    return Done(201, resources.show(store, KIND, resource_id), KIND, resource_id)

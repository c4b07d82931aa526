"""Holding money, taking it into escrow, letting it go."""

import json

from metatron.platform.payments.sandbox import balance, fees, resources
from metatron.platform.payments.sandbox.events import announce
from metatron.platform.payments.sandbox.idempotency import Done
from metatron.platform.payments.sandbox.problems import Refusal
from metatron.platform.payments.sandbox.schemas import AuthorisationBody, CaptureBody
from metatron.platform.payments.sandbox.store import Row, Store

CAPTURE_WINDOW_SECONDS = 7 * 86_400
KIND = "authorisation"

# The ways a test payment method behaves, by the beginning of its token.
DECLINED_METHODS = {
    "pm_declined": "card_declined",
    "pm_insufficient_funds": "insufficient_funds",
}
WORKING_METHODS = ("pm_ok", "pm_refund_fails")


def authorise(store: Store, key: str, body: AuthorisationBody, fault: str | None) -> Done:
    """Hold the amount, or capture it at once; a decline leaves a declined authorisation."""
    balance.demand_currency(body.currency)
    decline_code = _decline_code(body.payment_method, fault)
    resource_id = store.new_id("auth")
    now = store.now()
    store.insert(
        KIND,
        {
            "id": resource_id,
            "amount_minor": body.amount_minor,
            "currency": body.currency,
            "payment_method": body.payment_method,
            "status": "declined" if decline_code else "held",
            "capture_before": now + CAPTURE_WINDOW_SECONDS,
            "metadata": json.dumps(body.metadata),
            "failure_code": decline_code,
            "idempotency_key": key,
            "created_at": now,
        },
    )
    if decline_code:
        return _declined(store, resource_id, key, decline_code)
    if body.capture_method == "automatic":
        return take(store, resource_id, captured_share(body.amount_minor, fault), key)
    held = resources.show(store, KIND, resource_id)
    announce(store, "authorisation.held", held, idempotency_key=key)
    return Done(201, held, KIND, resource_id)


def _decline_code(payment_method: str, fault: str | None) -> str | None:
    if fault == "decline":
        return "card_declined"
    for beginning, code in DECLINED_METHODS.items():
        if payment_method.startswith(beginning):
            return code
    if not payment_method.startswith(WORKING_METHODS):
        raise Refusal(400, "no_such_payment_method", f"{payment_method} is not known.")
    return None


def _declined(store: Store, resource_id: str, key: str, code: str) -> Done:
    row = resources.show(store, KIND, resource_id)
    announce(store, "authorisation.declined", row, idempotency_key=key)
    refusal = Refusal(402, code, "The payment method was declined.", resource=row)
    return Done(402, refusal.document(), KIND, resource_id)


def captured_share(amount_minor: int, fault: str | None) -> int:
    """Return what is captured of `amount_minor`: half of it under the fault, never nothing."""
    return max(1, amount_minor // 2) if fault == "partial_capture" else amount_minor


def capture(
    store: Store, resource_id: str, key: str | None, body: CaptureBody, fault: str | None
) -> Done:
    """Take a held amount into escrow; what is not taken goes back to the payment method."""
    row = _held(store, resource_id)
    amount = row["amount_minor"] if body.amount_minor is None else body.amount_minor
    if amount > row["amount_minor"]:
        raise Refusal(400, "amount_too_large", "More was asked for than is held.")
    if fault == "decline":
        raise Refusal(402, "capture_declined", "The card network refused the capture.")
    return take(store, resource_id, captured_share(amount, fault), key)


def take(store: Store, resource_id: str, amount_minor: int, key: str | None) -> Done:
    """Book the capture of a held authorisation."""
    store.execute(
        "update authorisation set status = 'captured', amount_captured_minor = ? where id = ?",
        amount_minor,
        resource_id,
    )
    row = resources.show(store, KIND, resource_id)
    balance.post(store, resource_id, "capture", amount_minor, row["currency"])
    announce(store, "authorisation.captured", row, idempotency_key=key)
    fees.charge(store, "capture", row, amount_minor)
    return Done(201, row, KIND, resource_id)


def void(store: Store, resource_id: str, key: str | None, fault: str | None = None) -> Done:
    """Let a held amount go."""
    _held(store, resource_id)
    if fault == "decline":
        raise Refusal(402, "void_declined", "The card network refused to let the hold go.")
    return _end(store, resource_id, "voided", key)


def expire_due(store: Store) -> int:
    """Let go of holds whose capture window is over; return how many."""
    due = store.rows(
        "select id from authorisation where status = 'held' and capture_before <= ?", store.now()
    )
    for row in due:
        _end(store, row["id"], "expired", None)
    return len(due)


def _end(store: Store, resource_id: str, status: str, key: str | None) -> Done:
    store.execute("update authorisation set status = ? where id = ?", status, resource_id)
    row = resources.show(store, KIND, resource_id)
    announce(store, f"authorisation.{status}", row, idempotency_key=key)
    return Done(201, row, KIND, resource_id)


def _held(store: Store, resource_id: str) -> Row:
    row = resources.find(store, KIND, resource_id)
    if row["status"] != "held":
        detail = f"The authorisation is {row['status']}, not held."
        raise Refusal(409, f"authorisation_{row['status']}", detail)
    if row["capture_before"] <= store.now():
        raise Refusal(409, "authorisation_expired", "The capture window is over.")
    return row

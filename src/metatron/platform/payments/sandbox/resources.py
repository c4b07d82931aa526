"""Reading the provider's objects: by id, by idempotency key, and as the API shows them."""

import json
from datetime import UTC, datetime

from metatron.platform.payments.sandbox.problems import Refusal
from metatron.platform.payments.sandbox.store import Row, Store

EVIDENCE_SECONDS = 7 * 86_400
"""How long a dispute takes evidence."""
KINDS = ("authorisation", "refund", "payout", "dispute", "fee")
_BY_ID = {
    "authorisation": "select * from authorisation where id = ?",
    "refund": "select * from refund where id = ?",
    "payout": "select * from payout where id = ?",
    "dispute": "select * from dispute where id = ?",
    "fee": "select * from fee where id = ?",
}
_BY_KEY = {
    "authorisation": "select * from authorisation where idempotency_key = ?",
    "refund": "select * from refund where idempotency_key = ?",
    "payout": "select * from payout where idempotency_key = ?",
}


def instant(seconds: float) -> str:
    """Return seconds since 1970 as ISO 8601 in UTC."""
    return datetime.fromtimestamp(seconds, UTC).isoformat(timespec="milliseconds")


def shown(kind: str, row: Row) -> Row:
    """Return a stored row as the API shows it."""
    body: Row = {"object": kind, "livemode": False, **row}
    body["metadata"] = json.loads(row["metadata"])
    body.pop("settle_at", None)
    if kind == "dispute":
        body["evidence_due_at"] = instant(row["created_at"] + EVIDENCE_SECONDS)
    for name in ("created_at", "capture_before"):
        if name in body:
            body[name] = instant(body[name])
    if "authorisation_id" in body:
        body["authorisation"] = body.pop("authorisation_id")
    return body


def find(store: Store, kind: str, resource_id: str) -> Row:
    """Return the stored row, or refuse with 404."""
    row = store.row(_BY_ID[kind], resource_id)
    if row is None:
        raise Refusal(404, "no_such_object", f"There is no {kind} {resource_id}.")
    return row


def show(store: Store, kind: str, resource_id: str) -> Row:
    """Return one object as the API shows it, or refuse with 404."""
    body = shown(kind, find(store, kind, resource_id))
    if kind == "dispute":
        given = store.row("select * from dispute_evidence where dispute_id = ?", resource_id)
        body["evidence_submitted_at"] = None if given is None else instant(given["submitted_at"])
    return body


def with_key(store: Store, kind: str, idempotency_key: str) -> Row:
    """Return the objects (none or one) that a request with this key made."""
    rows = store.rows(_BY_KEY[kind], idempotency_key)
    return {"object": "list", "data": [shown(kind, row) for row in rows]}

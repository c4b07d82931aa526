"""Events of the provider and the deliveries they cause; written with the effect they tell of."""

import json
from typing import Any

from metatron.platform.payments.sandbox import faults
from metatron.platform.payments.sandbox.store import Row, Store

API_VERSION = "2026-01-01"
LATE_SECONDS = 5.0
REORDER_SECONDS = 0.6


def announce(store: Store, kind: str, resource: Row, *, idempotency_key: str | None) -> None:
    """Record that `resource` changed and queue the webhook. Inside the effect's transaction.

    `idempotency_key` is that of the request which caused the change, None for the dashboard.
    """
    event_id = store.new_id("evt")
    now = store.now()
    body: dict[str, Any] = {
        "id": event_id,
        "type": kind,
        "created": int(now),
        "livemode": False,
        "api_version": API_VERSION,
        "request": {"idempotency_key": idempotency_key},
        "data": {"object": resource},
    }
    raw = json.dumps(body, separators=(",", ":")).encode()
    store.insert("event", {"id": event_id, "type": kind, "body": raw, "created_at": now})
    if store.meta("webhook_url"):
        _queue(store, event_id, now)


def _queue(store: Store, event_id: str, now: float) -> None:
    fault = faults.draw(store, "webhook")
    name = "" if fault is None else fault.name
    seconds = None if fault is None else fault.seconds
    due = now
    if name == "webhook_late":
        due += LATE_SECONDS if seconds is None else seconds
    if name == "webhook_reorder":
        due += REORDER_SECONDS if seconds is None else seconds
    _deliver(store, event_id, due, forged=False)
    if name == "webhook_duplicate":
        _deliver(store, event_id, due + (seconds or 0.0), forged=False)
    if name == "webhook_forged":
        _deliver(store, event_id, due, forged=True)


def _deliver(store: Store, event_id: str, due: float, *, forged: bool) -> None:
    values: Row = {"event_id": event_id, "due_at": due, "state": "pending", "forged": int(forged)}
    store.insert("delivery", values)

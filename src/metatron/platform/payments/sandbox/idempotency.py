"""One effect for one key: the answer is stored in the transaction of the effect."""

import hashlib
import json
from collections.abc import Callable
from dataclasses import dataclass

from metatron.platform.payments.sandbox import resources
from metatron.platform.payments.sandbox.problems import Refusal
from metatron.platform.payments.sandbox.schemas import Body
from metatron.platform.payments.sandbox.store import Row, Store


@dataclass(frozen=True, slots=True)
class Done:
    """What an operation answers and which object it is about."""

    status: int
    answer: Row
    kind: str | None = None
    resource_id: str | None = None


@dataclass(frozen=True, slots=True)
class Write:
    """What a request asks for; `target` is the id in its path."""

    operation: str
    body: Body
    target: str = ""

    def fingerprint(self) -> str:
        """Return the SHA-256 of all that a repeat must share."""
        text = f"{self.operation}\n{self.target}\n{self.body.model_dump_json()}"
        return hashlib.sha256(text.encode()).hexdigest()


def run_once(store: Store, key: str, write: Write, act: Callable[[], Done]) -> Done:
    """Run `act` unless `key` was seen; then return the stored answer.

    The same key with another operation, target or body is refused with 409. A refusal by the
    provider's rules (402, 404, 409) is an answer too: it stays the answer of this key.
    """
    with store.transaction():
        seen = store.row("select * from request where idempotency_key = ?", key)
        if seen is not None:
            return _replay(seen, write)
        try:
            done = act()
        except Refusal as refusal:
            done = Done(refusal.status, refusal.document())
        store.insert(
            "request",
            {
                "idempotency_key": key,
                "operation": write.operation,
                "body_sha256": write.fingerprint(),
                "http_status": done.status,
                "answer": json.dumps(done.answer),
                "resource_kind": done.kind,
                "resource_id": done.resource_id,
                "created_at": store.now(),
            },
        )
    return done


def _replay(seen: Row, write: Write) -> Done:
    if seen["body_sha256"] != write.fingerprint():
        detail = "This Idempotency-Key was used with another request."
        raise Refusal(409, "idempotency_key_reused", detail)
    answer = json.loads(seen["answer"])
    return Done(seen["http_status"], answer, seen["resource_kind"], seen["resource_id"])


def trace(store: Store, key: str) -> Row:
    """Return what the provider knows of a key: the answer it gave and the object as it is now."""
    seen = store.row("select * from request where idempotency_key = ?", key)
    if seen is None:
        raise Refusal(404, "no_such_request", "No request with this Idempotency-Key is known.")
    current = None
    if seen["resource_kind"] is not None:
        current = resources.show(store, seen["resource_kind"], seen["resource_id"])
    return {
        "object": "request",
        "idempotency_key": key,
        "operation": seen["operation"],
        "http_status": seen["http_status"],
        "answer": json.loads(seen["answer"]),
        "resource": current,
        "created_at": resources.instant(seen["created_at"]),
    }

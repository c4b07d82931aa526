"""What the sandbox provider's answers and webhooks mean; pure functions of what it sent."""

from datetime import UTC, date, datetime
from typing import Any, get_args
from uuid import UUID

import orjson

from metatron.platform.payments.adapter import (
    Action,
    Confirmed,
    Failed,
    InstructionKind,
    LineKind,
    NoTrace,
    Observation,
    Outcome,
    Pending,
    ProviderCall,
    ProviderEvent,
    RetryLater,
    Returned,
    StatementLine,
    Unknown,
)
from metatron.platform.payments.disputed import DisputeFacts, EvidenceCall
from metatron.platform.payments.errors import WebhookRefused

CREDENTIAL_RETRY_SECONDS = 300.0
REFUSALS = frozenset({400, 402, 404, 409, 422})
_LINE_KINDS: dict[str, LineKind] = {
    "capture": "capture",
    "refund": "refund",
    "refund_failure": "refund_reversal",
    "payout": "payout",
    "payout_failed": "payout_reversal",
    "payout_returned": "payout_reversal",
    "dispute": "dispute",
    "dispute_fee": "dispute_fee",
    "dispute_won": "dispute_reversal",
    "fee": "fee",
}
_ACTIONS: dict[str, Action] = {
    "authorisation.captured": "captured",
    "authorisation.voided": "voided",
    "authorisation.expired": "expired",
    "refund.succeeded": "refunded",
    "dispute.opened": "dispute_opened",
    "dispute.won": "dispute_won",
    "dispute.lost": "dispute_lost",
    "fee.charged": "fee_charged",
}
# A payout that comes back is told with its own key: an outcome, never an observation.
assert {*_ACTIONS.values(), "payout_returned"} == set(get_args(Action.__value__))


def of_answer(call: ProviderCall, status: int, body: Any, retry_after: str | None) -> Outcome:
    """Classify the answer to a write. What is not clearly the provider's word is unknown."""
    held_back = _held_back(status, retry_after)
    if held_back is not None:
        return held_back
    if not isinstance(body, dict):
        return Unknown(f"http_{status}")
    if 200 <= status < 300:
        return of_resource(call, body)
    if status in REFUSALS and isinstance(body.get("code"), str):
        resource = body.get("resource")
        reference = resource.get("id") if isinstance(resource, dict) else None
        return Failed(body["code"], reference)
    return Unknown(f"http_{status}")


def of_trace(
    call: ProviderCall, status: int, body: Any, retry_after: str | None
) -> Outcome | NoTrace:
    """Classify the answer to "what became of this key?"."""
    if status == 404 and isinstance(body, dict) and body.get("code") == "no_such_request":
        return NoTrace()
    if status != 200 or not isinstance(body, dict) or not isinstance(body.get("answer"), dict):
        return _held_back(status, retry_after) or Unknown(f"http_{status}")
    if body["http_status"] >= 400:
        return of_answer(call, body["http_status"], body["answer"], None)
    return of_resource(call, body.get("resource") or {})


def _held_back(status: int, retry_after: str | None) -> RetryLater | None:
    if status == 429:
        known = retry_after is not None and retry_after.isascii() and retry_after.isdigit()
        return RetryLater("rate_limited", float(retry_after or 1) if known else 1.0)
    if status in {401, 403}:
        return RetryLater("credential_refused", CREDENTIAL_RETRY_SECONDS)
    return None


def of_resource(call: ProviderCall, resource: dict[str, Any]) -> Outcome:
    """Classify an object the call made or changed, as it is now."""
    reference, amount = resource.get("id"), resource.get("amount_minor")
    if not isinstance(reference, str) or type(amount) is not int:
        return Unknown("answer_unreadable")
    if resource.get("currency") != call.currency:
        return Unknown("currency_differs")
    if call.kind is InstructionKind.CAPTURE:
        captured = resource.get("amount_captured_minor")
        amount = captured if type(captured) is int else 0
    return _by_status(call.kind, resource, reference, amount)


def _by_status(
    kind: InstructionKind, resource: dict[str, Any], reference: str, amount: int
) -> Outcome:
    status = resource.get("status")
    code = str(resource.get("failure_code") or status)
    match kind, status:
        case (
            (InstructionKind.AUTHORISE, "held" | "captured")
            | (InstructionKind.CAPTURE, "captured")
            | (InstructionKind.VOID, "voided")
            | (InstructionKind.REFUND, "succeeded")
            | (InstructionKind.PAYOUT, "paid")
        ):
            return Confirmed(reference, amount, _capture_before(kind, resource))
        case (InstructionKind.AUTHORISE | InstructionKind.CAPTURE, "declined") | (
            InstructionKind.REFUND | InstructionKind.PAYOUT,
            "failed",
        ):
            return Failed(code, reference)
        case (InstructionKind.AUTHORISE, "voided" | "expired"):
            return Failed(f"authorisation_{status}", reference)
        case (InstructionKind.REFUND | InstructionKind.PAYOUT, "pending"):
            return Pending(reference)
        case (InstructionKind.PAYOUT, "returned"):
            return Returned(reference, amount, code)
        case _:
            return Unknown("status_unexpected")


def _capture_before(kind: InstructionKind, resource: dict[str, Any]) -> datetime | None:
    until = resource.get("capture_before")
    if kind is not InstructionKind.AUTHORISE or not isinstance(until, str):
        return None
    try:
        return datetime.fromisoformat(until)
    except ValueError:
        return None


def of_evidence(call: EvidenceCall, status: int, body: Any, retry_after: str | None) -> Outcome:
    """Classify the answer to evidence against a dispute."""
    held_back = _held_back(status, retry_after)
    if held_back is not None:
        return held_back
    if not isinstance(body, dict):
        return Unknown(f"http_{status}")
    if 200 <= status < 300 and body.get("evidence_submitted_at"):
        return Confirmed(call.reference, 0)
    if status in REFUSALS and isinstance(body.get("code"), str):
        return Failed(body["code"], call.reference)
    return Unknown(f"http_{status}")


def of_dispute(body: dict[str, Any]) -> DisputeFacts:
    """Read a dispute; `KeyError` and the like when it is none."""
    return DisputeFacts(
        reference=str(body["id"]),
        is_open=body["status"] == "open",
        evidence_due_at=datetime.fromisoformat(body["evidence_due_at"]),
        is_evidence_in=body["evidence_submitted_at"] is not None,
    )


def of_webhook(raw: bytes) -> ProviderEvent:
    """Read a webhook's body.

    Raises:
        WebhookRefused: it is not a message of this provider.
    """
    try:
        body = orjson.loads(raw)
        event_id, kind, resource = body["id"], body["type"], body["data"]["object"]
        key = (body.get("request") or {}).get("idempotency_key")
        metadata = resource.get("metadata") or {}
        tenant = _uuid(metadata.get("tenant_id"))
        if not isinstance(event_id, str) or not isinstance(kind, str):
            raise WebhookRefused("The body cannot be read.")
        if body.get("livemode") is not False:
            raise WebhookRefused("A live message came to the sandbox's address.")
        instruction = _uuid(key)
        outcome = None if instruction is None else _told(tenant, instruction, kind, resource)
        at = datetime.fromtimestamp(int(body["created"]), UTC) if "created" in body else None
        observation = _observed(kind, resource, at) if key is None else None
    except (ValueError, TypeError, KeyError, AttributeError, OverflowError) as error:
        raise WebhookRefused("The body cannot be read.") from error
    return ProviderEvent(event_id, kind, tenant, instruction, outcome, observation)


def of_statement_line(line: dict[str, Any]) -> StatementLine:
    """Read one line of the provider's statement; `KeyError` and the like when it is no line."""
    kind = str(line["kind"])
    return StatementLine(
        line_id=str(line["id"]),
        reference=str(line["ref"]),
        kind=_LINE_KINDS.get(kind, "other"),
        amount_minor=int(line["amount_minor"]),
        currency=str(line["currency"]),
        value_on=date.fromisoformat(line["value_date"]),
        source_reference=line.get("source"),
        tenant_id=_uuid(line.get("tenant_id")),
    )


def _uuid(text: object) -> UUID | None:
    try:
        return UUID(text) if isinstance(text, str) else None
    except ValueError:
        return None


def _told(
    tenant: UUID | None, instruction: UUID, kind: str, resource: dict[str, Any]
) -> Outcome | None:
    """Return what a message about a request of ours says of the instruction."""
    asked = {
        "authorisation.held": InstructionKind.AUTHORISE,
        "authorisation.declined": InstructionKind.AUTHORISE,
        "authorisation.captured": InstructionKind.CAPTURE,
        "authorisation.voided": InstructionKind.VOID,
    }.get(kind)
    if asked is None:
        noun = kind.partition(".")[0]
        if noun not in {"refund", "payout"}:
            return None
        asked = InstructionKind(noun)
    if tenant is None:
        return None
    amount, currency = int(resource["amount_minor"]), str(resource["currency"])
    return of_resource(ProviderCall(tenant, instruction, asked, amount, currency), resource)


def _observed(kind: str, resource: dict[str, Any], at: datetime | None) -> Observation | None:
    action = _ACTIONS.get(kind)
    if action is None:
        return None
    name = "amount_captured_minor" if action == "captured" else "amount_minor"
    reference = str(resource["id"])
    amount = int(resource[name])
    fee = amount if action == "fee_charged" else int(resource.get("fee_minor") or 0)
    return Observation(
        action=action,
        reference=reference,
        source_reference=str(resource.get("source") or resource.get("authorisation") or reference),
        amount_minor=0 if action == "fee_charged" else amount,
        fee_minor=fee if action in {"dispute_opened", "fee_charged"} else 0,
        currency=str(resource["currency"]),
        occurred_at=at,
        evidence_due_at=_due(resource) if action == "dispute_opened" else None,
    )


def _due(resource: dict[str, Any]) -> datetime | None:
    told = resource.get("evidence_due_at")
    return datetime.fromisoformat(told) if isinstance(told, str) else None

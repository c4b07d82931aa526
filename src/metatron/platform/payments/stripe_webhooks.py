"""Stripe's events read: outcomes of our instructions, and what happened without one."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import orjson

from metatron.platform.payments.adapter import (
    Action,
    InstructionKind,
    Observation,
    Outcome,
    ProviderCall,
    ProviderEvent,
)
from metatron.platform.payments.errors import WebhookRefused
from metatron.platform.payments.stripe_answers import (
    CAPTURE_INSTRUCTION,
    INSTRUCTION,
    TENANT,
    evidence_due,
    of_object,
)

_REFUNDS = frozenset({"refund.created", "refund.updated", "refund.failed"})


def demand_ours(raw: bytes, *, livemode: bool, api_version: str) -> None:
    """Refuse a verified event of another mode, of another account, or of another API release.

    Releases are named `date.name`; within a name Stripe only adds.

    Raises:
        WebhookRefused: as above, or it cannot be read.
    """
    body = _body(raw)
    if body.get("livemode") is not livemode:
        raise WebhookRefused("Test and live mode are mixed: the event is of the other one.")
    if body.get("account") is not None:
        raise WebhookRefused("The event is about another account's balance.")
    sent = str(body.get("api_version"))
    if sent.partition(".")[2] != api_version.partition(".")[2]:
        raise WebhookRefused(f"The endpoint sends API version {sent}, {api_version} is read here.")


def of_webhook(raw: bytes) -> ProviderEvent:
    """Read an event's body.

    Raises:
        WebhookRefused: it is no event of Stripe's.
    """
    body = _body(raw)
    try:
        kind, found = str(body["type"]), dict(body["data"]["object"])
        at = datetime.fromtimestamp(int(body["created"]), UTC)
        key = _uuid((body.get("request") or {}).get("idempotency_key"))
        tenant = _uuid((found.get("metadata") or {}).get(TENANT))
        about = _told(kind, found, key)
        outcome, observation = None, None
        if about is not None and tenant is not None:
            outcome = _outcome(tenant, *about, found)
        elif about is None:
            observation = _observed(kind, found, at)
    except (ValueError, TypeError, KeyError, IndexError, AttributeError, OverflowError) as error:
        raise WebhookRefused("The body cannot be read.") from error
    instruction = None if about is None else about[1]
    return ProviderEvent(str(body["id"]), kind, tenant, instruction, outcome, observation)


def _body(raw: bytes) -> dict[str, Any]:
    try:
        body = orjson.loads(raw)
    except orjson.JSONDecodeError as error:
        raise WebhookRefused("The body cannot be read.") from error
    if not isinstance(body, dict) or body.get("object") != "event":
        raise WebhookRefused("The body is no event.")
    if not isinstance(body.get("id"), str) or len(body["id"]) > 200:
        raise WebhookRefused("The event has no id.")
    return body


def _uuid(text: object) -> UUID | None:
    try:
        return UUID(text) if isinstance(text, str) else None
    except ValueError:
        return None


def _told(
    kind: str, found: dict[str, Any], key: UUID | None
) -> tuple[InstructionKind, UUID] | None:
    """Return which instruction of ours an event tells the end of, if any."""
    metadata = found.get("metadata") or {}
    own, capturing = _uuid(metadata.get(INSTRUCTION)), _uuid(metadata.get(CAPTURE_INSTRUCTION))
    is_manual = found.get("capture_method") == "manual"
    if kind == "payment_intent.succeeded":
        instruction = capturing if is_manual else own
        return None if instruction is None else (InstructionKind.CAPTURE, instruction)
    if kind in {"payment_intent.amount_capturable_updated", "payment_intent.payment_failed"}:
        asked = InstructionKind.AUTHORISE if is_manual else InstructionKind.CAPTURE
        return None if own is None else (asked, own)
    if kind == "payment_intent.canceled":
        # Only our own call carries a key of ours; a person's and the expiry carry none.
        return None if key is None else (InstructionKind.VOID, key)
    if kind in _REFUNDS:
        return None if own is None else (InstructionKind.REFUND, own)
    if kind == "transfer.created":
        return None if own is None else (InstructionKind.PAYOUT, own)
    return None


def _outcome(
    tenant: UUID, asked: InstructionKind, instruction: UUID, found: dict[str, Any]
) -> Outcome:
    currency = str(found["currency"]).upper()
    call = ProviderCall(tenant, instruction, asked, int(found["amount"]), currency)
    return of_object(call, found)


def _observed(kind: str, found: dict[str, Any], at: datetime) -> Observation | None:
    reference = str(found["id"]) if "id" in found else ""
    source = str(found.get("payment_intent") or reference)
    if kind == "payment_intent.succeeded":
        received = int(found["amount_received"])
        return _seen("captured", reference, source, received, found, at)
    if kind == "payment_intent.canceled":
        expired = found.get("cancellation_reason") == "automatic"
        action: Action = "expired" if expired else "voided"
        return _seen(action, reference, source, int(found["amount"]), found, at)
    if kind in _REFUNDS and found.get("status") == "succeeded":
        return _seen("refunded", reference, source, int(found["amount"]), found, at)
    if kind == "transfer.reversed":
        last = found["reversals"]["data"][0]
        return _seen("payout_returned", str(last["id"]), reference, int(last["amount"]), found, at)
    return _of_dispute(kind, found, reference, source, at)


def _of_dispute(
    kind: str, found: dict[str, Any], reference: str, source: str, at: datetime
) -> Observation | None:
    """Read what a dispute does to the balance; one that is only an inquiry does nothing to it."""
    amount = int(found.get("amount") or 0)
    if kind == "charge.dispute.funds_withdrawn":
        fees = sum(int(each.get("fee") or 0) for each in found.get("balance_transactions") or [])
        seen = _seen("dispute_opened", reference, source, amount, found, at, fee_minor=fees)
        return replace(seen, evidence_due_at=evidence_due(found))
    if kind == "charge.dispute.funds_reinstated":
        return _seen("dispute_won", reference, source, amount, found, at)
    if kind == "charge.dispute.closed" and found.get("status") == "lost":
        return _seen("dispute_lost", reference, source, amount, found, at)
    return None


def _seen(  # noqa: PLR0917 - the parts of one observation
    action: Action,
    reference: str,
    source: str,
    amount_minor: int,
    found: dict[str, Any],
    at: datetime,
    *,
    fee_minor: int = 0,
) -> Observation:
    currency = str(found["currency"]).upper()
    return Observation(action, reference, source, amount_minor, fee_minor, currency, at)

"""What Stripe's objects say of an instruction; pure functions of what it sent."""

from datetime import UTC, datetime
from typing import Any

from metatron.kernel.money import minor_digits
from metatron.platform.payments.adapter import (
    Confirmed,
    Failed,
    InstructionKind,
    NoTrace,
    Outcome,
    Pending,
    ProviderCall,
    Returned,
    Unknown,
)
from metatron.platform.payments.disputed import DisputeFacts, EvidenceCall

INSTRUCTION = "instruction_id"
CAPTURE_INSTRUCTION = "capture_instruction_id"
TENANT = "tenant_id"
# What Stripe counts in whole units, and what in thousandths; all others are in hundredths.
_WHOLE = frozenset(
    {
        *("BIF", "CLP", "DJF", "GNF", "JPY", "KMF", "KRW", "MGA", "PYG", "RWF", "VND", "VUV"),
        *("XAF", "XOF", "XPF"),
    }
)
_THOUSANDTHS = frozenset({"BHD", "JOD", "KWD", "OMR", "TND"})


def unfit_amount(call: ProviderCall) -> Failed | None:
    """Refuse a currency whose minor unit Stripe counts otherwise, and amounts it cannot carry.

    A mismatch would move a hundred times the amount. Of thousandths the last digit must be 0.
    """
    currency = call.currency
    digits = 0 if currency in _WHOLE else 3 if currency in _THOUSANDTHS else 2
    if digits != minor_digits(currency):
        return Failed("currency_unsupported")
    if digits == 3 and call.amount_minor % 10:
        return Failed("amount_unsupported")
    return None


def of_dispute(found: dict[str, Any]) -> DisputeFacts:
    """Read a dispute; `KeyError` and the like when it is none."""
    details = found["evidence_details"]
    return DisputeFacts(
        reference=str(found["id"]),
        is_open=found["status"] not in {"won", "lost", "warning_closed"},
        evidence_due_at=evidence_due(found),
        is_evidence_in=int(details["submission_count"]) > 0,
    )


def evidence_due(found: dict[str, Any]) -> datetime | None:
    """Return until when a dispute takes evidence, None when it takes none."""
    due = (found.get("evidence_details") or {}).get("due_by")
    return datetime.fromtimestamp(due, UTC) if type(due) is int else None


def of_evidence(call: EvidenceCall, found: dict[str, Any]) -> Outcome:
    """Classify the dispute that evidence was handed in against."""
    try:
        facts = of_dispute(found)
    except (ValueError, TypeError, KeyError):
        return Unknown("answer_unreadable")
    return Confirmed(call.reference, 0) if facts.is_evidence_in else Unknown("not_submitted")


def of_object(call: ProviderCall, found: dict[str, Any]) -> Outcome:
    """Classify the object a call made or changed, as it is now."""
    reference, amount = found.get("id"), found.get("amount")
    if not isinstance(reference, str) or type(amount) is not int:
        return Unknown("answer_unreadable")
    if str(found.get("currency")).upper() != call.currency:
        return Unknown("currency_differs")
    match call.kind:
        case InstructionKind.REFUND:
            return _of_refund(found, reference, amount)
        case InstructionKind.PAYOUT:
            return _of_transfer(found, reference, amount)
        case InstructionKind.VOID:
            is_done = found.get("status") == "canceled"
            return Confirmed(reference, amount) if is_done else Unknown("status_unexpected")
        case InstructionKind.AUTHORISE | InstructionKind.CAPTURE:
            return _of_intent(call, found, reference, amount)
    raise AssertionError(call.kind)


def _of_intent(call: ProviderCall, found: dict[str, Any], reference: str, amount: int) -> Outcome:
    is_hold = call.kind is InstructionKind.AUTHORISE
    match found.get("status"):
        case "requires_capture" if is_hold:
            return Confirmed(reference, amount, _capture_before(found))
        case "succeeded":
            received = found.get("amount_received")
            taken = received if type(received) is int else 0
            return Confirmed(reference, amount if is_hold else taken)
        case "processing":
            return Pending(reference)
        case "requires_payment_method" | "canceled" as status:
            return Failed(_why(found, status), reference)
        case _:
            return Unknown("status_unexpected")


def _why(found: dict[str, Any], status: str) -> str:
    if status == "canceled":
        return "authorisation_voided"
    problem = found.get("last_payment_error") or {}
    return str(problem.get("decline_code") or problem.get("code") or "card_declined")


def _capture_before(found: dict[str, Any]) -> datetime | None:
    """Return until when the hold can be captured, when the charge was expanded."""
    charge = found.get("latest_charge")
    details = charge.get("payment_method_details") if isinstance(charge, dict) else None
    until = ((details or {}).get("card") or {}).get("capture_before")
    return datetime.fromtimestamp(until, UTC) if type(until) is int else None


def _of_refund(found: dict[str, Any], reference: str, amount: int) -> Outcome:
    match found.get("status"):
        case "succeeded":
            return Confirmed(reference, amount)
        case "pending" | "requires_action":
            return Pending(reference)
        case "failed" | "canceled" as status:
            return Failed(str(found.get("failure_reason") or f"refund_{status}"), reference)
        case _:
            return Unknown("status_unexpected")


def _of_transfer(found: dict[str, Any], reference: str, amount: int) -> Outcome:
    if found.get("reversed") is True:
        return Returned(reference, amount, "transfer_reversed")
    return Confirmed(reference, amount)


def of_source(call: ProviderCall, found: dict[str, Any]) -> Outcome | NoTrace:
    """Tell from the authorisation what became of its capture or void by this instruction."""
    status = found.get("status")
    if status == "requires_capture":
        return NoTrace()
    if call.kind is InstructionKind.VOID:
        return of_object(call, found) if status == "canceled" else Failed("authorisation_captured")
    if status == "succeeded" and is_captured_by(call, found):
        return of_object(call, found)
    if status == "succeeded":
        return Failed("authorisation_captured")
    return Failed("authorisation_voided") if status == "canceled" else Unknown("status_unexpected")


def is_captured_by(call: ProviderCall, found: dict[str, Any]) -> bool:
    """Tell whether this very instruction captured the authorisation, and no person by hand."""
    metadata = found.get("metadata") or {}
    return bool(metadata.get(CAPTURE_INSTRUCTION) == str(call.instruction_id))

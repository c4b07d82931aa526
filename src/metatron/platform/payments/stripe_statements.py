"""Stripe's balance transactions as statement lines."""

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from metatron.platform.payments.adapter import LineKind, StatementLine
from metatron.platform.payments.stripe_answers import TENANT

_KINDS: dict[str, LineKind] = {
    "charge": "capture",
    "partial_capture_reversal": "capture",
    "refund": "refund",
    "refund_failure": "refund_reversal",
    "transfer": "payout",
    "transfer_reversal": "payout_reversal",
    "dispute": "dispute",
    "dispute_reversal": "dispute_reversal",
    "fee": "fee",
}


def of_transactions(transactions: Iterable[dict[str, Any]]) -> tuple[StatementLine, ...]:
    """Return the lines of balance transactions with their sources expanded.

    A part captured of a hold comes as two transactions, the whole and the part not taken: one
    line. A fee kept from a transaction is a line of its own. What moves nothing is no line.
    """
    lines: dict[tuple[str, str], StatementLine] = {}
    for each in transactions:
        for line in _of_transaction(each):
            key = (line.kind or "", line.reference or line.line_id)
            known = lines.get(key) if line.kind == "capture" else None
            if known is None:
                lines[key if line.kind == "capture" else ("", line.line_id)] = line
            else:
                lines[key] = _joined(known, line)
    return tuple(line for line in lines.values() if line.amount_minor)


def _joined(one: StatementLine, other: StatementLine) -> StatementLine:
    return StatementLine(
        one.line_id,
        one.reference,
        one.kind,
        one.amount_minor + other.amount_minor,
        one.currency,
        one.value_on,
        one.source_reference,
        one.tenant_id,
    )


def _of_transaction(found: dict[str, Any]) -> Iterable[StatementLine]:
    raw = found.get("source")
    source: dict[str, Any] = raw if isinstance(raw, dict) else {"id": raw}
    category = str(found.get("reporting_category") or found.get("type"))
    kind = _KINDS.get(category, "other")
    on = datetime.fromtimestamp(int(found["created"]), UTC).date()
    currency = str(found["currency"]).upper()
    tenant = _tenant(source)
    intent = source.get("payment_intent")
    reference = str((intent if kind == "capture" else None) or source.get("id") or found["id"])
    yield StatementLine(
        str(found["id"]), reference, kind, int(found["amount"]), currency, on, intent, tenant
    )
    fee = int(found.get("fee") or 0)
    if not fee:
        return
    if kind in {"dispute", "dispute_reversal"}:
        yield StatementLine(
            f"{found['id']}:fee", reference, "dispute_fee", -fee, currency, on, intent, tenant
        )
    else:
        own = f"{found['id']}:fee"
        yield StatementLine(own, own, "fee", -fee, currency, on, reference, tenant)


def _tenant(source: dict[str, Any]) -> UUID | None:
    text = (source.get("metadata") or {}).get(TENANT)
    try:
        return UUID(text) if isinstance(text, str) else None
    except ValueError:
        return None

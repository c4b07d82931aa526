"""The statement of one day, and the faults that such documents come with."""

import json
from datetime import date, timedelta
from typing import Any

from metatron.platform.payments.sandbox import faults
from metatron.platform.payments.sandbox.store import Row, Store

_LINES = """
select 'line_' || e.id as id, e.ref, e.kind, e.amount_minor, e.currency, e.value_date,
  coalesce(f.source, r.authorisation_id, d.authorisation_id) as source,
  coalesce(a.metadata, r.metadata, p.metadata, d.metadata, f.metadata) as metadata
from entry e
left join authorisation a on a.id = e.ref left join refund r on r.id = e.ref
left join payout p on p.id = e.ref left join dispute d on d.id = e.ref
left join fee f on f.id = e.ref
where e.value_date = ? order by e.id
"""
_OPENING = (
    "select currency, sum(amount_minor) as amount_minor from entry where value_date < ?"
    " group by currency order by currency"
)
_CLOSING = (
    "select currency, sum(amount_minor) as amount_minor from entry where value_date <= ?"
    " group by currency order by currency"
)


def statement(store: Store, on: date) -> dict[str, Any]:
    """Return the lines of one UTC day and the balances before and after it.

    A line carries the `tenant_id` its object was made with. Scripted faults bend single lines,
    never the balances: the account is right, its statement is not.
    """
    lines: list[Row] = []
    for line in store.rows(_LINES, on.isoformat()):
        metadata = json.loads(line.pop("metadata") or "{}")
        lines += _bent(store, {**line, "tenant_id": metadata.get("tenant_id")})
    return {
        "object": "statement",
        "date": on.isoformat(),
        "opening": store.rows(_OPENING, on.isoformat()),
        "lines": lines,
        "closing": store.rows(_CLOSING, on.isoformat()),
    }


def _bent(store: Store, line: Row) -> list[Row]:
    """Return the line as it is sent: once, or as the fault drawn for it wants."""
    fault = faults.draw(store, "statement")
    match fault and fault.name:
        case "statement_line_missing":
            return []
        case "statement_line_twice":
            return [line, line]
        case "statement_wrong_sign":
            return [{**line, "amount_minor": -line["amount_minor"]}]
        case "statement_other_month":
            other = date.fromisoformat(line["value_date"]) + timedelta(days=31)
            return [{**line, "value_date": other.isoformat()}]
    return [line]

"""Statements as CSV, in columns of our own.

A header line, then one line a movement, separated by commas or semicolons, UTF-8:

    value_on       date, 2026-01-31                                          required
    currency       ISO 4217                                                  required
    amount_minor   signed whole number of minor units (in is positive)       this, or
    amount         signed decimal with a point, -12.50                       this
    reference      the provider's reference of what moved
    kind           capture, refund, refund_reversal, payout, payout_reversal, dispute,
                   dispute_fee, dispute_reversal, fee, other
    line_id        the provider's id of the line, unique for good
"""

import csv
import io
from typing import cast, get_args

from metatron.platform.payments.adapter import LineKind, StatementLine
from metatron.platform.payments.statements.parsed import (
    LONGEST_REFERENCE,
    MOST_LINES,
    ParsedStatement,
    currency_of,
    day_of,
    finished,
    minor_of,
    unreadable,
    within_limits,
)

COLUMNS = frozenset(
    {"value_on", "currency", "amount_minor", "amount", "reference", "kind", "line_id"}
)
KINDS: frozenset[str] = frozenset(get_args(LineKind.__value__))
LONGEST_FIELD = 2_000


def parse(raw: bytes) -> ParsedStatement:
    """Read a CSV statement.

    Raises:
        StatementUnreadable: it is not one; `errors` names the line.
    """
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise unreadable("file", "encoding", "Save the file as UTF-8.") from error
    if "\x00" in text:
        raise unreadable("file", "encoding", "The file holds bytes that are no text.")
    first = text.partition("\n")[0]
    separator = ";" if first.count(";") > first.count(",") else ","
    rows = csv.DictReader(io.StringIO(text), delimiter=separator, strict=True)
    lines: list[StatementLine] = []
    try:
        _check_header(rows.fieldnames)
        for row in rows:
            if len(lines) >= MOST_LINES:
                raise unreadable("file", "too_many_lines", f"Give at most {MOST_LINES} lines.")
            lines.append(_line(row, f"line {rows.line_num}"))
    except csv.Error as error:
        raise unreadable(f"line {rows.line_num}", "not_csv", str(error)) from error
    return finished(lines)


def _check_header(names: object) -> None:
    given = {str(name) for name in names} if isinstance(names, list) else set[str]()
    if unknown := given - COLUMNS:
        hint = f"Unknown columns: {', '.join(sorted(unknown))[:200]}."
        raise unreadable("line 1", "columns_unknown", hint)
    if not {"value_on", "currency"} <= given or len({"amount", "amount_minor"} & given) != 1:
        hint = "Name the columns value_on, currency, and one of amount_minor and amount."
        raise unreadable("line 1", "columns_missing", hint)


def _line(row: dict[str | None, str | None], place: str) -> StatementLine:
    values = {name: (value or "").strip() for name, value in row.items() if name is not None}
    if None in row or any(len(value) > LONGEST_FIELD for value in values.values()):
        raise unreadable(place, "line_malformed", "The line has more than the header says.")
    currency = currency_of(values["currency"], place)
    kind = values.get("kind") or None
    if kind is not None and kind not in KINDS:
        raise unreadable(place, "kind_unknown", f"Use one of {', '.join(sorted(KINDS))}.")
    amount = _amount(values, currency, place)
    if amount == 0:
        raise unreadable(place, "amount_zero", "A line moves something.")
    for name in ("reference", "line_id"):
        if len(values.get(name, "")) > LONGEST_REFERENCE:
            raise unreadable(place, "too_long", f"{name} has at most {LONGEST_REFERENCE} signs.")
    return StatementLine(
        line_id=values.get("line_id", ""),
        reference=values.get("reference") or None,
        kind=cast("LineKind | None", kind),
        amount_minor=amount,
        currency=currency,
        value_on=day_of(values["value_on"], place),
    )


def _amount(values: dict[str, str], currency: str, place: str) -> int:
    if "amount" in values:
        return minor_of(values["amount"], currency, place)
    text = values["amount_minor"]
    if not text.removeprefix("-").isascii() or not text.removeprefix("-").isdigit():
        raise unreadable(place, "amount_malformed", "Give a whole number of minor units.")
    if len(text) > 17:
        raise unreadable(place, "amount_out_of_range", "The amount is too large.")
    return within_limits(int(text), place)

"""Statements as MT940 (SWIFT), read with the mt-940 library."""

import io
import re
from datetime import date
from decimal import Decimal
from typing import Any

from metatron.platform.payments.adapter import StatementLine
from metatron.platform.payments.errors import StatementFormatUnavailable
from metatron.platform.payments.statements.parsed import (
    MOST_LINES,
    Balance,
    ParsedStatement,
    currency_of,
    days_between,
    finished,
    minor_of,
    reference_in,
    unreadable,
)

OUT = frozenset({"D", "RC"})
"""Debit, and reversal of a credit: money that left."""
NO_REFERENCE = frozenset({"NONREF", "NOTPROVIDED", ""})
_START = re.compile(r"^:20:", re.MULTILINE)
_BOOKED = re.compile(r"^:61:", re.MULTILINE)


def parse(raw: bytes) -> ParsedStatement:
    """Read the statements of one file; they may be of several days and accounts.

    The provider's reference is looked for in the details (`:86:`), then in the customer's and
    the bank's references: fields of MT940 are short, ours are not.

    Raises:
        StatementUnreadable: it is no MT940, or a line was not understood.
        StatementFormatUnavailable: the library is not installed.
    """
    try:
        import mt940  # noqa: PLC0415 - an optional dependency
    except ImportError as error:
        raise StatementFormatUnavailable("Install metatron[statements] for MT940.") from error
    text = _text(raw)
    booked = len(_BOOKED.findall(text))
    # Before the library sees it, which takes seconds for a file of nothing but tags.
    if max(booked, len(_START.findall(text))) > MOST_LINES:
        raise unreadable("file", "too_many_lines", f"Give at most {MOST_LINES} lines a file.")
    try:
        # A stream, never a text: the library would open a text that happens to name a file.
        found = mt940.parse_statements(io.StringIO(text), options=mt940.Options.all())
    except Exception as error:  # the library raises what it likes on a malformed tag
        raise unreadable("file", "not_mt940", "A tag of the file cannot be read.") from error
    lines: list[StatementLine] = []
    balances: dict[str, Balance] = {}
    days: list[date] = []
    for statement in found:
        lines += [_line(each.data, f"line {number}") for number, each in enumerate(statement, 1)]
        _note_balances(statement.data, balances, days)
    if len(lines) != booked:
        # The library leaves out what it does not understand; a ledger must not.
        raise unreadable("file", "lines_lost", "A booking (:61:) of the file cannot be read.")
    return finished(lines, balances.values(), days=days)


def _text(raw: bytes) -> str:
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = raw.decode("latin-1")
    text = text.replace("\r\n", "\n")
    if "\x00" in text or not _START.search(text):
        raise unreadable("file", "not_mt940", "The file holds no MT940 statement (:20:).")
    return text


def _line(data: dict[str, Any], place: str) -> StatementLine:
    amount, on = data.get("amount"), data.get("date")
    if amount is None or on is None:
        raise unreadable(place, "line_malformed", "The booking names no amount or no date.")
    currency = currency_of(amount.currency, place)
    size = abs(minor_of(Decimal(amount.amount), currency, place))
    if size == 0:
        raise unreadable(place, "amount_zero", "A booking moves something.")
    own = [data.get("customer_reference"), data.get("bank_reference")]
    own = [text for text in own if (text or "").strip() not in NO_REFERENCE]
    details = str(data.get("transaction_details") or data.get("purpose") or "")
    return StatementLine(
        line_id="",
        reference=reference_in(*own, details.replace("\n", "")) if own else _named(details),
        kind=None,
        amount_minor=-size if str(data.get("status")).upper() in OUT else size,
        currency=currency,
        value_on=date(on.year, on.month, on.day),
    )


def _named(details: str) -> str | None:
    """Return the provider's reference that stands in free words, never the words themselves."""
    flat = details.replace("\n", "")
    found = reference_in(flat)
    return None if found == flat.strip()[:200] and "_" not in flat else found


def _note_balances(data: dict[str, Any], balances: dict[str, Balance], days: list[date]) -> None:
    opening, closing = data.get("final_opening_balance"), data.get("final_closing_balance")
    if closing is not None:
        days.extend(days_between(None if opening is None else _day(opening), _day(closing)))
    if opening is None or closing is None:
        return
    currency = currency_of(closing.amount.currency, "balance")
    before = minor_of(Decimal(opening.amount.amount), currency, "balance")
    after = minor_of(Decimal(closing.amount.amount), currency, "balance")
    known = balances.get(currency)
    # Statements of one file follow each other: the first opening and the last closing count.
    balances[currency] = Balance(currency, known.opening_minor if known else before, after)


def _day(balance: Any) -> date:
    if balance.date is None:
        raise unreadable("balance", "date_malformed", "A balance has no date.")
    return date(balance.date.year, balance.date.month, balance.date.day)

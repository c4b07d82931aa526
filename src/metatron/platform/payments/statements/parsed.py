"""What is read from a statement, whatever its format; and the amounts and references in it."""

import hashlib
import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal, InvalidOperation

from metatron.kernel.errors import FieldError
from metatron.kernel.money import MAX_API_AMOUNT, is_currency, minor_digits
from metatron.platform.payments.adapter import StatementLine
from metatron.platform.payments.errors import StatementUnreadable

MOST_LINES = 20_000
LONGEST_REFERENCE = 200
_PROVIDER_REFERENCE = re.compile(r"\b[a-z]{2,6}_[A-Za-z0-9]{8,80}\b")
_EARLIEST, _LATEST = date(1990, 1, 1), date(2199, 12, 31)


@dataclass(frozen=True, slots=True)
class Balance:
    """The balances of one currency before and after the statement's lines, in minor units."""

    currency: str
    opening_minor: int
    closing_minor: int


@dataclass(frozen=True, slots=True)
class ParsedStatement:
    """A statement: the days it covers, its lines in their order, and balances if it names any."""

    from_on: date
    to_on: date
    lines: tuple[StatementLine, ...]
    balances: tuple[Balance, ...] = ()

    def is_balanced(self) -> bool | None:
        """Tell whether opening plus lines is closing in each currency; None without balances."""
        if not self.balances:
            return None
        return all(
            balance.opening_minor
            + sum(line.amount_minor for line in self.lines if line.currency == balance.currency)
            == balance.closing_minor
            for balance in self.balances
        )


def unreadable(place: str, code: str, hint: str) -> StatementUnreadable:
    """Return the refusal of one place in the file (`line 7`, `Ntry 3`)."""
    return StatementUnreadable(hint, errors=(FieldError(place, code, hint),))


def currency_of(text: str | None, place: str) -> str:
    """Return an ISO 4217 code as it was written, or refuse."""
    code = (text or "").strip()
    if not is_currency(code):
        raise unreadable(place, "currency_unknown", "Give an ISO 4217 code such as EUR.")
    return code


def minor_of(text: str | Decimal, currency: str, place: str) -> int:
    """Return a decimal amount in minor units; refuse more digits than the currency has."""
    try:
        exact = Decimal(text).scaleb(minor_digits(currency)) if _is_plain(text) else None
    except InvalidOperation:
        exact = None
    if exact is None or exact != exact.to_integral_value():
        hint = (
            f"Give a decimal amount with at most {minor_digits(currency)} digits after the point."
        )
        raise unreadable(place, "amount_malformed", hint)
    return within_limits(int(exact), place)


def _is_plain(text: str | Decimal) -> bool:
    return isinstance(text, Decimal) or re.fullmatch(r"[+-]?\d{1,20}(\.\d{1,6})?", text) is not None


def within_limits(amount_minor: int, place: str) -> int:
    """Return an amount that the API can show, or refuse."""
    if not -MAX_API_AMOUNT <= amount_minor <= MAX_API_AMOUNT:
        raise unreadable(place, "amount_out_of_range", "The amount is too large.")
    return amount_minor


def day_of(text: str | None, place: str) -> date:
    """Return an ISO 8601 date within our time, or refuse."""
    try:
        day = date.fromisoformat((text or "").strip()[:10])
    except ValueError:
        day = None
    if day is None or not _EARLIEST <= day <= _LATEST:
        raise unreadable(place, "date_malformed", "Give a date such as 2026-01-31.")
    return day


def reference_in(*texts: str | None) -> str | None:
    """Return the provider's reference that stands in one of the texts, else the first text."""
    given = [text.strip() for text in texts if text and text.strip()]
    for text in given:
        found = _PROVIDER_REFERENCE.search(text)
        if found is not None:
            return found[0]
    return given[0][:LONGEST_REFERENCE] if given else None


def finished(
    lines: Sequence[StatementLine],
    balances: Iterable[Balance] = (),
    *,
    days: Sequence[date] = (),
) -> ParsedStatement:
    """Put a statement together: lines get ids of their own where the file gives none.

    `days` are the first and last days the file says it covers; without them the lines' value
    dates have to do.
    """
    if len(lines) > MOST_LINES:
        raise unreadable("file", "too_many_lines", f"Give at most {MOST_LINES} lines a file.")
    covered = days or [line.value_on for line in lines]
    if not covered:
        raise unreadable("file", "empty", "The file names no day and holds no line.")
    return ParsedStatement(min(covered), max(covered), _with_ids(lines), tuple(balances))


def days_between(opening_on: date | None, closing_on: date) -> tuple[date, date]:
    """Return the days two balances enclose: an opening one is as of the evening before."""
    first = closing_on if opening_on is None else min(opening_on + timedelta(days=1), closing_on)
    return first, closing_on


def _with_ids(lines: Sequence[StatementLine]) -> tuple[StatementLine, ...]:
    """Number what would be the same line twice: the second one is a line of its own."""
    seen: Counter[str] = Counter()
    named = []
    for line in lines:
        own = line.line_id or _derived_id(line)
        seen[own] += 1
        named.append(replace(line, line_id=own if seen[own] == 1 else f"{own}#{seen[own]}"))
    return tuple(named)


def _derived_id(line: StatementLine) -> str:
    content = f"{line.reference}|{line.kind}|{line.amount_minor}|{line.currency}|{line.value_on}"
    return f"line_{hashlib.sha256(content.encode()).hexdigest()[:32]}"

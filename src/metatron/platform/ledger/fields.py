"""What fits into the fields of accounts and transfers."""

from collections.abc import Iterator, Sequence
from operator import attrgetter
from typing import Any
from uuid import UUID

from metatron.kernel.errors import FieldError
from metatron.platform.ledger.errors import LedgerInputInvalid

ZERO = UUID(int=0)
"""A 128-bit zero: "not set" in every UUID field."""
ID_MAX = UUID(int=2**128 - 1)
AMOUNT_MAX = 2**63 - 1
"""The largest amount; posting this much means "all that is held"."""
BATCH_MAX = 10_000
"""The most accounts or transfers of one call."""

UNSIGNED = {
    "amount": 63,
    "debits_pending": 63,
    "debits_posted": 63,
    "credits_pending": 63,
    "credits_posted": 63,
    "timestamp": 63,
    "user_data_64": 63,
    "user_data_32": 32,
    "timeout": 32,
    "ledger": 31,
    "code": 16,
    "flags": 16,
}
"""Bits of each number. PostgreSQL's integers are signed, hence 63 and 31 for TigerBeetle's 128,
64 and 32."""
TEXTS = ("currency", "why", "where_to", "triggered_by")


def demand_valid(kind: str, items: Sequence[Any]) -> None:
    """Raise `LedgerInputInvalid` naming every field out of range (`transfers[3].amount`)."""
    if len(items) > BATCH_MAX:
        hint = f"at most {BATCH_MAX} in one call, got {len(items)}"
        raise LedgerInputInvalid(hint, errors=(FieldError(kind, "batch_too_large", hint),))
    if not items or all(_all_fit(items, name) for name in items[0].__slots__):
        return
    errors = tuple(
        FieldError(f"{kind}[{place}].{name}", "out_of_range", hint)
        for place, item in enumerate(items)
        for name, hint in _faults(item)
    )
    if errors:
        raise LedgerInputInvalid(f"{errors[0].field}: {errors[0].hint}", errors=errors)


def _all_fit(items: Sequence[Any], name: str) -> bool:
    """Tell whether one field is in range everywhere: a column at a time costs a third."""
    bits = UNSIGNED.get(name)
    if bits is None and name not in TEXTS:
        return True
    values: list[Any] = list(map(attrgetter(name), items))
    types = set(map(type, values))
    if bits is None:
        return types == {str} and all(map(str.strip, values))
    if bool in types or not all(issubclass(each, int) for each in types):
        return False
    return bool(min(values) >= 0 and max(values) < 1 << bits)


def _faults(item: Any) -> Iterator[tuple[str, str]]:
    for name in item.__slots__:
        value = getattr(item, name)
        bits = UNSIGNED.get(name)
        if bits is not None:
            if type(value) is bool or not isinstance(value, int) or not 0 <= value < 1 << bits:
                yield name, f"an integer from 0 to {(1 << bits) - 1}"
        elif name in TEXTS and not (isinstance(value, str) and value.strip()):
            yield name, "plain words, not empty"


def column(items: Sequence[Any], name: str, nothing: object) -> list[Any] | None:
    """Return the values of one field, or None when no item sets it: it then costs nothing."""
    values = list(map(attrgetter(name), items))
    if values.count(nothing) == len(values):
        return None
    # int(): an IntFlag can be iterated over, and the driver would take it for an array.
    return list(map(int, values)) if isinstance(nothing, int) else values

"""Declared parameters: their types, and values that are bound, never spliced."""

import datetime as dt
from collections.abc import Callable, Mapping
from decimal import Decimal, InvalidOperation
from typing import Any

import orjson

_WHOLE = {"SHORT": 2**15, "INTEGER": 2**31, "LONG": 2**63}


class BadValue(ValueError):
    """A value that its parameter's type does not take."""


def _whole(bound: int) -> Callable[[Any], int]:
    def read(value: Any) -> int:
        number = int(value) if isinstance(value, str) else value
        if isinstance(number, bool) or not isinstance(number, int) or not -bound <= number < bound:
            raise BadValue(value)
        return number

    return read


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise BadValue(value)
    return value


def _truth(value: Any) -> bool:
    known = {"true": True, "false": False}
    answer = known.get(value.lower()) if isinstance(value, str) else value
    if not isinstance(answer, bool):
        raise BadValue(value)
    return answer


def _decimal(value: Any) -> Decimal:
    number = Decimal(str(value))
    if isinstance(value, bool) or not number.is_finite():
        raise BadValue(value)
    return number


_READERS: dict[str, Callable[[Any], Any]] = {
    **{name: _whole(bound) for name, bound in _WHOLE.items()},
    "STRING": _text,
    "BOOLEAN": _truth,
    "DECIMAL": _decimal,
    "DOUBLE": lambda value: float(_decimal(value)),
    "FLOAT": lambda value: float(_decimal(value)),
    "DATE": lambda value: dt.date.fromisoformat(_text(value)),
    "TIMESTAMP": lambda value: naive_instant(_text(value)),
}
TYPES = frozenset(_READERS)
LONGEST_LIST = 100_000


def naive_instant(text: str) -> dt.datetime:
    """Read AMC's `yyyy-MM-ddTHH:mm:ss`, without zone. ValueError otherwise."""
    instant = dt.datetime.fromisoformat(text)
    if instant.tzinfo is not None or len(text) <= len("2026-09-01"):
        raise BadValue(text)
    return instant


def is_type(name: str) -> bool:
    """Tell whether a parameter can be declared of this type."""
    return name in TYPES or (name.startswith("ARRAY<") and name[6:-1] in TYPES)


def typed(name: str, type_name: str, value: Any) -> Any:
    """Return `value` as the value of a parameter of `type_name`.

    Lists of arrays may come as JSON text. BadValue, with the cause, when it does not fit.
    """
    try:
        if type_name.startswith("ARRAY<"):
            return _list(type_name[6:-1], value)
        return _READERS[type_name](value)
    except (ValueError, InvalidOperation, orjson.JSONDecodeError) as error:
        shown = str(value)[:40]
        raise BadValue(f"{name} is {type_name}: {shown!r} does not fit") from error


def _list(element: str, value: Any) -> list[Any]:
    items = orjson.loads(value) if isinstance(value, str) else value
    if not isinstance(items, list) or len(items) > LONGEST_LIST:
        raise BadValue(value)
    return [_READERS[element](each) for each in items]


def all_typed(declared: Mapping[str, str], values: Mapping[str, Any]) -> dict[str, Any]:
    """Return the typed values of all declared parameters; BadValue names the one that fails."""
    missing = [name for name in declared if name not in values]
    if missing:
        raise BadValue(f"{missing[0]} has no value")
    return {name: typed(name, declared[name], values[name]) for name in declared}

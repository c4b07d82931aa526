"""Declared parameters and their values: checked and typed here, bound by AMC, never substituted."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import orjson

from metatron.apps.amc.declarations import Parameter
from metatron.apps.amc.language.parameters import BadValue, typed
from metatron.kernel.errors import FieldError, InvalidInput

MOST_ITEMS = 100_000
LONGEST_VALUE = 10_000
_ASIN = re.compile(r"[A-Z0-9]{10}")
_SEPARATORS = re.compile(r"[\s,;]+")
_PATTERNS = {"contains": ("%", "%"), "starts": ("", "%"), "exact": ("", "")}


@dataclass(frozen=True, slots=True)
class Binding:
    """What a run sends: types and values by name, and where each value came from.

    `tables` are written into the query; `patterns` are the texts still to be held against a
    pattern of their parameter.
    """

    declared: dict[str, str]
    values: dict[str, Any]
    sources: dict[str, str]
    patterns: list[tuple[str, str, str]]
    tables: dict[str, str] = field(default_factory=dict)


def bind(parameters: Sequence[Parameter], given: dict[str, Any]) -> Binding:
    """Check the values given for the parameters and type them.

    Raises:
        InvalidInput: naming every value that is missing, unknown or does not fit.
    """
    errors: list[FieldError] = []
    names = [each.name for each in parameters]
    errors += [
        _wrong(name, "declared_twice", f"{name} is declared twice.")
        for name in sorted({name for name in names if names.count(name) > 1})
    ]
    errors += [
        _wrong(name[:100], "unknown_parameter", "The query declares no such name.")
        for name in sorted(set(given) - set(names))
    ]
    bound = Binding({}, {}, {}, [])
    for each in parameters:
        try:
            _bind_one(each, given, bound)
        except BadValue as error:
            errors.append(_wrong(each.name, "bad_value", str(error)))
    if errors:
        raise InvalidInput(errors[0].hint, errors=tuple(errors))
    return bound


def filled(sql: str, bound: Binding) -> str:
    """Return the query as AMC takes it: with the tables that a run reads."""
    if not bound.tables:
        return sql
    # Here, for the language is heavy and most queries name their tables.
    from metatron.apps.amc.language.dialect import with_tables  # noqa: PLC0415

    return with_tables(sql, bound.tables)


def _wrong(name: str, code: str, hint: str) -> FieldError:
    return FieldError(f"body.values.{name}", code, hint)


def _bind_one(parameter: Parameter, given: dict[str, Any], bound: Binding) -> None:
    name = parameter.name
    value, source = given.get(name), "given"
    if value is None:
        value, source = parameter.default, "default"
    if value is None:
        raise BadValue(f"{name} needs a value")
    value = _listed(parameter, value) if parameter.list else _single(parameter, value)
    checked = typed(name, parameter.type_name, value)
    _limits(parameter, checked if isinstance(checked, list) else [checked])
    bound.sources[name] = source
    if parameter.kind == "table":
        bound.tables[name] = str(checked)
        return
    bound.declared[name] = parameter.type_name
    bound.values[name] = _sent(parameter, value)
    if parameter.pattern is not None:
        texts = value if isinstance(value, list) else [value]
        bound.patterns.extend((name, parameter.pattern, str(each)) for each in texts)


def _single(parameter: Parameter, value: Any) -> Any:
    if isinstance(value, list | dict):
        raise BadValue(f"{parameter.name} takes one value")
    if isinstance(value, str):
        if len(value) > LONGEST_VALUE or "\x00" in value:
            raise BadValue(f"{parameter.name} is too long, or holds what is no text")
        if parameter.kind == "like":
            before, after = _PATTERNS[parameter.like_mode or "exact"]
            return f"{before}{value}{after}"
    return value


def _listed(parameter: Parameter, value: Any) -> list[Any]:
    if isinstance(value, str):
        value = _read_list(parameter.name, value)
    if not isinstance(value, list):
        raise BadValue(f"{parameter.name} takes a list")
    items: list[Any] = value
    if parameter.kind == "asin_list":
        items = _asins(parameter.name, items)
    items = list(dict.fromkeys(_single(parameter, each) for each in items if each != ""))
    if not items:
        raise BadValue(f"{parameter.name} needs at least one item")
    most = parameter.max_items or MOST_ITEMS
    if len(items) > most:
        raise BadValue(f"{parameter.name} takes {most} items at most, not {len(items)}")
    return items


def _read_list(name: str, text: str) -> Any:
    if not text.startswith("["):
        return _SEPARATORS.split(text.strip())
    try:
        return orjson.loads(text)
    except orjson.JSONDecodeError as error:
        raise BadValue(f"{name} takes a list") from error


def _asins(name: str, items: list[Any]) -> list[str]:
    asins = [str(each).strip().upper() for each in items]
    bad = [each for each in asins if each and not _ASIN.fullmatch(each)]
    if bad:
        shown = ", ".join(each[:20] for each in bad[:10])
        raise BadValue(f"{name}: no ASIN has this form (10 letters and digits): {shown}")
    return asins


def _limits(parameter: Parameter, values: list[Any]) -> None:
    least, most = parameter.min, parameter.max
    if parameter.kind == "percentage":
        least, most = 0 if least is None else least, 100 if most is None else most
    if parameter.kind == "threshold" and least is None:
        least = 0
    size: float
    for value in values:
        if parameter.kind in {"enum", "table"} and str(value) not in (parameter.options or ()):
            raise BadValue(f"{parameter.name} is one of {', '.join(parameter.options or ())[:200]}")
        if isinstance(value, str):
            size, unit = len(value), " characters"
        elif isinstance(value, bool) or not hasattr(value, "__float__"):
            continue
        else:
            size, unit = float(value), ""
        if least is not None and size < least:
            raise BadValue(f"{parameter.name} is at least {least:g}{unit}")
        if most is not None and size > most:
            raise BadValue(f"{parameter.name} is at most {most:g}{unit}")


def _sent(parameter: Parameter, value: Any) -> Any:
    """Return a value as JSON sends it: decimals as text, for a float would round them."""
    if isinstance(value, list):
        return [_sent(parameter, each) for each in value]
    return str(value) if parameter.data_type == "DECIMAL" else value

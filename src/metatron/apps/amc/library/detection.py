"""Finds a query's parameters and what each must be, from what it is compared with."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from sqlglot import exp

from metatron.apps.amc.declarations import MOST_ASINS, Parameter
from metatron.apps.amc.language.dialect import parse
from metatron.apps.amc.language.findings import Report
from metatron.apps.amc.language.functions import AGGREGATES
from metatron.apps.amc.library.conversion import convert
from metatron.apps.amc.schema.facts import Column
from metatron.apps.amc.schema.loading import facts

_CALLED = re.compile(r"CUSTOM_PARAMETER\s*\(\s*'([A-Za-z_][\w.-]{0,99})'\s*\)", re.IGNORECASE)
_LIST_AT = {"CONTAINED_IN": 1, "ARRAY_CONTAINS": 0, "EXPLODE": 0, "UNNEST": 0, "CARDINALITY": 0,
            "ARRAY_TO_STRING": 0, "ARRAY_INTERSECT": 1}  # fmt: skip
_ORDERED = (exp.GT, exp.GTE, exp.LT, exp.LTE, exp.Between)
_COMPARED = (exp.EQ, exp.NEQ, *_ORDERED)
_TYPES = {"LONG": "LONG", "INTEGER": "INTEGER", "DECIMAL": "DECIMAL", "DOUBLE": "DOUBLE",
          "FLOAT": "DOUBLE", "BOOLEAN": "BOOLEAN", "DATE": "DATE", "TIMESTAMP": "TIMESTAMP",
          "BIGINT": "LONG", "INT": "INTEGER", "TIMESTAMPTZ": "TIMESTAMP"}  # fmt: skip
_NUMBERS = {"LONG", "INTEGER", "DECIMAL", "DOUBLE"}
_CAMPAIGNS = {"campaign", "campaign_id", "campaign_id_string"}


@dataclass(slots=True)
class Detected:
    """The query in one notation, all its parameters, and what somebody should look at."""

    sql: str
    parameters: list[Parameter]
    notes: list[str] = field(default_factory=list)


def detect(text: str, declared: Iterable[Parameter] = ()) -> Detected:
    """Convert `text` and declare what it uses; what is declared already is kept as it is."""
    converted = convert(text)
    known = {each.name: each for each in declared}
    query = parse(converted.sql, Report(converted.sql))
    try:
        guessed = _from_tree(query) if query is not None else {}
    except RecursionError:
        guessed = {}
    names = dict.fromkeys(_CALLED.findall(converted.sql))
    found = [known.get(name) or _declared(name, guessed.get(name, {})) for name in names]
    found += [known.get(name) or _table(name, query) for name in converted.tables]
    used = {*names, *converted.tables}
    unused = [each for name, each in known.items() if name not in used]
    return Detected(converted.sql, found + unused, converted.notes)


def _table(name: str, query: exp.Query | None) -> Parameter:
    """Declare a table to choose: of those that have all the columns the query names."""
    tables = facts().tables
    anywhere = {column for table in tables.values() for column in table.columns}
    named = {each.name.lower() for each in query.find_all(exp.Column)} if query else set()
    wanted = named & anywhere
    fitting = [each for each, table in tables.items() if wanted <= table.columns.keys()]
    return _declared(name, {"kind": "table", "options": tuple(fitting or tables)})


def _declared(name: str, facts_of: dict[str, Any]) -> Parameter:
    label = re.sub(r"[_.-]+", " ", name).strip().capitalize()
    given = dict(facts_of)
    if (
        not given.get("list")
        and given.get("data_type", "STRING") == "STRING"
        and "kind" not in given
    ):
        given["kind"] = "brand" if "brand" in name.lower() else "plain"
    return Parameter(name=name, label=label, **given)


def _from_tree(query: exp.Query) -> dict[str, dict[str, Any]]:
    columns = _columns(query)
    found: dict[str, dict[str, Any]] = {}
    for node in query.find_all(exp.Anonymous):
        if node.name.upper() != "CUSTOM_PARAMETER" or not node.expressions:
            continue
        told = _use(node, columns)
        known = found.setdefault(node.expressions[0].name, {})
        for name, value in told.items():
            known.setdefault(name, value)
    return found


def _columns(query: exp.Query) -> dict[str, Column]:
    """Return what a column's name means: by the tables the query reads, else by any."""
    tables = facts().tables
    read = {each.name.lower() for each in query.find_all(exp.Table)}
    read |= {each.name.lower() for each in query.find_all(exp.Literal) if each.is_string}
    ordered = sorted(tables.values(), key=lambda table: table.name in read)
    return {name: column for table in ordered for name, column in table.columns.items()}


def _use(  # noqa: PLR0911 - one line a construct
    node: exp.Expr, columns: dict[str, Column]
) -> dict[str, Any]:
    """Return what one use says about a parameter."""
    above = node.parent
    while isinstance(above, exp.Paren):
        node, above = above, above.parent
    if isinstance(above, exp.Cast):
        return _typed(_TYPES.get(above.to.this.name, "STRING"), threshold=False)
    if isinstance(above, exp.Anonymous):
        return _argument(node, above, columns)
    if isinstance(above, exp.Unnest):
        return {"list": True}
    if isinstance(above, (exp.Like, exp.ILike)):
        return {"kind": "like", "like_mode": "exact"}
    if isinstance(above, exp.In):
        return _like_column(above.this, columns, threshold=False)
    if isinstance(above, _COMPARED):
        sides = [each for each in above.iter_expressions() if each is not node]
        told = [
            _like_column(side, columns, threshold=isinstance(above, _ORDERED)) for side in sides
        ]
        return next((each for each in told if each), {})
    if isinstance(above, (exp.Mul, exp.Div, exp.Add, exp.Sub)):
        return {"data_type": "DOUBLE"}
    return {}


def _argument(node: exp.Expr, call: exp.Anonymous, columns: dict[str, Column]) -> dict[str, Any]:
    place = _LIST_AT.get(call.name.upper())
    arguments = list(call.expressions)
    if place is None or place >= len(arguments) or arguments[place] is not node:
        return {}
    others = [each for each in arguments if each is not node]
    told = _like_column(others[0], columns, threshold=False) if others else {}
    column = _column(others[0], columns) if others else None
    kind: dict[str, Any] = {}
    if column is not None and column.identifier == "product":
        kind = {"kind": "asin_list", "max_items": MOST_ASINS}
    elif column is not None and column.name in _CAMPAIGNS:
        kind = {"kind": "campaign_list"}
    return {"data_type": told.get("data_type", "STRING"), "list": True, **kind}


def _column(node: exp.Expr, columns: dict[str, Column]) -> Column | None:
    named = node if isinstance(node, exp.Column) else node.find(exp.Column)
    return columns.get(named.name.lower()) if named is not None else None


def _like_column(  # noqa: PLR0911 - one line a construct
    node: exp.Expr, columns: dict[str, Column], *, threshold: bool
) -> dict[str, Any]:
    """Return the type of what a parameter is compared with."""
    if isinstance(node, exp.Literal):
        return (
            {}
            if node.is_string
            else _typed("LONG" if node.is_int else "DOUBLE", threshold=threshold)
        )
    if isinstance(node, exp.Anonymous):
        name = node.name.upper()
        if name in {"COUNT", "SECONDS_BETWEEN", "APPROX_COUNT_DISTINCT", "LENGTH", "CARDINALITY"}:
            return _typed("LONG", threshold=threshold)
        if name in AGGREGATES and name not in {"MIN", "MAX", "ANY_VALUE"}:
            return _typed("DOUBLE", threshold=threshold)
    if isinstance(node, exp.Extract):
        return _typed("LONG", threshold=threshold)
    if isinstance(node, (exp.Div, exp.Mul)):
        return _typed("DOUBLE", threshold=threshold)
    column = _column(node, columns)
    if column is None:
        return {}
    return _typed(_TYPES.get(column.type.partition("(")[0], "STRING"), threshold=threshold)


def _typed(name: str, *, threshold: bool) -> dict[str, Any]:
    if name in {"DATE", "TIMESTAMP"}:
        return {"data_type": name, "kind": "date"}
    if name in _NUMBERS and threshold:
        return {"data_type": name, "kind": "threshold"}
    return {"data_type": name}

"""What completion offers, as an editor takes it."""

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from typing import Any

from metatron.apps.amc.schema.facts import Column, Table
from metatron.apps.amc.workbench.documents import functions

KEYWORDS = (
    "SELECT", "SELECT DISTINCT", "FROM", "WHERE", "GROUP BY", "HAVING", "JOIN", "LEFT JOIN",
    "FULL OUTER JOIN", "CROSS JOIN", "ON", "UNION ALL", "WITH", "AS", "AND", "OR", "NOT", "IN",
    "IS NULL", "IS NOT NULL", "LIKE", "BETWEEN", "SIMILAR TO", "CASE", "WHEN", "THEN", "ELSE",
    "END", "OVER", "PARTITION BY", "ORDER BY", "DISTINCT", "TRUE", "FALSE", "NULL",
)  # fmt: skip
AFTER_SOURCE = (
    "WHERE", "GROUP BY", "HAVING", "JOIN", "LEFT JOIN", "FULL OUTER JOIN", "CROSS JOIN", "ON", "AS",
    "UNION ALL",
)  # fmt: skip
BEGINNINGS = ("SELECT", "WITH")


@dataclass(frozen=True, slots=True)
class Offer:
    """One item; `insert` takes the place of what is typed."""

    label: str
    kind: str
    detail: str
    documentation: str
    insert: str

    def as_json(self) -> dict[str, Any]:
        """Return it as JSON takes it."""
        return asdict(self)


def of_table(table: Table) -> Offer:
    """A table of AMC."""
    detail = f"{table.group}, {len(table.columns)} columns"
    needs = f" Needs {table.requires}." if table.requires else ""
    return Offer(table.name, "table", detail, f"{table.summary}.{needs}", table.name)


def of_named(name: str) -> Offer:
    """A query of WITH."""
    return Offer(name, "cte", "named query", "A query of this WITH.", name)


def of_alias(alias: str, table: str) -> Offer:
    """A source by its alias."""
    detail = f"alias of {table}" if table else "query"
    return Offer(alias, "table", detail, "Its columns follow after a dot.", alias)


def of_column(name: str, column: Column | None, *, source: str, qualified: bool) -> Offer:
    """A column; `qualified` where another source has one of the same name."""
    written = f"{source}.{name}" if qualified and source else name
    if column is None:
        return Offer(written, "column", source, "", written)
    unit = f" Divide {column.unit} by their factor for one currency unit." if column.unit else ""
    told = f"{column.doc}. Threshold {column.level.name}.{unit}"
    return Offer(written, "column", f"{column.type} in {source}", told, written)


def of_parameter(name: str, *, in_text: bool) -> Offer:
    """A parameter the query knows."""
    insert = name if in_text else f"CUSTOM_PARAMETER('{name}')"
    return Offer(name, "parameter", "parameter", "A declared value, bound when it runs.", insert)


def of_functions() -> list[Offer]:
    """Every function, ready for its arguments."""
    found = []
    for each in functions():
        called = "(" in each["signature"]
        insert = f"{each['name']}(" if called else each["name"]
        shown = (each["name"], "function", each["signature"], each["description"], insert)
        found.append(Offer(*shown))
    return found


def of_words(words: Iterable[str], *, kind: str = "keyword") -> list[Offer]:
    """Keywords, or fixed texts."""
    return [Offer(word, kind, kind, "", word) for word in words]

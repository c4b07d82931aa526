"""Tables, columns and thresholds as typed, frozen values."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import IntEnum


class Level(IntEnum):
    """How strictly AMC guards a column; a higher level contains the rules of the lower ones."""

    NONE = 0
    LOW = 1
    MEDIUM = 2
    HIGH = 3
    INTERNAL = 4
    VERY_HIGH = 5


@dataclass(frozen=True, slots=True)
class Threshold:
    """The rules of a level: `min_users` distinct users a row, or never in an output."""

    level: Level
    min_users: int | None
    in_output: bool
    literal_filter: bool


@dataclass(frozen=True, slots=True)
class Column:
    """One column. `type` is AMC's (LONG, ARRAY<STRING>), `unit` a key of `Facts.units`."""

    name: str
    type: str
    kind: str
    level: Level
    doc: str
    sources: str
    unit: str | None = None
    identifier: str | None = None

    @property
    def duckdb_type(self) -> str:
        """The type of DuckDB that holds it."""
        return duckdb_type(self.type)


@dataclass(frozen=True, slots=True)
class Table:
    """One table; `time_column` is what a run's window filters, `requires` the paid product.

    `sample` is a query to begin with, `tags` is what Amazon says of it in an instance.
    """

    name: str
    group: str
    summary: str
    columns: Mapping[str, Column]
    time_column: str | None = None
    requires: str | None = None
    audience_table: str | None = None
    sample: str = ""
    tags: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Facts:
    """All tables, the thresholds, the units (divide by them for one currency unit).

    `missing` are the tables that the instance these facts are of does not list.
    """

    tables: Mapping[str, Table]
    thresholds: Mapping[Level, Threshold]
    units: Mapping[str, int]
    sources: Mapping[str, str]
    missing: frozenset[str] = frozenset()


_DUCKDB = {
    "STRING": "VARCHAR",
    "LONG": "BIGINT",
    "INTEGER": "INTEGER",
    "TIMESTAMP": "TIMESTAMP",
    "DATE": "DATE",
    "BOOLEAN": "BOOLEAN",
    "FLOAT": "REAL",
    "DOUBLE": "DOUBLE",
    "DECIMAL": "DECIMAL(38,4)",
}


def duckdb_type(name: str) -> str:
    """Return DuckDB's type for one of AMC's. KeyError when AMC has no such type."""
    if name.startswith("ARRAY<"):
        return f"{duckdb_type(name[6:-1])}[]"
    return name if name.startswith("DECIMAL(") else _DUCKDB[name]

"""What stands in FROM: tables of AMC, named queries, queries in brackets, arrays, fixed rows."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from sqlglot import exp

from metatron.apps.amc.language.fields import Field, Relation, combined
from metatron.apps.amc.language.findings import Fix, Report, span_of
from metatron.apps.amc.language.scope import near
from metatron.apps.amc.schema.facts import Column, Facts, Table

_SPAN = re.compile(r"P(\d{1,3})D")
MOST_PATHS = 1_000
"""A named query that reads another twice doubles them: thirty lines would fill the memory."""


class TooLarge(Exception):
    """Named queries read one another, or stars stand for columns, more than can be looked at."""


@dataclass(frozen=True, slots=True)
class Reading:
    """One reading of a base table: its path's number and how far its window is widened, days."""

    path: int
    table: Table
    before_days: int = 0
    after_days: int = 0


@dataclass(slots=True)
class Paths:
    """Numbers the readings of tables."""

    readings: list[Reading] = field(default_factory=list)
    count: int = 0

    def next(self) -> int:
        """Return a fresh number; raises `TooLarge` beyond what can be looked at."""
        if self.count >= MOST_PATHS:
            raise TooLarge
        self.count += 1
        return self.count


class TableFields(Mapping[str, Field]):
    """The fields of a reading of a table by name; a table has hundreds, a query asks for few."""

    __slots__ = ("_here", "_made", "_table")

    def __init__(self, table: Table, here: frozenset[int]) -> None:
        """Nothing is made yet; `here` is the reading's path."""
        self._table, self._here = table, here
        self._made: dict[str, Field] = {}

    def __getitem__(self, name: str) -> Field:
        made = self._made.get(name)
        if made is None:
            made = self._made[name] = _field(self._table, self._table.columns[name], self._here)
        return made

    def __contains__(self, name: object) -> bool:
        return name in self._table.columns

    def __iter__(self) -> Iterator[str]:
        return iter(self._table.columns)

    def __len__(self) -> int:
        return len(self._table.columns)

    def __deepcopy__(self, _memo: object) -> "TableFields":
        """Nobody changes it: a tree that is copied keeps it."""
        return self


def _field(table: Table, column: Column, here: frozenset[int]) -> Field:
    return Field(
        name=column.name,
        type=column.type,
        level=column.level,
        origins=frozenset({f"{table.name}.{column.name}"}),
        paths=here,
        person=here if column.name == "user_id" else frozenset(),
        unit=column.unit if column.kind == "metric" else None,
        identifier=column.identifier,
        metric=column.kind == "metric",
    )


def base_table(node: exp.Table, facts: Facts, paths: Paths, report: Report) -> Relation:
    """Return the relation of a table of AMC; mark the node with its reading."""
    name, before, after = _named(node, report)
    table = facts.tables.get(name.lower())
    if table is None:
        _unknown(node, name, facts, report)
        return Relation()
    if table.name in facts.missing:
        needs = f": it needs {table.requires}" if table.requires else ""
        # What costs nothing may only be late in Amazon's list.
        tell = report.error if table.requires else report.warning
        tell("AMC021", f"this client has no {table.name}{needs}", span_of(node))
    if "DEPRECATED" in table.tags:
        report.warning("AMC021", f"Amazon gives up {table.name} in this client", span_of(node))
    reading = Reading(paths.next(), table, before, after)
    paths.readings.append(reading)
    node.meta["amc_reading"] = reading
    here = frozenset({reading.path})
    return Relation(TableFields(table, here), {reading.path: table.name}, here, base=table.name)


def _named(node: exp.Table, report: Report) -> tuple[str, int, int]:
    """Return the table's name and how many days EXTEND_TIME_WINDOW adds before and after."""
    inner = node.this
    if not isinstance(inner, exp.Anonymous):
        return node.name, 0, 0
    extended = inner.expressions[0] if inner.expressions else None
    known = (
        inner.name.upper() == "TABLE"
        and isinstance(extended, exp.Anonymous)
        and extended.name.upper() == "EXTEND_TIME_WINDOW"
        and len(extended.expressions) == 3
        and all(isinstance(each, exp.Literal) for each in extended.expressions)
    )
    if not known:
        form = "TABLE(EXTEND_TIME_WINDOW('table', 'P28D', 'P0D'))"
        report.error("AMC027", f"the only function in FROM is {form}", span_of(node))
        return "", 0, 0
    assert isinstance(extended, exp.Anonymous)
    name, *spans = extended.expressions
    days = [_SPAN.fullmatch(each.name) for each in spans]
    for each, found in zip(spans, days, strict=True):
        if found is None:
            fix = Fix("write 28 days", "'P28D'", span_of(each))
            report.error(
                "AMC012", f"{each.name!r} is no span of days: write P28D", span_of(each), fix
            )
    before, after = (int(found[1]) if found else 0 for found in days)
    return name.name, before, after


def _unknown(node: exp.Table, name: str, facts: Facts, report: Report) -> None:
    if not name:
        return
    place = span_of(node.this)
    if any(table.audience_table == name.lower() for table in facts.tables.values()):
        report.error("AMC001", f"{name} is for audiences only; read {name[:-14]}", place,
                     Fix(f"use {name[:-14]}", name[:-14], place))  # fmt: skip
        return
    like = near(name, facts.tables, report)
    hint = f"; did you mean {like}?" if like else ""
    fix = (
        Fix(f"use {like}", like, place) if like and isinstance(node.this, exp.Identifier) else None
    )
    report.error("AMC001", f"there is no table {name}{hint}", place, fix)


def again(relation: Relation, paths: Paths) -> Relation:
    """Return a named query read once more: its paths get numbers of their own."""
    fresh = {old: paths.next() for old in relation.paths}

    def moved(numbers: frozenset[int]) -> frozenset[int]:
        return frozenset(fresh[each] for each in numbers if each in fresh)

    fields = {
        name: Field(
            name=each.name, type=each.type, level=each.level, origins=each.origins,
            paths=moved(each.paths), person=moved(each.person), literal=each.literal,
            unit=each.unit, identifier=each.identifier, rank=each.rank, metric=each.metric,
            heads=each.heads,
        )
        for name, each in relation.fields.items()
    }  # fmt: skip
    return Relation(
        fields=fields,
        paths={fresh[old]: table for old, table in relation.paths.items()},
        single=moved(relation.single),
        aggregated=relation.aggregated,
        renamed={new: old for old, new in fresh.items()},
    )


def renamed_columns(relation: Relation, columns: list[exp.Identifier], report: Report) -> Relation:
    """Return `relation` with the column list of its alias."""
    if not columns:
        return relation
    if len(columns) != len(relation.fields):
        message = f"{len(columns)} names for {len(relation.fields)} columns"
        report.error("AMC027", message, span_of(columns[0]))
        return relation
    named = zip(columns, relation.fields.values(), strict=True)
    relation.fields = {each.name.lower(): old.named(each.name) for each, old in named}
    return relation


def fixed_rows(node: exp.Values, values: list[list[Field]]) -> Relation:
    """Return the relation of VALUES: literals all of them."""
    width = len(values[0]) if values else 0
    columns = [combined(row[n] for row in values if n < len(row)) for n in range(width)]
    alias = node.args.get("alias")
    given = [each.name for each in alias.columns] if alias else []
    names = given or [f"col{n}" for n in range(width)]
    pairs = zip(names, columns, strict=False)
    return Relation({name.lower(): each.named(name) for name, each in pairs})

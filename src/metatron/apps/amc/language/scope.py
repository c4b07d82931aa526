"""Which names a SELECT can see, and what each of them means."""

import difflib
from collections.abc import Iterable
from dataclasses import dataclass, field

from sqlglot import exp

from metatron.apps.amc.language.fields import Field, Relation
from metatron.apps.amc.language.findings import Fix, Report, span_of

MOST_HELPED = 20
"""Likening one name to a thousand others takes a few milliseconds."""


@dataclass(slots=True)
class Scope:
    """The sources of a SELECT by alias, its own aliases, and the query around it."""

    sources: dict[str, Relation] = field(default_factory=dict)
    aliases: dict[str, Field] = field(default_factory=dict)
    merged: set[str] = field(default_factory=set)
    """Columns named by USING: the sources agree on them."""
    outer: "Scope | None" = None


def near(name: str, known: Iterable[str], report: Report) -> str | None:
    """Return the known name most like `name`; none for who errs all over."""
    if len(report.findings) >= MOST_HELPED:
        return None
    return next(iter(difflib.get_close_matches(name.lower(), list(known), 1, 0.7)), None)


def resolve(column: exp.Column, scope: Scope, report: Report) -> Field:
    """Return what `column` means and write the source's alias into it.

    An unknown or ambiguous name is reported; its field then carries nothing.
    """
    name = column.name.lower()
    asked: Scope | None = scope
    while asked is not None:
        found = _in(column, name, asked, report)
        if found is not None:
            return found
        asked = asked.outer
    _unknown(column, name, scope, report)
    return Field(name)


def _in(column: exp.Column, name: str, scope: Scope, report: Report) -> Field | None:
    if column.table:
        relation = scope.sources.get(column.table.lower())
        return relation.fields.get(name) if relation else None
    holding = [alias for alias, each in scope.sources.items() if name in each.fields]
    if len(holding) > 1 and name not in scope.merged:
        tables = " and ".join(holding)
        fix = Fix(f"take {holding[0]}'s", f"{holding[0]}.{column.name}", span_of(column))
        report.error("AMC025", f"{column.name} is in {tables}: say which", span_of(column), fix)
        return Field(name)
    if holding:
        if name not in scope.merged:
            column.set("table", exp.to_identifier(holding[0]))
        return scope.sources[holding[0]].fields[name]
    if name in scope.aliases:
        column.meta["amc_alias"] = name
    return scope.aliases.get(name)


def _unknown(column: exp.Column, name: str, scope: Scope, report: Report) -> None:
    asked = column.table.lower()
    place = span_of(column.this)
    if asked and asked not in scope.sources:
        like = near(asked, scope.sources, report)
        fix = Fix(f"use {like}", like, span_of(column.args["table"])) if like else None
        report.error("AMC002", f"nothing is called {column.table} here", span_of(column), fix)
        return
    if any(not each.fields for each in scope.sources.values()):
        return  # the table itself is unknown: its columns need no remark of their own
    relations = [scope.sources[asked]] if asked else list(scope.sources.values())
    known = {each for relation in relations for each in relation.fields} | set(scope.aliases)
    like = near(name, known, report)
    where = f" in {asked}" if asked else ""
    hint = f"; did you mean {like}?" if like else ""
    fix = Fix(f"use {like}", like, place) if like else None
    report.error("AMC002", f"there is no column {column.name}{where}{hint}", place, fix)

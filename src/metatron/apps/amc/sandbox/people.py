"""Lets each row carry the users behind it, path by path, to the output.

What travels depends on what is needed. Two users are told apart by the least and the greatest
number of a user; a hundred by the set itself, cut at a hundred: a union of such sets has at least
a hundred members whenever one of them was cut, so that no count below a hundred is ever wrong.
"""

from dataclasses import dataclass
from typing import Literal

from sqlglot import exp

from metatron.apps.amc.language.fields import Relation
from metatron.apps.amc.language.made import call
from metatron.apps.amc.sandbox.views import USER

Kind = Literal["one", "pair", "set", "count"]
MOST = 100
_NAMES = {"one": ("__u",), "pair": ("__a", "__b"), "set": ("__s",), "count": ("__n",)}


@dataclass(frozen=True, slots=True)
class Carried:
    """The users of one path in a row: their form and the columns that hold them."""

    kind: Kind
    columns: tuple[exp.Expr, ...]


People = dict[int, Carried]


def names(path: int, kind: Kind) -> tuple[str, ...]:
    """Return the hidden columns' names."""
    return tuple(f"{name}{path}" for name in _NAMES[kind])


def of_table(alias: str, path: int) -> People:
    """Return who stands behind a row of a base table."""
    return {path: Carried("one", (_column(USER, alias),))}


def of_query(alias: str, people: dict[int, Kind], relation: Relation) -> People:
    """Return who stands behind a row of a query, whose paths may be numbered anew here."""
    numbers = relation.renamed or {path: path for path in people}
    return {
        path: Carried(people[old], tuple(_column(name, alias) for name in names(old, people[old])))
        for path, old in numbers.items()
        if old in people
    }


def passed(people: People) -> list[exp.Expr]:
    """Return the hidden columns of a SELECT that groups nothing."""
    return [shown for path, each in people.items() for shown in _shown(path, each)]


def one_each(people: People, single: frozenset[int]) -> dict[int, exp.Expr]:
    """Return the users of those paths that have one user a row, and several a group."""
    return {
        path: each.columns[0]
        for path, each in people.items()
        if each.kind == "one" and path not in single
    }


def gathered(people: People, single: frozenset[int], *, need: int, last: bool) -> People:
    """Return the users of a group of rows; `single` are the paths that keep one user."""
    return {path: _gathered(each, path in single, need, last=last) for path, each in people.items()}


def _gathered(each: Carried, single: bool, need: int, *, last: bool) -> Carried:
    users = each.columns[0]
    if each.kind == "one" and single:
        return Carried("one", (call("any_value", users),))
    if each.kind == "one" and need <= 2:
        return Carried("pair", (call("min", users), call("max", users.copy())))
    if each.kind == "pair":
        return Carried("pair", (call("min", users), call("max", each.columns[1])))
    if each.kind == "one" and last:
        return Carried("count", (call("count", exp.Distinct(expressions=[users])),))
    if each.kind == "one":
        listed: exp.Expr = call("list", exp.Distinct(expressions=[users]))
        there = exp.Is(this=users.copy(), expression=exp.Null()).not_()
        listed = exp.Filter(this=listed, expression=exp.Where(this=there))
        return Carried("set", (_cut(listed),))
    merged = call("list_distinct", call("flatten", call("list", users)))
    return Carried("set", (_cut(merged),))


def counted(path: int, kind: Kind) -> str:
    """Return the expression of how many users a path has in a row of the output, at most 100."""
    held = [f'"{name}"' for name in names(path, kind)]
    if kind == "one":
        return f"cast({held[0]} is not null as integer)"
    if kind == "pair":
        least, greatest = held
        return f"case when {least} is null then 0 when {least} = {greatest} then 1 else 2 end"
    if kind == "set":
        return f"coalesce(len({held[0]}), 0)"
    return f"least(coalesce({held[0]}, 0), {MOST})"


def missing(path: int, kind: Kind) -> list[exp.Expr]:
    """Return the hidden columns of a branch of a UNION that has not this path."""
    made = "BIGINT[]" if kind == "set" else "BIGINT"
    empty = exp.cast(exp.Null(), made, dialect="duckdb")
    return [exp.alias_(empty.copy(), name, quoted=True) for name in names(path, kind)]


def _shown(path: int, each: Carried) -> list[exp.Expr]:
    return [
        exp.alias_(column.copy(), name, quoted=True)
        for name, column in zip(names(path, each.kind), each.columns, strict=True)
    ]


def _cut(listed: exp.Expr) -> exp.Expr:
    return call("list_slice", listed, exp.Literal.number(1), exp.Literal.number(MOST))


def _column(name: str, alias: str) -> exp.Column:
    return exp.column(exp.to_identifier(name, quoted=True), exp.to_identifier(alias, quoted=True))

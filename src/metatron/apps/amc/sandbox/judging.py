"""Which rows have to be looked at again for their users' shares, and what is told of them."""

from collections.abc import Mapping
from dataclasses import dataclass

from sqlglot import exp

from metatron.apps.amc.language.made import call
from metatron.apps.amc.sandbox import people
from metatron.apps.amc.sandbox.parts import Metric, never_negative
from metatron.apps.amc.sandbox.people import Kind

KINDS = 3
SUMMED = KINDS - 1
"""Kinds whose parts are summed: what they leave of the total bounds the last one's."""
MOST_BY_KINDS = 2
"""So many effective users the sums by kinds can tell."""
MAIN = "__main"


@dataclass(frozen=True, slots=True)
class Needs:
    """How many users each path's columns ask for, `by_path`.

    `everywhere` has shares told of every row; `removes` has rows with too few users removed whole.
    """

    by_path: Mapping[int, int]
    everywhere: bool = False
    removes: bool = False

    def asked_of(self, path: int) -> bool:
        """Tell whether it matters what parts this path's users have."""
        return self.everywhere or self.by_path.get(path, 1) > 1


@dataclass(frozen=True, slots=True)
class Judge:
    """Tells by what the first look brought which rows have to be looked at again."""

    needs: Needs
    kinds: Mapping[int, Kind]

    def looked_at(self, path: int, metrics: list[tuple[int, Metric]]) -> exp.Expr:
        """Tell a row whose shares have to be looked at."""
        if self.needs.everywhere:
            return exp.true()
        need = self.needs.by_path[path]
        doubts = [doubt for place, metric in metrics for doubt in self._doubts(path, place, metric)]
        if need <= MOST_BY_KINDS:
            doubtful = _any(doubts)
            return sure(exp.and_(self._stays(path), doubtful)) if self.needs.removes else doubtful
        enough = exp.GTE(this=column(f"__n{path}"), expression=exp.Literal.number(need))
        unsure = exp.Not(this=exp.Paren(this=column(f"__p{path}")))
        if self.needs.removes:
            return exp.and_(enough, _any([*doubts, unsure]))
        return _any([*doubts, exp.and_(enough, unsure)])

    def _stays(self, path: int) -> exp.Expr:
        """Tell a row that has two users of the path, where that can be told."""
        if self.kinds[path] != "pair":
            return exp.true()
        least, greatest = (column(name) for name in people.names(path, "pair"))
        return exp.NEQ(this=least, expression=greatest)

    def _doubts(self, path: int, place: int, metric: Metric) -> list[exp.Expr]:
        total = column(metric.name)
        two, zero = exp.Literal.number(2), exp.Literal.number(0)
        parts: list[exp.Expr] = [column(kind_name(path, place, kind)) for kind in range(SUMMED)]
        alone = exp.LT(this=exp.Paren(this=_how_many(parts)), expression=two)
        # What the last kind has at most: nobody's part is in it too.
        left: exp.Expr = total.copy()
        for each in parts:
            left = exp.Sub(this=left, expression=call("ifnull", each.copy(), zero.copy()))
        parts.append(exp.Paren(this=left))
        large: list[exp.Expr] = [
            exp.GT(this=exp.Mul(this=each.copy(), expression=two.copy()), expression=total.copy())
            for each in parts
        ]
        doubts = [*large, exp.and_(alone, exp.NEQ(this=total, expression=zero))]
        if never_negative(metric.value) != exp.true():
            # Parts of both signs cancel each other out within a kind, and one user hides in it.
            doubts.append(exp.Not(this=column(sign_name(place))))
        return doubts

    def told(self, path: int, metrics: list[tuple[int, Metric]]) -> list[exp.Expr]:
        """Return the effective and equivalent users of a row, as far as they are known."""
        most = f"__most{path}"
        effective: list[exp.Expr] = []
        equivalent: list[exp.Expr] = []
        for place, metric in metrics:
            total, largest = column(metric.name, MAIN), column(f"__x{place}", most)
            looked_at = column(f"__r{path}", MAIN)
            not_zero = exp.NEQ(this=total.copy(), expression=exp.Literal.number(0))
            users = call("ifnull", column(f"__e{place}", most), exp.Literal.number(0))
            effective.append(_when((exp.and_(looked_at.copy(), not_zero), users)))
            equivalent.append(_when((looked_at, times(total, largest))))
        return [
            named(call("list_min", exp.Array(expressions=values)), f"{name}{path}")
            for name, values in (("__e", effective), ("__q", equivalent))
        ]


def _how_many(parts: list[exp.Expr]) -> exp.Expr:
    """Count the parts that are not zero."""
    zero = exp.Literal.number(0)
    found: exp.Expr = zero.copy()
    for each in parts:
        there = exp.NEQ(this=each.copy(), expression=zero.copy())
        one = exp.cast(exp.Paren(this=sure(there)), "INTEGER", dialect="duckdb")
        found = exp.Add(this=found, expression=one)
    return found


def _when(*branches: tuple[exp.Expr, exp.Expr]) -> exp.Case:
    return exp.Case(ifs=[exp.If(this=asked, true=then) for asked, then in branches])


def times(total: exp.Expr, largest: exp.Expr) -> exp.Expr:
    """Return how many times a metric's total holds the largest part of one user, at most twice.

    `largest` is a size, without its sign, and so the total's is taken: who takes away more than
    half stands out as who adds it does. Null where nobody has a part.
    """
    size = call("abs", total)
    twice = exp.Mul(this=largest.copy(), expression=exp.Literal.number(2))
    there = exp.GT(this=largest.copy(), expression=exp.Literal.number(0))
    counted = _when(
        (exp.GTE(this=size.copy(), expression=twice), exp.Literal.number(2)),
        (exp.GTE(this=size, expression=largest), exp.Literal.number(1)),
    )
    counted.set("default", exp.Literal.number(0))
    return _when((there, counted))


def sign_name(place: int) -> str:
    """Return the name of whether no row's part of the metric at a place is below zero."""
    return f"__z{place}"


def kind_name(path: int, place: int, kind: int) -> str:
    """Return the name of a kind's part of the metric at a place."""
    return f"__b{path}_{place}_{kind}"


def _any(conditions: list[exp.Expr]) -> exp.Expr:
    return sure(exp.or_(*conditions))


def sure(condition: exp.Expr) -> exp.Expr:
    """Return a condition that is false where it is not known."""
    return call("ifnull", condition, exp.false())


def named(value: exp.Expr, name: str) -> exp.Expr:
    """Return a value as a column of that name."""
    return exp.alias_(value, name, quoted=True)


def column(name: str, table: str | None = None) -> exp.Column:
    """Return a hidden column."""
    return exp.column(exp.to_identifier(name, quoted=True), table)

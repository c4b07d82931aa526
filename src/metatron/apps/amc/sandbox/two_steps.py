"""The last grouping in two steps: by group and user, then by group.

A hundred users are counted by their set anyway: to group by them costs hardly more, and brings each
user's part of every metric with it, so that no second look at the data is needed. It is done where
all that the query asks of a group can be made from its users' parts.
"""

from dataclasses import dataclass, field

from sqlglot import exp

from metatron.apps.amc.language.made import call
from metatron.apps.amc.language.selects import is_aggregate
from metatron.apps.amc.sandbox.judging import times
from metatron.apps.amc.sandbox.parts import Metric
from metatron.apps.amc.sandbox.views import USER

_COMBINED = {"SUM": "sum", "COUNT": "sum", "MIN": "min", "MAX": "max"}
"""What makes of the parts' aggregates those of the whole."""
_PARTS, _WHO = "__parts", "__w"


class NotInTwoSteps(Exception):
    """Something is asked of a group that its users' parts do not tell."""


@dataclass(slots=True)
class _Steps:
    """What the first step computes for the second."""

    user: exp.Expr
    keys: list[exp.Expr]
    found: list[exp.Expr] = field(default_factory=list)

    def above(self, node: exp.Expr) -> exp.Expr:
        """Return an expression over rows as one over the parts of a group's users."""
        for number, key in enumerate(self.keys):
            if node == key:
                return _column(f"__h{number}")
        called = node.this if isinstance(node, exp.Filter) else node
        if is_aggregate(called):
            return self._combined(node, called)
        if isinstance(node, exp.Column) and not node.meta.get("amc_alias"):
            raise NotInTwoSteps
        if isinstance(node, exp.Query | exp.Window):
            raise NotInTwoSteps
        for child in list(node.iter_expressions()):
            made = self.above(child)
            if made is not child:
                child.replace(made)
        return node

    def below(self, node: exp.Expr) -> exp.Expr:
        """Return a metric as one user's part of it, in the second step."""
        called = node.this if isinstance(node, exp.Filter) else node
        if is_aggregate(called):
            return self._part(node)
        for child in list(node.iter_expressions()):
            made = self.below(child)
            if made is not child:
                child.replace(made)
        return node

    def _combined(self, node: exp.Expr, called: exp.Expr) -> exp.Expr:
        name = called.name.upper() if isinstance(called, exp.Anonymous) else ""
        if name not in _COMBINED:
            raise NotInTwoSteps
        first = called.expressions[0]
        if isinstance(first, exp.Distinct):
            if node is not called or name != "COUNT" or not self._is_who(first):
                raise NotInTwoSteps
            return call("count", _column(_WHO))
        made: exp.Expr = call(_COMBINED[name], self._part(node))
        if name == "COUNT":
            made = call("ifnull", made, exp.Literal.number(0))
            return exp.cast(made, "BIGINT", dialect="duckdb")
        return made

    def _is_who(self, distinct: exp.Distinct) -> bool:
        """Tell whether it counts the very users by whom the first step groups."""
        columns = distinct.expressions
        return (
            len(columns) == 1
            and isinstance(columns[0], exp.Column)
            and isinstance(self.user, exp.Column)
            and (columns[0].name.lower(), self.user.name) == ("user_id", USER)
            and columns[0].table == self.user.table
        )

    def _part(self, node: exp.Expr) -> exp.Expr:
        if node not in self.found:
            self.found.append(node.copy())
        return _column(f"__a{self.found.index(node)}")


def in_two_steps(
    plain: exp.Select,
    keys: list[tuple[exp.Expr, str]],
    path: int,
    user: exp.Expr,
    metrics: list[Metric],
) -> exp.Select:
    """Return a grouped SELECT with `__n`, `__e` and `__q` of its only path: all users' counts.

    `plain` is taken apart; `keys` are what it groups by, each with its name in the output.

    Raises:
        NotInTwoSteps: it asks for more than sums, counts, least and greatest values.
    """
    if plain.args.get("windows") or plain.args.get("qualify"):
        raise NotInTwoSteps
    steps = _Steps(user, [key for key, _ in keys])
    shown = [
        exp.alias_(steps.above(_value(each).copy()), each.alias_or_name, quoted=True)
        for each in plain.expressions
    ]
    having = plain.args.pop("having", None)
    condition = steps.above(having.this.copy()) if having is not None else None
    effective, equivalent = zip(*(_counts(steps, each) for each in metrics), strict=True)
    shown += [
        _named(call("count", _column(_WHO)), f"__n{path}"),
        _named(call("list_min", exp.Array(expressions=list(effective))), f"__e{path}"),
        _named(call("list_min", exp.Array(expressions=list(equivalent))), f"__q{path}"),
    ]
    with_ = plain.args.pop("with_", None)
    _group(plain, steps)
    second = exp.select(*shown).from_(
        exp.Subquery(this=plain, alias=exp.TableAlias(this=exp.to_identifier(_PARTS)))
    )
    if keys:
        second = second.group_by(*(_column(f"__h{number}") for number in range(len(keys))))
    if condition is not None:
        second = second.having(condition, copy=False)
    if with_ is not None:
        second.set("with_", with_)
    return second


def _group(plain: exp.Select, steps: _Steps) -> None:
    """Let the first step be grouped by the keys and the user."""
    keys = [_named(key.copy(), f"__h{number}") for number, key in enumerate(steps.keys)]
    parts = [_named(each, f"__a{number}") for number, each in enumerate(steps.found)]
    plain.set("expressions", [*keys, _named(steps.user.copy(), _WHO), *parts])
    ordinals: list[exp.Expr] = [exp.Literal.number(n + 1) for n in range(len(keys) + 1)]
    plain.set("group", exp.Group(expressions=ordinals))


def _counts(steps: _Steps, metric: Metric) -> tuple[exp.Expr, exp.Expr]:
    """Effective users of a metric, and equivalent ones, at most 2; null where they do not count."""
    total, part = steps.above(metric.value.copy()), steps.below(metric.value.copy())
    zero = exp.Literal.number(0)
    known = exp.Is(this=_column(_WHO), expression=exp.Null()).not_()
    there = exp.and_(known.copy(), exp.NEQ(this=exp.Paren(this=part.copy()), expression=zero))
    users = exp.Filter(this=call("count", exp.Star()), expression=exp.Where(this=there))
    largest = exp.Filter(this=call("max", call("abs", part)), expression=exp.Where(this=known))
    some = exp.NEQ(this=exp.Paren(this=total.copy()), expression=zero)
    return exp.Case(ifs=[exp.If(this=some, true=users)]), times(exp.Paren(this=total), largest)


def _value(shown: exp.Expr) -> exp.Expr:
    value: exp.Expr = shown.this if isinstance(shown, exp.Alias) else shown
    return value


def _named(value: exp.Expr, name: str) -> exp.Expr:
    return exp.alias_(value, name, quoted=True)


def _column(name: str) -> exp.Column:
    return exp.column(exp.to_identifier(name, quoted=True), _PARTS)

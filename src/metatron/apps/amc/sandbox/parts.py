"""Which outputs are sums of users' parts, and the questions about them."""

from dataclasses import dataclass

from sqlglot import exp

from metatron.apps.amc.language.fields import Relation
from metatron.apps.amc.language.selects import has_aggregate
from metatron.apps.amc.schema.facts import Level

_ADDED = frozenset({"SUM", "COUNT"})
_KEEPING = frozenset({"COALESCE", "NVL", "IFNULL", "ROUND"})
"""What a sum may stand in and still be one."""


@dataclass(frozen=True, slots=True)
class Metric:
    """A column of the output that is the sum of its users' parts."""

    name: str
    value: exp.Expr
    paths: frozenset[int]


def metrics(select: exp.Select, relation: Relation) -> list[Metric]:
    """Return the outputs of a grouped SELECT that are held against parts of users."""
    found = []
    for field, shown in zip(relation.fields.values(), select.expressions, strict=False):
        value = shown.this if isinstance(shown, exp.Alias) else shown
        if field.metric and field.level is Level.NONE and adds_up(value):
            found.append(Metric(shown.alias_or_name, value.copy(), field.paths))
    return found


def adds_up(node: exp.Expr) -> bool:
    """Tell whether the values of all users, added up, are the value of all."""
    if isinstance(node, exp.Paren | exp.Cast | exp.TryCast | exp.Neg | exp.Filter):
        return adds_up(node.this)
    if isinstance(node, exp.Add | exp.Sub):
        return adds_up(node.this) and adds_up(node.expression)
    if isinstance(node, exp.Mul | exp.Div):
        return adds_up(node.this) and _is_fixed(node.expression)
    if not isinstance(node, exp.Anonymous) or not node.expressions:
        return False
    first, *rest = node.expressions
    if node.name.upper() in _ADDED:
        return not isinstance(first, exp.Distinct)
    return node.name.upper() in _KEEPING and adds_up(first) and all(map(_is_fixed, rest))


def _is_fixed(node: exp.Expr) -> bool:
    return node.find(exp.Column) is None and not has_aggregate([node])


def part_of(value: exp.Expr, whose: exp.Expr) -> exp.Expr:
    """Return `value` over those rows alone that satisfy `whose`."""
    made = exp.Paren(this=value.copy())
    for node in list(made.find_all(exp.Anonymous)):
        if node.name.upper() not in _ADDED:
            continue
        above = node.parent
        if isinstance(above, exp.Filter):
            where = above.expression
            where.set("this", exp.and_(where.this, whose.copy()))
        else:
            where = exp.Where(this=whose.copy())
            node.replace(exp.Filter(this=node.copy(), expression=where))
    return made

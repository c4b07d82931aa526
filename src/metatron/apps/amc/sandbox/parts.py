"""Which outputs are sums of users' parts, and the questions about them."""

from dataclasses import dataclass

from sqlglot import exp

from metatron.apps.amc.language.fields import Relation
from metatron.apps.amc.language.made import call
from metatron.apps.amc.language.selects import has_aggregate
from metatron.apps.amc.schema.facts import Level

_ADDED = frozenset({"SUM", "COUNT"})
_KEEPING = frozenset({"COALESCE", "NVL", "IFNULL", "ROUND"})
"""What a sum may stand in and still be one."""


@dataclass(frozen=True, slots=True)
class Metric:
    """A column of the output that is the sum of its users' parts.

    What is rounded is none: parts are those of what it was before, and so is the total, which then
    stands in a column of its own, `name`, that is `hidden`. Parts may be below zero.
    """

    name: str
    value: exp.Expr
    paths: frozenset[int]
    hidden: bool = False


def metrics(select: exp.Select, relation: Relation) -> list[Metric]:
    """Return the outputs of a grouped SELECT that are held against parts of users."""
    found: list[Metric] = []
    for field, shown in zip(relation.fields.values(), select.expressions, strict=False):
        value = shown.this if isinstance(shown, exp.Alias) else shown
        if not field.metric or field.level is not Level.NONE or not adds_up(value):
            continue
        exact = unrounded(value.copy())
        hidden = exact != value
        name = f"__t{len(found)}" if hidden else shown.alias_or_name
        found.append(Metric(name, exact, field.paths, hidden))
    return found


def unrounded(value: exp.Expr) -> exp.Expr:
    """Return a value that adds up without the rounding, casts and defaults around its sums."""
    if isinstance(value, exp.Cast | exp.TryCast):
        return unrounded(value.this)
    if isinstance(value, exp.Paren | exp.Neg | exp.Mul | exp.Div | exp.Add | exp.Sub):
        value.set("this", unrounded(value.this))
    if isinstance(value, exp.Add | exp.Sub):
        value.set("expression", unrounded(value.expression))
    if isinstance(value, exp.Anonymous) and value.name.upper() in _KEEPING:
        first = unrounded(value.expressions[0])
        if value.name.upper() == "ROUND":
            return first
        # What stands in for nothing is nobody's part: as a part it would count as a user's.
        value.set("expressions", [first, exp.Literal.number(0)])
    return value


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


def all_positive(value: exp.Expr) -> exp.Expr | None:
    """Return the aggregate that tells that every row's part is above zero, so every user's is.

    None where that cannot be told of rows: what is subtracted or counted by a condition.
    """
    if isinstance(value, exp.Add):
        sides = [all_positive(value.this), all_positive(value.expression)]
        known = [each for each in sides if each is not None]
        return exp.and_(*known) if len(known) == len(sides) else None
    if isinstance(value, exp.Mul | exp.Div) and not _is_a_scale(value.expression):
        return None
    if isinstance(value, exp.Paren | exp.Mul | exp.Div):
        return all_positive(value.this)
    return _of_rows(value) if isinstance(value, exp.Anonymous) else None


def _of_rows(aggregate: exp.Anonymous) -> exp.Expr | None:
    name, first = aggregate.name.upper(), aggregate.expressions[0]
    if name in _KEEPING:
        return all_positive(first)
    if isinstance(first, exp.Star):
        return exp.true()
    part = exp.Paren(this=first.copy())
    told: dict[str, exp.Expr] = {
        "SUM": exp.GT(this=part, expression=exp.Literal.number(0)),
        "COUNT": exp.Is(this=part.copy(), expression=exp.Null()).not_(),
    }
    if name not in told:
        return None
    return call("bool_and", call("ifnull", exp.Paren(this=told[name]), exp.false()))


def never_negative(value: exp.Expr) -> exp.Expr | None:
    """Return the aggregate that tells that no row's part is below zero; true where none can be.

    None where that cannot be told of rows: what is subtracted, turned round or scaled by a value.
    """
    if isinstance(value, exp.Add):
        sides = [never_negative(value.this), never_negative(value.expression)]
        asked = [each for each in sides if each is not None and each != exp.true()]
        return None if None in sides else exp.and_(*asked or [exp.true()])
    scaled = isinstance(value, exp.Mul | exp.Div)
    if scaled and not _is_a_scale(value.expression):
        return None
    if scaled or isinstance(value, exp.Paren | exp.Filter):
        return never_negative(value.this)
    return _none_below_zero(value) if isinstance(value, exp.Anonymous) else None


def _none_below_zero(aggregate: exp.Anonymous) -> exp.Expr | None:
    name, first = aggregate.name.upper(), aggregate.expressions[0]
    if name in _KEEPING:
        return never_negative(first)
    if name == "COUNT":
        return exp.true()
    enough = exp.GTE(this=exp.Paren(this=first.copy()), expression=exp.Literal.number(0))
    return call("bool_and", call("ifnull", exp.Paren(this=enough), exp.true()))


def _is_a_scale(node: exp.Expr) -> bool:
    """Tell a plain number above zero, as of microcents to units: no part becomes zero by it."""
    return isinstance(node, exp.Literal) and node.is_number and float(node.name) > 0


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

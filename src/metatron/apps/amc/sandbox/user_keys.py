"""Whether a query takes a person's id for nothing but a key, so that a number does as well.

Ids are texts that stand for numbers one to one. Where all that is done with them is to group, join
and count by them, the numbers give the same rows for less work. It is all or nothing: one place
that looks at the text keeps it a text everywhere.
"""

from sqlglot import exp

from metatron.apps.amc.language.binding import Bound
from metatron.apps.amc.language.fields import Field, Relation


def are_only_keys(bound: Bound) -> bool:
    """Tell whether nothing in a bound query looks at the text of a person's id."""
    if any(each.person for each in bound.output.fields.values()):
        return False
    selects = bound.query.find_all(exp.Select)
    unions = bound.query.find_all(exp.SetOperation)
    return all(map(_is_fine, selects)) and all(map(_is_matched, unions))


def _is_matched(union: exp.SetOperation) -> bool:
    """Tell a UNION whose sides have people's ids in the same places."""
    left, right = (each.meta["amc_relation"] for each in (union.left, union.right))
    pairs = zip(left.fields.values(), right.fields.values(), strict=True)
    return all(bool(one.person) == bool(other.person) for one, other in pairs)


def _is_fine(select: exp.Select) -> bool:
    sources: dict[str, Relation] = select.meta["amc_sources"]
    if any(join.args.get("using") for join in select.args.get("joins") or []):
        return False
    for node in select.walk(prune=lambda part: isinstance(part, exp.Query) and part is not select):
        if not isinstance(node, exp.Column) or isinstance(node.this, exp.Star):
            continue
        field = _field(node, select, sources)
        if field is None or (field.person and not _is_key(node, select, sources)):
            return False
    return True


def _field(column: exp.Column, select: exp.Select, sources: dict[str, Relation]) -> Field | None:
    """Return what a column carries; None where it is another query's."""
    alias = column.meta.get("amc_alias")
    if alias:
        own: Relation = select.meta["amc_relation"]
        return own.fields.get(alias)
    source = sources.get(column.table.lower())
    return source.fields.get(column.name.lower()) if source else None


def _is_key(column: exp.Column, select: exp.Select, sources: dict[str, Relation]) -> bool:
    above = column.parent
    if isinstance(above, exp.Alias | exp.Paren):
        above = above.parent
    if above is select or isinstance(above, exp.Group):
        return True
    if isinstance(above, exp.Window):
        return column.arg_key == "partition_by"
    if isinstance(above, exp.Is):
        return isinstance(above.expression, exp.Null)
    if isinstance(above, exp.EQ):
        sides = [_person(each, select, sources) for each in (above.this, above.expression)]
        return all(sides)
    if isinstance(above, exp.Distinct):
        above = above.parent
    return isinstance(above, exp.Anonymous) and above.name.upper() == "COUNT"


def _person(node: exp.Expr, select: exp.Select, sources: dict[str, Relation]) -> bool:
    if not isinstance(node, exp.Column):
        return False
    field = _field(node, select, sources)
    return field is not None and bool(field.person)

"""A query taken apart for comparing: per SELECT its columns, filters, tables and groupings."""

from dataclasses import dataclass, field

from sqlglot import exp

from metatron.apps.amc.language.dialect import Amc


@dataclass(slots=True)
class Facets:
    """What a query consists of, by the name of the SELECT it stands in and its own."""

    columns: dict[str, str] = field(default_factory=dict)
    filters: dict[str, str] = field(default_factory=dict)
    tables: dict[str, str] = field(default_factory=dict)
    groupings: dict[str, str] = field(default_factory=dict)


def facets(query: exp.Query) -> Facets:
    """Return the facets of every SELECT of `query`."""
    found = Facets()
    for place, select in _selects(query, ""):
        _take(select, f"{place}: " if place else "", found)
    return found


def _selects(query: exp.Expr, place: str) -> list[tuple[str, exp.Select]]:
    """Return the SELECTs with where they stand: the query itself, in WITH, in brackets."""
    found: list[tuple[str, exp.Select]] = []
    with_ = query.args.get("with_")
    for cte in with_.expressions if with_ else []:
        found += _selects(cte.this, cte.alias)
    if isinstance(query, exp.SetOperation):
        for number, side in enumerate((query.left, query.right), 1):
            found += _selects(side, f"{place} part {number}".strip())
    elif isinstance(query, exp.Subquery):
        found += _selects(query.this, query.alias or place)
    elif isinstance(query, exp.Select):
        found.append((place, query))
        number = 0
        for inner in query.find_all(exp.Subquery, exp.In, exp.Exists):
            nested = inner.args.get("query") if isinstance(inner, exp.In) else inner.this
            if isinstance(nested, exp.Query) and _owner(inner) is query:
                number += 1
                found += _selects(nested, inner.alias or f"{place} inner {number}".strip())
    return found


def _owner(node: exp.Expr) -> exp.Expr | None:
    above = node.parent
    while above is not None and not isinstance(above, exp.Select):
        above = above.parent
    return above


def written(node: exp.Expr) -> str:
    """Return an expression in one spelling, without its comments."""
    return node.sql(dialect=Amc, comments=False)


def _take(select: exp.Select, place: str, found: Facets) -> None:
    for node in select.expressions:
        name = node.alias_or_name or written(node)
        found.columns[place + name] = written(node.this if isinstance(node, exp.Alias) else node)
    from_ = select.args.get("from_")
    if from_ is not None:
        found.tables[place + _source(from_.this)] = "FROM"
    for join in select.args.get("joins") or []:
        side = " ".join(part for part in (join.side, join.kind, "JOIN") if part)
        found.tables[place + _source(join.this)] = side
        using = ", ".join(written(each) for each in join.args.get("using") or [])
        if using:
            found.filters[f"{place}USING ({using})"] = "join"
        _conditions(join.args.get("on"), place, "join", found)
    for part in ("where", "having"):
        clause = select.args.get(part)
        _conditions(clause.this if clause is not None else None, place, part, found)
    group = select.args.get("group")
    for key in group.expressions if group is not None else []:
        found.groupings[place + _key(key, select)] = "GROUP BY"


def _conditions(node: exp.Expr | None, place: str, kind: str, found: Facets) -> None:
    if node is None:
        return
    bare = node.unnest()
    for part in bare.flatten() if isinstance(bare, exp.And) else []:
        _conditions(part, place, kind, found)
    if not isinstance(bare, exp.And):
        found.filters[place + written(bare)] = kind


def _source(node: exp.Expr) -> str:
    if isinstance(node, exp.Subquery):
        return f"({node.alias})" if node.alias else "(query)"
    bare = node.copy()
    bare.set("alias", None)
    return written(bare)


def _key(key: exp.Expr, select: exp.Select) -> str:
    """Return what a key groups by: `1` means the first column."""
    if isinstance(key, exp.Literal) and key.is_int:
        place = int(key.name)
        if 1 <= place <= len(select.expressions):
            return select.expressions[place - 1].alias_or_name or written(
                select.expressions[place - 1]
            )
    return written(key)

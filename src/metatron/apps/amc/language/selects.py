"""The rules of one SELECT: its joins, its groups, its stars, what stands after it."""

from dataclasses import replace

from sqlglot import exp

from metatron.apps.amc.language.fields import Field, Relation
from metatron.apps.amc.language.findings import Report, span_of
from metatron.apps.amc.language.functions import AGGREGATES
from metatron.apps.amc.language.reading import Reader
from metatron.apps.amc.language.scope import Scope
from metatron.apps.amc.language.sources import TooLarge

MOST_STARRED = 5_000
"""Columns that all stars of a query may stand for: a text of a page can ask for millions."""


def refuse_order_and_limit(query: exp.Query, report: Report) -> None:
    """ORDER BY stands in windows only; LIMIT is doubtful."""
    order = query.args.get("order")
    if order:
        report.error("AMC005", "ORDER BY stands only in a window; sort the result", span_of(order))
    for part in ("limit", "offset"):
        if query.args.get(part):
            message = "sources differ on LIMIT; rank the rows with ROW_NUMBER() and filter"
            report.warning("AMC006", message, span_of(query.args[part]))


def refuse_join(join: exp.Join, report: Report) -> None:
    """RIGHT and NATURAL joins do not exist."""
    if join.side == "RIGHT":
        report.error("AMC004", "no RIGHT JOIN: swap the tables and LEFT JOIN", span_of(join.this))
    if join.method or join.kind in {"SEMI", "ANTI", "STRAIGHT_JOIN"}:
        report.error(
            "AMC027", f"AMC SQL has no {join.method or join.kind} JOIN", span_of(join.this)
        )


def expand_stars(select: exp.Select, scope: Scope, report: Report, room: int) -> int:
    """Put the columns in place of a star over a named query; refuse one over a table.

    Returns what is left of `room`, in columns; raises `TooLarge` when it is not enough.
    """
    expanded: list[exp.Expr] = []
    for each in select.expressions:
        qualified = isinstance(each, exp.Column) and isinstance(each.this, exp.Star)
        if not (qualified or isinstance(each, exp.Star)):
            expanded.append(each)
            continue
        asked = each.table.lower() if isinstance(each, exp.Column) else ""
        for alias, relation in scope.sources.items():
            report.go_on()
            if asked in {"", alias}:
                room -= max(1, len(relation.fields))
                if room < 0:
                    raise TooLarge
                if relation.base:
                    report.error(
                        "AMC003", f"name the columns of {relation.base}: no SELECT *", span_of(each)
                    )
                expanded += [exp.column(name, alias) for name in relation.fields]
    select.set("expressions", expanded)
    return room


def named_projection(select: exp.Select, node: exp.Expr, number: int) -> tuple[str, exp.Expr]:
    """Return a column's name and expression; give it an alias where it has none."""
    if isinstance(node, exp.Alias):
        return node.alias, node.this
    if isinstance(node, exp.Column) and node.name:
        # The alias keeps the name when a source's alias is written before the column.
        alias = exp.Alias(this=node.copy(), alias=exp.to_identifier(node.name))
        node.replace(alias)
        return node.name, alias.this
    if isinstance(node, exp.Dot):
        return node.name, node
    name = f"column_{number}"
    wrapped = exp.Alias(this=node.copy(), alias=exp.to_identifier(name))
    select.expressions[number - 1].replace(wrapped)
    return name, wrapped.this


def is_aggregate(node: exp.Expr) -> bool:
    """Tell whether `node` itself aggregates, outside of a window."""
    if not isinstance(node, exp.Anonymous) or node.name.upper() not in AGGREGATES:
        return False
    above = node.parent.parent if isinstance(node.parent, exp.Filter) else node.parent
    return not isinstance(above, exp.Window)


def has_aggregate(nodes: list[exp.Expr]) -> bool:
    """Tell whether one of `nodes` aggregates; queries inside them do not count."""
    for node in nodes:
        for each in node.walk(prune=lambda part: isinstance(part, exp.Query)):
            if is_aggregate(each):
                return True
    return False


def grouped(select: exp.Select, scope: Scope, fields: dict[str, Field], reader: Reader) -> Relation:
    """Return what the SELECT yields; mark it as grouped or not."""
    group = select.args.get("group")
    keys = _keys(group, scope, fields, reader) if group else []
    _not_metrics(group, select, fields)
    having = select.args.get("having")
    aggregating = has_aggregate([*select.expressions, *([having.this] if having else [])])
    is_grouped = bool(group) or aggregating
    distinct = bool(select.args.get("distinct"))
    paths = {path: table for each in scope.sources.values() for path, table in each.paths.items()}
    single = frozenset().union(*(each.single for each in scope.sources.values()))
    if is_grouped:
        single &= _same_person(frozenset().union(*(key.person for key in keys)), select, scope)
    if distinct:
        single &= frozenset().union(*(each.person for each in fields.values()))
    select.meta["amc_grouped"] = is_grouped
    select.meta["amc_single"] = single
    reading = [each for each in scope.sources.values() if each.paths]
    aggregated = is_grouped or distinct or (bool(reading) and all(r.aggregated for r in reading))
    return Relation(fields, paths, single, aggregated)


def _keys(group: exp.Group, scope: Scope, fields: dict[str, Field], reader: Reader) -> list[Field]:
    found = []
    columns = list(fields.values())
    for key in group.expressions:
        if isinstance(key, exp.Literal) and key.is_int:
            place = int(key.name)
            if not 1 <= place <= len(columns):
                reader.report.error(
                    "AMC002", f"there is no column {place} to group by", span_of(key)
                )
                continue
            found.append(columns[place - 1])
        else:
            found.append(reader.read(key, scope))
    return found


def _not_metrics(group: exp.Group | None, select: exp.Select, fields: dict[str, Field]) -> None:
    """What rows are grouped by tells them apart: it is never added up."""
    for key in group.expressions if group else []:
        for number, (name, field) in enumerate(fields.items(), 1):
            shown = select.expressions[number - 1]
            same = key == (shown.this if isinstance(shown, exp.Alias) else shown)
            alias = isinstance(key, exp.Column) and not key.table and key.name.lower() == name
            if same or alias or (isinstance(key, exp.Literal) and key.name == str(number)):
                fields[name] = replace(field, metric=False)


def _same_person(people: frozenset[int], select: exp.Select, scope: Scope) -> frozenset[int]:
    """Add the paths whose user equals one of `people` by a join's condition."""
    links = []
    for join in select.args.get("joins") or []:
        condition = join.args.get("on")
        for each in condition.flatten() if isinstance(condition, exp.And) else [condition]:
            if isinstance(each, exp.EQ):
                sides = [_person(side, scope) for side in (each.this, each.expression)]
                links.append(frozenset().union(*sides) if all(sides) else frozenset())
        for each in join.args.get("using") or []:
            holding = [s.fields.get(each.name.lower()) for s in scope.sources.values()]
            links.append(frozenset().union(*(f.person for f in holding if f)))
    for _ in links:
        for link in links:
            people = people | link if people & link else people
    return people


def _person(node: exp.Expr, scope: Scope) -> frozenset[int]:
    if not isinstance(node, exp.Column):
        return frozenset()
    source = scope.sources.get(node.table.lower())
    found = source.fields.get(node.name.lower()) if source else None
    return found.person if found else frozenset()


def rank_in_having(having: exp.Having, scope: Scope, report: Report) -> None:
    """Remark on an alias of a rank that HAVING tests."""
    for column in having.find_all(exp.Column):
        alias = scope.aliases.get(column.name.lower())
        if alias and alias.rank and not column.table:
            message = (
                f"{column.name} is a rank: filter it in a query around this one, not in HAVING"
            )
            report.warning("AMC019", message, span_of(column))


def joined_rightly(select: exp.Select, joins: list[exp.Join], scope: Scope, report: Report) -> None:
    """Remark on joins that multiply rows unseen."""
    where = select.args.get("where")
    for join in joins:
        alias = (join.this.alias or join.this.name).lower()
        condition = join.args.get("on")
        if join.args.get("using") or isinstance(join.this, exp.Unnest | exp.Values):
            continue
        if join.kind == "CROSS" and not _follows_comma(join, report):
            continue
        if not _links(condition or where, alias, scope):
            message = f"nothing links {alias}: every row meets every row; else say CROSS JOIN"
            report.warning("AMC016", message, span_of(join.this))
        _request_tags(condition, scope, report)


def _follows_comma(join: exp.Join, report: Report) -> bool:
    """A comma and CROSS JOIN are the same in the tree; only the latter is meant."""
    return report.text[: span_of(join.this).start].rstrip().endswith(",")


def _links(condition: exp.Expr | None, alias: str, scope: Scope) -> bool:
    if condition is None:
        return False
    tables = {column.table.lower() for column in condition.find_all(exp.Column)}
    if alias in tables and len(tables) > 1:
        return True
    names = {c.name.lower() for c in condition.find_all(exp.Column) if not c.table}
    mine = scope.sources[alias].fields if alias in scope.sources else {}
    return bool(names & set(mine)) and len(names | tables) > 1


def _request_tags(condition: exp.Expr | None, scope: Scope, report: Report) -> None:
    for each in condition.find_all(exp.EQ) if condition is not None else ():
        sides = [side for side in (each.this, each.expression) if isinstance(side, exp.Column)]
        for side in sides:
            source = scope.sources.get(side.table.lower())
            if side.name.lower() == "request_tag" and source and not source.aggregated:
                report.warning(
                    "AMC015", "request_tag may repeat: group both sides by it first", span_of(each)
                )
                return

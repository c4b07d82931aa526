"""Binds a query to the facts: which column each name is, and what its users and guards are."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from sqlglot import exp

from metatron.apps.amc.language import selects
from metatron.apps.amc.language.fields import Field, Relation, combined
from metatron.apps.amc.language.findings import Report, span_of
from metatron.apps.amc.language.reading import Reader
from metatron.apps.amc.language.scope import Scope
from metatron.apps.amc.language.sources import (
    Paths,
    Reading,
    again,
    base_table,
    fixed_rows,
    renamed_columns,
)
from metatron.apps.amc.schema.facts import Facts

Named = dict[str, Relation]


@dataclass(slots=True)
class Bound:
    """A query with every name resolved (in place), and what its output carries."""

    query: exp.Query
    output: Relation
    readings: list[Reading]
    used_parameters: set[str] = field(default_factory=set)


class Binder:
    """Binds one query; use it once."""

    def __init__(
        self,
        facts: Facts,
        report: Report,
        declared: Mapping[str, str],
        *,
        controls: bool = True,
    ) -> None:
        self.facts, self.report = facts, report
        self.paths = Paths()
        self.reader = Reader(report, dict(declared), self._inner, controls=controls)
        self._named: list[Named] = [{}]
        self._room = selects.MOST_STARRED

    def bind(self, query: exp.Query) -> Bound:
        """Bind `query`; what is wrong goes to the report."""
        output = self._query(query, None)
        return Bound(query, output, self.paths.readings, self.reader.used)

    def _inner(self, query: exp.Query, scope: Scope) -> Relation:
        return self._query(query, scope)

    def _query(self, query: exp.Query, outer: Scope | None) -> Relation:
        self._named.append(dict(self._named[-1]))
        with_ = query.args.get("with_")
        for cte in with_.expressions if with_ else []:
            relation = self._query(cte.this, None)
            columns = cte.args["alias"].columns
            self._named[-1][cte.alias.lower()] = renamed_columns(relation, columns, self.report)
            cte.meta["amc_relation"] = self._named[-1][cte.alias.lower()]
        selects.refuse_order_and_limit(query, self.report)
        if isinstance(query, exp.SetOperation):
            relation = self._union(query, outer)
        elif isinstance(query, exp.Select):
            relation = self._select(query, outer)
        else:
            assert isinstance(query, exp.Subquery)
            relation = self._query(query.this, outer)
        self._named.pop()
        query.meta["amc_relation"] = relation
        return relation

    def _union(self, query: exp.SetOperation, outer: Scope | None) -> Relation:
        left, right = self._query(query.left, outer), self._query(query.right, outer)
        if len(left.fields) != len(right.fields):
            counts = f"{len(left.fields)} and {len(right.fields)}"
            self.report.error("AMC027", f"UNION of {counts} columns", span_of(query.right))
            return left
        pairs = zip(left.fields.items(), right.fields.values(), strict=True)
        fields = {
            name: _either(one, other) for name, (one, other) in ((n, (a, b)) for (n, a), b in pairs)
        }
        distinct = bool(query.args.get("distinct"))
        paths = left.paths | right.paths
        people = frozenset().union(*(each.person for each in fields.values()))
        single = left.single | right.single
        return Relation(
            fields, paths, single & people if distinct else single,
            distinct or (left.aggregated and right.aggregated),
        )  # fmt: skip

    def _select(self, select: exp.Select, outer: Scope | None) -> Relation:
        scope = Scope(outer=outer)
        self._sources(select, scope)
        self._room = selects.expand_stars(select, scope, self.report, self._room)
        if select.args.get("where"):
            self.reader.read(select.args["where"].this, scope)
        for each in select.args.get("windows") or []:
            inner = each.copy()
            order = inner.args.get("order")
            nodes = [*(each.args.get("partition_by") or [])]
            nodes += [o.this for o in each.args["order"].expressions] if order else []
            self.reader.all(nodes, scope)
        fields: dict[str, Field] = {}
        for number, each in enumerate(list(select.expressions), 1):
            name, value = selects.named_projection(select, each, number)
            found = self.reader.read(value, scope).named(name)
            if name.lower() in fields:
                self.report.error("AMC027", f"two columns are called {name}", span_of(each))
            fields[name.lower()] = found
            scope.aliases[name.lower()] = found
        relation = selects.grouped(select, scope, fields, self.reader)
        having = select.args.get("having")
        if having:
            self.reader.read(having.this, scope)
            selects.rank_in_having(having, scope, self.report)
        select.meta["amc_sources"] = dict(scope.sources)
        return relation

    def _sources(self, select: exp.Select, scope: Scope) -> None:
        from_ = select.args.get("from_")
        joins = select.args.get("joins") or []
        nodes = [from_.this] if from_ else []
        for node in nodes:
            self._source(node, scope)
        for join in joins:
            selects.refuse_join(join, self.report)
            self._source(join.this, scope)
            scope.merged |= {each.name.lower() for each in join.args.get("using") or []}
        for join in joins:
            condition = join.args.get("on")
            if condition is not None:
                self.reader.read(condition, scope)
        selects.joined_rightly(select, joins, scope, self.report)

    def _source(self, node: exp.Expr, scope: Scope) -> None:
        self.report.go_on()
        relation = self._relation(node, scope)
        alias = node.alias or (node.name if isinstance(node, exp.Table) else "")
        if not alias and "amc_reading" in node.meta:
            alias = node.meta["amc_reading"].table.name
            node.set("alias", exp.TableAlias(this=exp.to_identifier(alias)))
        alias = alias or f"unnamed_{len(scope.sources) + 1}"
        if not node.alias and not isinstance(node, exp.Table):
            node.set("alias", exp.TableAlias(this=exp.to_identifier(alias)))
        if alias.lower() in scope.sources:
            self.report.error("AMC025", f"two sources are called {alias}", span_of(node))
        scope.sources[alias.lower()] = relation

    def _relation(self, node: exp.Expr, scope: Scope) -> Relation:
        if isinstance(node, exp.Table):
            named = self._named[-1].get(node.name.lower())
            if named is not None and not node.args.get("db"):
                relation = again(named, self.paths)
            else:
                relation = base_table(node, self.facts, self.paths, self.report)
        elif isinstance(node, exp.Subquery):
            relation = self._query(node.this, None)
        elif isinstance(node, exp.Unnest):
            elements = [self.reader.read(each, scope) for each in node.expressions]
            names = [each.name for each in node.args["alias"].columns] if node.alias else []
            pairs = zip(names, elements, strict=False)
            carried = {n.lower(): combined([e], type="ANY").named(n) for n, e in pairs}
            return Relation(carried)
        elif isinstance(node, exp.Values):
            rows = [self.reader.all(each.expressions, scope) for each in node.expressions]
            return fixed_rows(node, rows)
        else:
            self.report.error("AMC027", "AMC SQL cannot read from this", span_of(node))
            return Relation()
        columns = node.args["alias"].columns if node.args.get("alias") else []
        return renamed_columns(relation, columns, self.report)


def _either(one: Field, other: Field) -> Field:
    both = combined([one, other], type=one.type)
    return Field(
        name=one.name, type=both.type, level=both.level, origins=both.origins, paths=both.paths,
        person=one.person | other.person if one.person and other.person else frozenset(),
        literal=both.literal, unit=one.unit or other.unit, identifier=one.identifier,
        rank=one.rank or other.rank, metric=one.metric or other.metric,
        heads=one.heads or other.heads,
    )  # fmt: skip

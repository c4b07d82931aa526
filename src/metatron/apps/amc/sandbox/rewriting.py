"""Rewrites a bound query: the window into every reading of a table, the users into every row."""

from dataclasses import dataclass, field

from sqlglot import exp

from metatron.apps.amc.language.binding import Bound
from metatron.apps.amc.language.checking import Window
from metatron.apps.amc.language.fields import Relation
from metatron.apps.amc.language.sources import Reading
from metatron.apps.amc.sandbox import people, shares
from metatron.apps.amc.sandbox.judging import Needs
from metatron.apps.amc.sandbox.people import Kind, People

Kinds = dict[int, Kind]


@dataclass(slots=True)
class Rewritten:
    """The query with its hidden columns; `kinds` tells them by path.

    Of the paths in `shared` it also tells effective and equivalent users.
    """

    query: exp.Query
    kinds: Kinds
    shared: frozenset[int] = field(default_factory=frozenset)


class Rewriter:
    """Rewrites one bound query in place; `need` is how many users its strictest column asks for.

    With need 0 no users are carried: the plain query, over its window. `needs` tells of the paths
    of its output which rows' shares are to be looked at.
    """

    def __init__(self, window: Window | None, need: int, needs: Needs) -> None:
        self.window, self.need, self.needs = window, need, needs
        self._named: list[dict[str, Kinds]] = [{}]
        self._shares: shares.Shares | None = None

    def rewrite(self, bound: Bound) -> Rewritten:
        """Return the rewritten query."""
        query, kinds = self._query(bound.query, last=True)
        told = self._shares
        if told is None or query is not told.select:
            return Rewritten(query, kinds)
        judged = shares.judged(told, self.needs, kinds)
        return Rewritten(judged, kinds, frozenset(told.users))

    def _query(
        self, query: exp.Query, *, last: bool, carry: bool = True
    ) -> tuple[exp.Query, Kinds]:
        self._named.append(dict(self._named[-1]))
        with_ = query.args.get("with_")
        for cte in with_.expressions if with_ else []:
            inner, kinds = self._query(cte.this, last=False)
            cte.set("this", inner)
            _extend(cte.args["alias"], kinds)
            self._named[-1][cte.alias.lower()] = kinds
        if isinstance(query, exp.SetOperation):
            result = self._union(query, last=last)
        elif isinstance(query, exp.Select):
            result = self._select(query, last=last, carry=carry)
        else:
            assert isinstance(query, exp.Subquery)
            inner, kinds = self._query(query.this, last=last)
            query.set("this", inner)
            result = query, kinds
        self._named.pop()
        if with_ is not None and result[0] is not query:
            query.set("with_", None)
            result[0].set("with_", with_)
        return result

    def _select(self, select: exp.Select, *, last: bool, carry: bool) -> tuple[exp.Query, Kinds]:
        _spell_out_aliases(select)
        carried: People = {}
        nodes = [select.args["from_"].this] if select.args.get("from_") else []
        nodes += [join.this for join in select.args.get("joins") or []]
        for node in nodes:
            carried |= self._source(node, select.meta["amc_sources"])
        self._inside(select, nodes)
        if not self.need or not carry:
            return select, {}
        single = select.meta["amc_single"]
        distinct = bool(select.args.get("distinct"))
        if select.meta["amc_grouped"]:
            if last and not distinct and self.need > 1:
                users = people.one_each(carried, single)
                self._shares = shares.measured(select, users, self.needs)
            carried = people.gathered(carried, single, need=self.need, last=last and not distinct)
        for each in people.passed(carried):
            select.append("expressions", each)
        kinds: Kinds = {path: each.kind for path, each in carried.items()}
        if not distinct:
            return select, kinds
        select.set("distinct", None)
        return self._merged(select, select.meta["amc_relation"], kinds, single)

    def _union(self, query: exp.SetOperation, *, last: bool) -> tuple[exp.Query, Kinds]:
        distinct = bool(query.args.get("distinct"))
        inner_last = last and not distinct
        sides = [self._query(each, last=inner_last) for each in (query.left, query.right)]
        kinds: Kinds = {path: kind for _, found in sides for path, kind in found.items()}
        for name, source, (side, own) in zip(
            ("this", "expression"), (query.left, query.right), sides, strict=True
        ):
            query.set(name, _aligned(side, source.meta["amc_relation"], own, kinds))
        if not distinct or not self.need:
            return query, kinds
        relation = query.meta["amc_relation"]
        query.set("distinct", False)  # noqa: FBT003 - sqlglot's setter
        return self._merged(query, relation, kinds, relation.single)

    def _merged(
        self, inner: exp.Query, relation: Relation, kinds: Kinds, single: frozenset[int]
    ) -> tuple[exp.Query, Kinds]:
        """Return `inner` with equal rows made one, which then has the users of all of them."""
        alias = "__rows"
        carried = people.of_query(alias, kinds, Relation(paths=dict(relation.paths)))
        gathered = people.gathered(carried, single, need=self.need, last=False)
        shown = [_output(each.name, alias) for each in relation.fields.values()]
        outer = exp.select(*shown, *people.passed(gathered)).from_(_in_brackets(inner, alias))
        outer = outer.group_by(*(each.copy() for each in shown))
        return outer, {path: each.kind for path, each in gathered.items()}

    def _source(self, node: exp.Expr, sources: dict[str, Relation]) -> People:
        alias = node.alias or node.name
        reading = node.meta.get("amc_reading")
        if reading is not None:
            node.replace(_in_brackets(self._windowed(reading), alias))
            # A table that knows no people, such as the names of segments, is held against nobody.
            known = "user_id" in reading.table.columns
            return people.of_table(alias, reading.path) if known else {}
        relation = sources[alias.lower()]
        if isinstance(node, exp.Table):
            _extend(node.args.get("alias"), self._named[-1][node.name.lower()])
            return people.of_query(alias, self._named[-1][node.name.lower()], relation)
        if isinstance(node, exp.Subquery):
            inner, kinds = self._query(node.this, last=False)
            node.set("this", inner)
            _extend(node.args.get("alias"), kinds)
            return people.of_query(alias, kinds, relation)
        return {}

    def _inside(self, select: exp.Select, sources: list[exp.Expr]) -> None:
        """Rewrite the queries inside expressions: they filter or look up, nobody is carried."""
        skipped = {id(each) for each in sources}
        skipped |= {id(select.args.get("with_"))}
        pending = [each for each in select.iter_expressions() if id(each) not in skipped]
        while pending:
            node = pending.pop()
            if isinstance(node, (exp.From, exp.With)):
                continue
            if isinstance(node, exp.Join):
                pending += [each for each in (node.args.get("on"),) if each is not None]
            elif isinstance(node, exp.Query) and not isinstance(node, exp.Subquery):
                self._bare(node)
            else:
                pending += list(node.iter_expressions())

    def _bare(self, query: exp.Query) -> None:
        need, self.need = self.need, 0
        inner, _ = self._query(query, last=False, carry=False)
        if inner is not query:
            query.replace(inner)
        self.need = need

    def _windowed(self, reading: Reading) -> exp.Select:
        table = exp.to_table(reading.table.name)
        rows = exp.select("*").from_(table)
        if self.window is None or reading.table.time_column is None:
            return rows
        column = exp.column(exp.to_identifier(reading.table.time_column, quoted=True))
        start = exp.Literal.string(self.window.start.isoformat(" "))
        end = exp.Literal.string(self.window.end.isoformat(" "))
        first = _moved(exp.cast(start, "TIMESTAMP"), -reading.before_days)
        after = _moved(exp.cast(end, "TIMESTAMP"), reading.after_days)
        return rows.where(
            exp.GTE(this=column, expression=first), exp.LT(this=column.copy(), expression=after)
        )


def _spell_out_aliases(select: exp.Select) -> None:
    """Put a column's expression where a later one names it: DuckDB groups by no such alias."""
    known: dict[str, exp.Expr] = {}
    group = select.args.get("group")
    for shown in [*select.expressions, *(group.expressions if group else [])]:
        for column in list(shown.find_all(exp.Column)):
            named = column.meta.get("amc_alias")
            if named in known and column is not shown:
                column.replace(exp.Paren(this=known[named].copy()))
        if isinstance(shown, exp.Alias):
            known[shown.alias.lower()] = shown.this


def _moved(instant: exp.Expr, days: int) -> exp.Expr:
    if not days:
        return instant
    span = exp.Interval(this=exp.Literal.string(str(days)), unit=exp.var("DAY"))
    return exp.Add(this=instant, expression=span)


def _extend(alias: exp.Expr | None, kinds: Kinds) -> None:
    """A list of columns after an alias has to name the hidden ones too."""
    if isinstance(alias, exp.TableAlias) and alias.columns:
        for path, kind in kinds.items():
            for name in people.names(path, kind):
                alias.append("columns", exp.to_identifier(name, quoted=True))


def _aligned(side: exp.Expr, relation: Relation, own: Kinds, every: Kinds) -> exp.Expr:
    """Return one branch of a UNION with the hidden columns of all branches, in one sequence."""
    if own == every:
        return side
    alias = "__side"
    assert isinstance(side, exp.Query)
    shown: list[exp.Expr] = [_output(each.name, alias) for each in relation.fields.values()]
    for path, kind in every.items():
        if path in own:
            shown += [_output(name, alias) for name in people.names(path, kind)]
        else:
            shown += people.missing(path, kind)
    return exp.select(*shown).from_(_in_brackets(side, alias))


def _output(name: str, alias: str) -> exp.Column:
    return exp.column(exp.to_identifier(name, quoted=True), exp.to_identifier(alias))


def _in_brackets(query: exp.Query, alias: str) -> exp.Subquery:
    if isinstance(query, exp.Subquery):
        query = query.this
    return exp.Subquery(this=query, alias=exp.TableAlias(this=exp.to_identifier(alias)))

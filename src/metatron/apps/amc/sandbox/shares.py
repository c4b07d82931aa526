"""Effective and equivalent users of the rows of an output.

Amazon's guide "Create a workflow" of AMC reporting says under "Filtered reason": effective users
"contribute a non-zero value to each metric column with a non-zero total for the row"; the
equivalent count is a metric's total divided by the largest part of one user; and of several counts
"the minimum" is the actual one. Its example under "Filtered output" counts the users of impressions
and of clicks apart, and drops a row when either is below 100, also where (108 and 359) they cannot
be the same people. So each metric is counted by itself, and the least count decides.

Both are exact here, and cost a second look at the data. Sums by four kinds of users spare it
wherever they show that two users have parts and nobody has more than half; that all of a group's
users have parts, wherever every row is above zero. Where rows are removed, those with too few
users need no look: they do not leave. A hundred users of one path are counted in two steps, which
tell both at once (`two_steps`).
"""

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass

from sqlglot import exp

from metatron.apps.amc.language.made import call
from metatron.apps.amc.sandbox.parts import Metric, all_positive, metrics, part_of
from metatron.apps.amc.sandbox.people import Kind
from metatron.apps.amc.sandbox.two_steps import NotInTwoSteps, in_two_steps

KINDS = 4
MOST_BY_KINDS = 2
"""So many effective users the sums by kinds can tell."""
_ROWS, _MAIN = "__rows", "__main"


@dataclass(slots=True)
class Shares:
    """The last grouped SELECT, before hidden columns were added; `users` by path."""

    select: exp.Select
    plain: exp.Select
    users: dict[int, exp.Expr]
    metrics: list[Metric]


@dataclass(frozen=True, slots=True)
class Needs:
    """How many users each path's columns ask for, `by_path`.

    `everywhere` has shares told of every row; `removes` has rows with too few users removed whole.
    """

    by_path: Mapping[int, int]
    everywhere: bool = False
    removes: bool = False


def measured(select: exp.Select, users: dict[int, exp.Expr]) -> Shares | None:
    """Return what can be told about users' shares; None where nothing can."""
    found = metrics(select, select.meta["amc_relation"])
    known = {path: user for path, user in users.items() if any(path in m.paths for m in found)}
    group = select.args.get("group")
    plain_keys = group is None or not {n for n, v in group.args.items() if v} - {"expressions"}
    return Shares(select, select.copy(), known, found) if known and plain_keys else None


def judged(shares: Shares, needs: Needs, kinds: Mapping[int, Kind]) -> exp.Select:
    """Return the SELECT with `__e<path>` effective and `__q<path>` equivalent users, at most 2.

    Unless asked for everywhere both are null in rows that need no second look: they have effective
    users enough and two equivalent ones, or do not leave anyhow. `kinds` tell how the users of each
    path are held: those of the only one, when counted, are looked at in the first pass.
    """
    at_once = _in_two_steps(shares, kinds)
    if at_once is not None:
        return at_once
    select = shares.select
    keys = _keys(select)
    _first_look(shares, needs)
    with_ = select.args.pop("with_", None)
    named = [
        _cte(_ROWS, select),
        _cte(_MAIN, _main(shares, [name for _, name in keys], needs)),
    ]
    outer = exp.select(f"{_MAIN}.*")
    for path in shares.users:
        named += [_cte(f"__part{path}", _part(shares, path, [key for key, _ in keys])),
                  _cte(f"__most{path}", _most(shares, path))]  # fmt: skip
        outer = outer.select(*_told(shares, path), copy=False)
    outer = outer.from_(_MAIN, copy=False)
    for path in shares.users:
        same = exp.EQ(this=_column("__g", _MAIN), expression=_column("__g", f"__most{path}"))
        outer = outer.join(exp.to_table(f"__most{path}"), on=same, join_type="left", copy=False)
    outer.set("with_", exp.With(expressions=named))
    if with_ is None:
        return outer
    whole = exp.select("*").from_(_bracketed(outer))
    whole.set("with_", with_)
    return whole


def _first_look(shares: Shares, needs: Needs) -> None:
    """Add what the rows are judged by in the first pass, as far as any row's look depends on it."""
    select = shares.select
    for metric in shares.metrics:
        if metric.hidden:
            select.append("expressions", _named(metric.value.copy(), metric.name))
    users = {} if needs.everywhere else shares.users
    for path, user in users.items():
        for place, metric in _of(shares, path):
            for kind in range(KINDS):
                whose = exp.EQ(
                    this=exp.Mod(this=user.copy(), expression=exp.Literal.number(KINDS)),
                    expression=exp.Literal.number(kind),
                )
                part = part_of(metric.value, whose)
                select.append("expressions", _named(part, _kind_name(path, place, kind)))
        if needs.by_path[path] > MOST_BY_KINDS:
            select.append("expressions", _named(_sure_of_all(shares, path), f"__p{path}"))


def _in_two_steps(shares: Shares, kinds: Mapping[int, Kind]) -> exp.Select | None:
    if kinds.keys() != shares.users.keys() or list(kinds.values()) != ["count"]:
        return None
    plain, ((path, user),) = shares.plain.copy(), shares.users.items()
    with suppress(NotInTwoSteps):
        told = [each for _, each in _of(shares, path)]
        return in_two_steps(plain, _keys(plain), path, user, told)
    return None


def _keys(select: exp.Select) -> list[tuple[exp.Expr, str]]:
    """Return what the rows are grouped by: over the source's rows, and its name in the output."""
    group = select.args.get("group")
    shown = list(select.expressions)
    found = []
    for number, key in enumerate(group.expressions if group else []):
        at = None
        if isinstance(key, exp.Literal) and key.is_int:
            at = shown[int(key.name) - 1]
        elif isinstance(key, exp.Column) and key.meta.get("amc_alias"):
            at = next(each for each in shown if each.alias.lower() == key.meta["amc_alias"])
        else:
            at = next((each for each in shown if _value(each) == key), None)
        if at is None:
            at = _named(key.copy(), f"__k{number}")
            select.append("expressions", at)
        found.append((_value(at).copy(), at.alias_or_name))
    return found


def _value(shown: exp.Expr) -> exp.Expr:
    return shown.this if isinstance(shown, exp.Alias) else shown


def _of(shares: Shares, path: int) -> list[tuple[int, Metric]]:
    return [(place, each) for place, each in enumerate(shares.metrics) if path in each.paths]


def _kind_name(path: int, place: int, kind: int) -> str:
    return f"__b{path}_{place}_{kind}"


def _sure_of_all(shares: Shares, path: int) -> exp.Expr:
    """Tell a group in which every user has a part in each metric."""
    told = [all_positive(each.value) for _, each in _of(shares, path)]
    known = [each for each in told if each is not None]
    return _sure(exp.and_(*known)) if len(known) == len(told) else exp.false()


def _main(shares: Shares, names: list[str], needs: Needs) -> exp.Select:
    """The rows with their key's hash, and whether a path's shares have to be looked at."""
    found = exp.select("*").from_(_ROWS)
    found.append("expressions", _named(_hashed([_column(name) for name in names]), "__g"))
    for path in shares.users:
        doubts = [
            doubt for place, each in _of(shares, path) for doubt in _doubts(path, place, each)
        ]
        found.append("expressions", _named(_looked_at(path, doubts, needs), f"__r{path}"))
    return found


def _looked_at(path: int, doubts: list[exp.Expr], needs: Needs) -> exp.Expr:
    """Tell a row whose shares have to be looked at."""
    need = needs.by_path[path]
    if needs.everywhere:
        return exp.true()
    if need <= MOST_BY_KINDS:
        return _any(doubts)
    enough = exp.GTE(this=_column(f"__n{path}"), expression=exp.Literal.number(need))
    unsure = exp.Not(this=exp.Paren(this=_column(f"__p{path}")))
    if needs.removes:
        return exp.and_(enough, _any([*doubts, unsure]))
    return _any([*doubts, exp.and_(enough, unsure)])


def _doubts(path: int, place: int, metric: Metric) -> list[exp.Expr]:
    kinds = [_column(_kind_name(path, place, kind)) for kind in range(KINDS)]
    total = _column(metric.name)
    two, zero = exp.Literal.number(2), exp.Literal.number(0)
    large: list[exp.Expr] = [
        exp.GT(this=exp.Mul(this=each.copy(), expression=two.copy()), expression=total.copy())
        for each in kinds
    ]
    with_parts: exp.Expr = zero.copy()
    for each in kinds:
        there = exp.NEQ(this=each.copy(), expression=zero.copy())
        one = exp.cast(exp.Paren(this=_sure(there)), "INTEGER", dialect="duckdb")
        with_parts = exp.Add(this=with_parts, expression=one)
    lonely = exp.and_(
        exp.LT(this=exp.Paren(this=with_parts), expression=two.copy()),
        exp.NEQ(this=total.copy(), expression=zero.copy()),
    )
    return [*large, lonely]


def _part(shares: Shares, path: int, keys: list[exp.Expr]) -> exp.Select:
    """One row for each doubtful group and user: the user's part of each metric."""
    found = shares.plain.copy()
    user = shares.users[path]
    for name in ("with_", "having", "windows"):
        found.set(name, None)
    parts = [_named(each.value.copy(), f"__m{place}") for place, each in _of(shares, path)]
    found.set("expressions", [_named(_hashed(keys), "__g"), _named(user.copy(), "__w"), *parts])
    found.set("group", exp.Group(expressions=[exp.Literal.number(1), exp.Literal.number(2)]))
    doubtful = exp.select("__g").from_(_MAIN).where(_column(f"__r{path}"))
    there = exp.Is(this=user.copy(), expression=exp.Null()).not_()
    among = exp.In(this=_hashed(keys), query=exp.Subquery(this=doubtful))
    return found.where(there, among, copy=False)


def _most(shares: Shares, path: int) -> exp.Select:
    """One row for each doubtful group: who has a part in each metric, and the largest part."""
    found = exp.select("__g").from_(f"__part{path}").group_by("__g")
    for place, _ in _of(shares, path):
        part = _column(f"__m{place}")
        not_zero = exp.NEQ(this=part.copy(), expression=exp.Literal.number(0))
        users = exp.Filter(this=call("count", part.copy()), expression=exp.Where(this=not_zero))
        found.append("expressions", _named(users, f"__e{place}"))
        found.append("expressions", _named(call("max", part), f"__x{place}"))
    return found


def _told(shares: Shares, path: int) -> list[exp.Expr]:
    most = f"__most{path}"
    effective: list[exp.Expr] = []
    equivalent: list[exp.Expr] = []
    for place, metric in _of(shares, path):
        total, largest = _column(metric.name, _MAIN), _column(f"__x{place}", most)
        looked_at = _column(f"__r{path}", _MAIN)
        not_zero = exp.NEQ(this=total.copy(), expression=exp.Literal.number(0))
        users = call("ifnull", _column(f"__e{place}", most), exp.Literal.number(0))
        effective.append(_when((exp.and_(looked_at.copy(), not_zero), users)))
        twice = exp.Mul(this=largest.copy(), expression=exp.Literal.number(2))
        positive = exp.GT(this=largest.copy(), expression=exp.Literal.number(0))
        enough = exp.GTE(this=total.copy(), expression=twice)
        equivalent.append(
            _when(
                (exp.and_(looked_at, positive.copy(), enough), exp.Literal.number(2)),
                (exp.and_(looked_at.copy(), positive), exp.Literal.number(1)),
            )
        )
    return [
        _named(call("list_min", exp.Array(expressions=values)), f"{name}{path}")
        for name, values in (("__e", effective), ("__q", equivalent))
    ]


def _when(*branches: tuple[exp.Expr, exp.Expr]) -> exp.Expr:
    return exp.Case(ifs=[exp.If(this=asked, true=then) for asked, then in branches])


def _hashed(keys: list[exp.Expr]) -> exp.Expr:
    return call("hash", *([each.copy() for each in keys] or [exp.Literal.number(0)]))


def _any(conditions: list[exp.Expr]) -> exp.Expr:
    return _sure(exp.or_(*conditions))


def _sure(condition: exp.Expr) -> exp.Expr:
    """A condition that is false where it is not known."""
    return call("ifnull", condition, exp.false())


def _named(value: exp.Expr, name: str) -> exp.Expr:
    return exp.alias_(value, name, quoted=True)


def _column(name: str, table: str | None = None) -> exp.Column:
    return exp.column(exp.to_identifier(name, quoted=True), table)


def _cte(name: str, query: exp.Expr) -> exp.CTE:
    alias = exp.TableAlias(this=exp.to_identifier(name))
    return exp.CTE(this=query, alias=alias, materialized=True)


def _bracketed(query: exp.Select) -> exp.Subquery:
    alias = exp.TableAlias(this=exp.to_identifier("__judged"))
    return exp.Subquery(this=query, alias=alias)

"""Effective and equivalent users of the rows of an output.

Amazon's guide "Create a workflow" of AMC reporting says under "Filtered reason": effective users
"contribute a non-zero value to each metric column with a non-zero total for the row"; the
equivalent count is a metric's total divided by the largest part of one user; and of several counts
"the minimum" is the actual one. Its example under "Filtered output" counts the users of impressions
and of clicks apart, and drops a row when either is below 100, also where (108 and 359) they cannot
be the same people. So each metric is counted by itself, and the least count decides.

Both are exact here, and cost a second look at the data. Sums by three kinds of users spare it
wherever no row is below zero and they show that two users have parts and nobody has more than half;
that all of a group's users have parts, wherever every row is above zero. Parts below zero count by
their size, as the total does: what is turned round hides nobody, and what cancels out leaves nobody
to stand behind it. Where rows are removed, those with too few
users need no look: they do not leave. A hundred users of one path are counted in two steps, which
tell both at once (`two_steps`). A path of which no column asks for more than one user is not
looked at, unless its count is shown.
"""

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass

from sqlglot import exp

from metatron.apps.amc.language.made import call
from metatron.apps.amc.sandbox.judging import (
    KINDS,
    MAIN,
    MOST_BY_KINDS,
    SUMMED,
    Judge,
    Needs,
    column,
    kind_name,
    named,
    sign_name,
    sure,
)
from metatron.apps.amc.sandbox.parts import (
    Metric,
    all_positive,
    metrics,
    never_negative,
    part_of,
)
from metatron.apps.amc.sandbox.people import Kind
from metatron.apps.amc.sandbox.two_steps import NotInTwoSteps, in_two_steps

_ROWS = "__rows"


@dataclass(slots=True)
class Shares:
    """The last grouped SELECT, before hidden columns were added; `users` by path."""

    select: exp.Select
    plain: exp.Select
    users: dict[int, exp.Expr]
    metrics: list[Metric]


def measured(select: exp.Select, users: dict[int, exp.Expr], needs: Needs) -> Shares | None:
    """Return what can be told about users' shares; None where nothing can or has to be."""
    found = metrics(select, select.meta["amc_relation"])
    known = {
        path: user
        for path, user in users.items()
        if needs.asked_of(path) and any(path in metric.paths for metric in found)
    }
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
    select, judge = shares.select, Judge(needs, kinds)
    keys = _keys(select)
    _first_look(shares, needs)
    with_ = select.args.pop("with_", None)
    steps = [
        _cte(_ROWS, select),
        _cte(MAIN, _main(shares, [name for _, name in keys], judge)),
    ]
    outer = exp.select(f"{MAIN}.*")
    for path in shares.users:
        steps += [_cte(f"__part{path}", _part(shares, path, [key for key, _ in keys])),
                  _cte(f"__most{path}", _most(shares, path))]  # fmt: skip
        outer = outer.select(*judge.told(path, _of(shares, path)), copy=False)
    outer = outer.from_(MAIN, copy=False)
    for path in shares.users:
        same = exp.EQ(this=column("__g", MAIN), expression=column("__g", f"__most{path}"))
        outer = outer.join(exp.to_table(f"__most{path}"), on=same, join_type="left", copy=False)
    outer.set("with_", exp.With(expressions=steps))
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
            select.append("expressions", named(metric.value.copy(), metric.name))
    users = {} if needs.everywhere else shares.users
    for place in sorted({place for path in users for place, _ in _of(shares, path)}):
        signs = never_negative(shares.metrics[place].value)
        if signs != exp.true():
            told = sure(signs) if signs is not None else exp.false()
            select.append("expressions", named(told, sign_name(place)))
    for path, user in users.items():
        for place, metric in _of(shares, path):
            for kind in range(SUMMED):
                whose = exp.EQ(
                    this=exp.Mod(this=user.copy(), expression=exp.Literal.number(KINDS)),
                    expression=exp.Literal.number(kind),
                )
                part = part_of(metric.value, whose)
                select.append("expressions", named(part, kind_name(path, place, kind)))
        if needs.by_path[path] > MOST_BY_KINDS:
            select.append("expressions", named(_sure_of_all(shares, path), f"__p{path}"))


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
            at = named(key.copy(), f"__k{number}")
            select.append("expressions", at)
        found.append((_value(at).copy(), at.alias_or_name))
    return found


def _value(shown: exp.Expr) -> exp.Expr:
    return shown.this if isinstance(shown, exp.Alias) else shown


def _of(shares: Shares, path: int) -> list[tuple[int, Metric]]:
    return [(place, each) for place, each in enumerate(shares.metrics) if path in each.paths]


def _sure_of_all(shares: Shares, path: int) -> exp.Expr:
    """Tell a group in which every user has a part in each metric."""
    told = [all_positive(each.value) for _, each in _of(shares, path)]
    known = [each for each in told if each is not None]
    return sure(exp.and_(*known)) if len(known) == len(told) else exp.false()


def _main(shares: Shares, names: list[str], judge: Judge) -> exp.Select:
    """The rows with their key's hash, and whether a path's shares have to be looked at."""
    found = exp.select("*").from_(_ROWS)
    found.append("expressions", named(_hashed([column(name) for name in names]), "__g"))
    for path in shares.users:
        told = _of(shares, path)
        found.append("expressions", named(judge.looked_at(path, told), f"__r{path}"))
    return found


def _part(shares: Shares, path: int, keys: list[exp.Expr]) -> exp.Select:
    """One row for each doubtful group and user: the user's part of each metric."""
    found = shares.plain.copy()
    user = shares.users[path]
    for name in ("with_", "having", "windows"):
        found.set(name, None)
    parts = [named(each.value.copy(), f"__m{place}") for place, each in _of(shares, path)]
    found.set("expressions", [named(_hashed(keys), "__g"), named(user.copy(), "__w"), *parts])
    found.set("group", exp.Group(expressions=[exp.Literal.number(1), exp.Literal.number(2)]))
    doubtful = exp.select("__g").from_(MAIN).where(column(f"__r{path}"))
    there = exp.Is(this=user.copy(), expression=exp.Null()).not_()
    among = exp.In(this=_hashed(keys), query=exp.Subquery(this=doubtful))
    return found.where(there, among, copy=False)


def _most(shares: Shares, path: int) -> exp.Select:
    """One row for each doubtful group: who has a part in each metric, and the largest part."""
    found = exp.select("__g").from_(f"__part{path}").group_by("__g")
    for place, _ in _of(shares, path):
        part = column(f"__m{place}")
        not_zero = exp.NEQ(this=part.copy(), expression=exp.Literal.number(0))
        users = exp.Filter(this=call("count", part.copy()), expression=exp.Where(this=not_zero))
        found.append("expressions", named(users, f"__e{place}"))
        found.append("expressions", named(call("max", call("abs", part)), f"__x{place}"))
    return found


def _hashed(keys: list[exp.Expr]) -> exp.Expr:
    return call("hash", *([each.copy() for each in keys] or [exp.Literal.number(0)]))


def _cte(name: str, query: exp.Expr) -> exp.CTE:
    alias = exp.TableAlias(this=exp.to_identifier(name))
    return exp.CTE(this=query, alias=alias, materialized=True)


def _bracketed(query: exp.Select) -> exp.Subquery:
    alias = exp.TableAlias(this=exp.to_identifier("__judged"))
    return exp.Subquery(this=query, alias=alias)

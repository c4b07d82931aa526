"""The static check before a run, and what it tells of the query.

The language is imported at the first run: a web process that checks nothing does without it.
"""

import asyncio
import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from metatron.apps.amc.runs.errors import QueryRefused
from metatron.apps.amc.runs.one_line import code_in, problem_of
from metatron.apps.amc.runs.parameters import Binding, filled
from metatron.apps.amc.runs.windows import TRAFFIC_TIME, Span
from metatron.kernel.errors import FieldError


@dataclass(frozen=True, slots=True)
class Remarks:
    """What the check says: its findings as an editor takes them."""

    is_refused: bool
    findings: list[dict[str, Any]]


async def reads_traffic_time(sql: str, tables: Mapping[str, str] | None = None) -> bool:
    """Tell whether a query, with `tables` filled in, reads the one that settles for 14 days."""
    named = tables or {}
    if TRAFFIC_TIME not in sql.lower() and TRAFFIC_TIME not in named.values():
        return False
    return await asyncio.to_thread(_reads, sql, named)


def _reads(sql: str, tables: Mapping[str, str]) -> bool:
    from metatron.apps.amc.language.checking import Checking, check  # noqa: PLC0415

    checked = check(sql, Checking(tables=tables))
    # A query that cannot be read names the table somewhere: the longer lag is the safe one.
    found = checked.bound is None or any(
        each.table.name == TRAFFIC_TIME for each in checked.bound.readings
    )
    checked.release()
    return found


async def remarks(
    sql: str,
    bound: Binding,
    span_utc: Span,
    *,
    now: dt.datetime,
    listed: dict[str, Any] | None = None,
    controls: bool = True,
) -> Remarks:
    """Check a query with its values over a span (wall clock of UTC).

    `listed` is what is kept of the list of tables of the client it is for; without `controls`
    rows and values need no users behind them.
    """
    return await asyncio.to_thread(_remarks, sql, bound, span_utc, now, listed, controls=controls)


def _remarks(
    sql: str,
    bound: Binding,
    span: Span,
    now: dt.datetime,
    listed: dict[str, Any] | None,
    *,
    controls: bool,
) -> Remarks:
    from metatron.apps.amc.language.checking import Checking, Window, check  # noqa: PLC0415
    from metatron.apps.amc.schema.listing import facts_with  # noqa: PLC0415

    against = Checking(
        bound.declared,
        bound.values,
        Window(span.start, span.end),
        now,
        facts_with(listed),
        tables=bound.tables,
        controls=controls,
    )
    checked = check(sql, against)
    told = Remarks(checked.refused, [each.as_json(sql) for each in checked.report.findings])
    checked.release()
    return told


def refuse(told: Remarks) -> None:
    """Raise `QueryRefused`, with all findings, when AMC would refuse the query."""
    if not told.is_refused:
        return
    errors = [each for each in told.findings if each["severity"] == "error"]
    raise QueryRefused(
        errors[0]["message"],
        errors=tuple(FieldError("body.sql", each["code"], each["message"]) for each in errors),
        extra={"findings": told.findings},
    )


async def problem_with(sql: str, bound: Binding | None, reason: str) -> dict[str, Any]:
    """Return why AMC failed a run, with the place in the author's text where one can be told."""
    sent = filled(sql, bound) if bound else sql
    problem: dict[str, Any] = problem_of(sent, reason)
    code = code_in(reason)
    if problem["line"] is None and code is not None:
        place = await asyncio.to_thread(_place, sql, bound, code)
        if place is not None:
            problem |= {"line": place["start_line"], "column": place["start_column"]}
    return problem


def _place(sql: str, bound: Binding | None, code: str) -> dict[str, Any] | None:
    from metatron.apps.amc.language.checking import Checking, check  # noqa: PLC0415

    against = Checking(bound.declared, tables=bound.tables) if bound else Checking()
    checked = check(sql, against)
    found = next((each for each in checked.report.findings if each.code == code), None)
    checked.release()
    return None if found is None else found.span.lines(sql)

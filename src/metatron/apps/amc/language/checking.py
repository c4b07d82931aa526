"""The static check: everything that can be said about a query before it runs."""

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from sqlglot import exp

from metatron.apps.amc.language import outputs
from metatron.apps.amc.language.binding import Binder, Bound
from metatron.apps.amc.language.dialect import parse
from metatron.apps.amc.language.findings import Report, Span, never
from metatron.apps.amc.language.forecast import Forecast, forecast
from metatron.apps.amc.language.grammar import refuse_unknown_constructs
from metatron.apps.amc.language.parameters import BadValue, is_type, typed
from metatron.apps.amc.language.places import UNIT
from metatron.apps.amc.language.sources import TooLarge
from metatron.apps.amc.language.walking import nodes_of
from metatron.apps.amc.schema.facts import Facts
from metatron.apps.amc.schema.loading import facts

MOST_NODES, MOST_TABLES = 20_000, 100
TOO_LARGE = "this is larger than any query AMC is given"
HISTORY_DAYS = 395
"""AMC keeps 13 months."""
SETTLING_DAYS = 14
"""Ad events can be credited with conversions that long after."""
TRAFFIC_TIME = "amazon_attributed_events_by_traffic_time"


@dataclass(frozen=True, slots=True)
class Window:
    """The half-open window of a run, wall clock of UTC."""

    start: dt.datetime
    end: dt.datetime


@dataclass(frozen=True, slots=True)
class Checking:
    """What a query is checked against. Without window or `now` nothing is said about times.

    `facts` are those of an instance; None stands for all that AMC may have. `is_stopped` is
    asked all the time, and ends the check with `Stopped` when it says yes.
    """

    declared: Mapping[str, str] = field(default_factory=dict)
    values: Mapping[str, Any] = field(default_factory=dict)
    window: Window | None = None
    now: dt.datetime | None = None
    facts: Facts | None = None
    is_stopped: Callable[[], bool] = never
    tables: Mapping[str, str] = field(default_factory=dict)
    """Tables to be filled in, by the names of their macros."""
    controls: bool = True
    """False over made-up data without aggregation controls: nothing is guarded, and single events
    may leave."""


@dataclass(slots=True)
class Checked:
    """The outcome: findings, and for a readable query what binding it found."""

    text: str
    report: Report
    bound: Bound | None = None
    forecast: list[Forecast] = field(default_factory=list)

    @property
    def refused(self) -> bool:
        """Whether AMC would refuse the query."""
        return self.report.refused

    def release(self) -> None:
        """Let go of the tree; findings and forecast stay.

        Its nodes know their parents: left alone, the collector frees many trees in one long halt.
        """
        if self.bound is not None:
            for node in nodes_of(self.bound.query):
                node.parent = None
            self.bound = None

    def as_json(self) -> dict[str, Any]:
        """Return findings and forecast as an editor takes them."""
        findings = []
        for each in self.report.findings:
            self.report.go_on()
            findings.append(each.as_json(self.text))
        return {
            "ok": not self.refused,
            "unit": UNIT,
            "findings": findings,
            "columns": [each.as_json() for each in self.forecast],
        }


def check(text: str, against: Checking) -> Checked:
    """Check the AMC SQL `text`; never raises for what is wrong with it.

    Raises:
        Stopped: `against.is_stopped` says that nobody waits for it.
    """
    report = Report(text, is_stopped=against.is_stopped)
    checked = Checked(text, report)
    _parameters(against, report)
    query = parse(text, report, against.tables)
    report.go_on()
    if query is None:
        return checked
    nodes = nodes_of(query)
    if _is_too_large(nodes):
        report.error("AMC022", TOO_LARGE, Span(0, len(text)))
        return checked
    refuse_unknown_constructs(nodes, report)
    known = against.facts or facts()
    binder = Binder(known, report, against.declared, controls=against.controls)
    try:
        checked.bound = binder.bind(query)
    except RecursionError:
        report.error("AMC022", "not AMC SQL: nested too deeply", Span(0, len(text)))
        return checked
    except TooLarge:
        report.error("AMC022", TOO_LARGE, Span(0, len(text)))
        return checked
    outputs.refuse(checked.bound, known, report, controls=against.controls)
    for name in against.declared:
        if name not in checked.bound.used_parameters:
            report.warning("AMC011", f"the parameter {name!r} is declared but not used", Span(0, 0))
    _times(against, report, checked.bound)
    report.findings.sort(key=lambda each: (each.span.start, each.code))
    checked.forecast = forecast(checked.bound, known, report, controls=against.controls)
    return checked


def heads(text: str, tables: Mapping[str, str] | None = None) -> set[str]:
    """Return the names of a query's columns into which a count of different people went."""
    checked = check(text, Checking(tables=tables or {}))
    fields = checked.bound.output.fields.values() if checked.bound else ()
    found = {each.name for each in fields if each.heads}
    checked.release()
    return found


def _is_too_large(nodes: list[exp.Expr]) -> bool:
    """Tell whether looking at it would take minutes: what a name may mean grows with both."""
    tables = sum(isinstance(each, exp.Table) for each in nodes)
    return len(nodes) > MOST_NODES or tables > MOST_TABLES


def _parameters(against: Checking, report: Report) -> None:
    for name, kind in against.declared.items():
        if not is_type(kind):
            report.error("AMC026", f"{name}: there is no type {kind}", Span(0, 0))
        elif name in against.values:
            try:
                typed(name, kind, against.values[name])
            except BadValue as bad:
                report.error("AMC026", str(bad), Span(0, 0))


def _times(against: Checking, report: Report, bound: Bound) -> None:
    if against.window is None or against.now is None:
        return
    now = against.now.astimezone(dt.UTC).replace(tzinfo=None)
    begun = (now - against.window.start).days
    is_settling = now - against.window.end < dt.timedelta(SETTLING_DAYS)
    early = {each.path for each in bound.readings if begun + each.before_days > HISTORY_DAYS}
    open_ = {
        each.path for each in bound.readings if is_settling and each.table.name == TRAFFIC_TIME
    }
    if not early | open_:
        return
    for node in bound.query.find_all(exp.Table):
        report.go_on()
        reading = node.meta.get("amc_reading")
        if reading is None:
            continue
        if reading.path in early:
            message = f"AMC keeps 13 months: {reading.table.name} begins earlier"
            report.error("AMC020", message, _place(node))
        if reading.path in open_:
            message = f"conversions are still credited for {SETTLING_DAYS} days after the window"
            report.warning("AMC018", message, _place(node))


def _place(node: exp.Table) -> Span:
    places = [each.meta for each in node.walk() if "start" in each.meta]
    return Span(places[0]["start"], places[0]["end"] + 1) if places else Span(0, 0)

"""The static check: everything that can be said about a query before it runs."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from sqlglot import exp

from metatron.apps.amc.language import outputs
from metatron.apps.amc.language.binding import Binder, Bound
from metatron.apps.amc.language.dialect import parse
from metatron.apps.amc.language.findings import Report, Span
from metatron.apps.amc.language.forecast import Forecast, forecast
from metatron.apps.amc.language.parameters import BadValue, is_type, typed
from metatron.apps.amc.schema.loading import facts

MOST_NODES, MOST_TABLES = 20_000, 100
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

    `products` are the paid products of the instance; None stands for all of them.
    """

    declared: Mapping[str, str] = field(default_factory=dict)
    values: Mapping[str, Any] = field(default_factory=dict)
    window: Window | None = None
    now: dt.datetime | None = None
    products: frozenset[str] | None = None


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
            for node in list(self.bound.query.walk()):
                node.parent = None
            self.bound = None

    def as_json(self) -> dict[str, Any]:
        """Return findings and forecast as an editor takes them."""
        return {
            "ok": not self.refused,
            "findings": [each.as_json(self.text) for each in self.report.findings],
            "columns": [each.as_json() for each in self.forecast],
        }


def check(text: str, against: Checking) -> Checked:
    """Check the AMC SQL `text`; never raises for what is wrong with it."""
    report = Report(text)
    checked = Checked(text, report)
    _parameters(against, report)
    query = parse(text, report)
    if query is None:
        return checked
    if _is_too_large(query):
        report.error("AMC022", "this is larger than any query AMC is given", Span(0, len(text)))
        return checked
    binder = Binder(facts(), report, against.declared, against.products)
    try:
        checked.bound = binder.bind(query)
    except RecursionError:
        report.error("AMC022", "not AMC SQL: nested too deeply", Span(0, len(text)))
        return checked
    outputs.refuse(checked.bound, facts(), report)
    for name in against.declared:
        if name not in checked.bound.used_parameters:
            report.warning("AMC011", f"the parameter {name!r} is declared but not used", Span(0, 0))
    _times(against, report, query)
    report.findings.sort(key=lambda each: (each.span.start, each.code))
    checked.forecast = forecast(checked.bound, facts())
    return checked


def _is_too_large(query: exp.Query) -> bool:
    """Tell whether looking at it would take minutes: what a name may mean grows with both."""
    tables = 0
    for nodes, node in enumerate(query.walk(), 1):
        tables += isinstance(node, exp.Table)
        if nodes > MOST_NODES or tables > MOST_TABLES:
            return True
    return False


def _parameters(against: Checking, report: Report) -> None:
    for name, kind in against.declared.items():
        if not is_type(kind):
            report.error("AMC026", f"{name}: there is no type {kind}", Span(0, 0))
        elif name in against.values:
            try:
                typed(name, kind, against.values[name])
            except BadValue as bad:
                report.error("AMC026", str(bad), Span(0, 0))


def _times(against: Checking, report: Report, query: exp.Query) -> None:
    if against.window is None or against.now is None:
        return
    now = against.now.astimezone(dt.UTC).replace(tzinfo=None)
    for node in query.find_all(exp.Table):
        reading = node.meta.get("amc_reading")
        if reading is None:
            continue
        place = _place(node)
        if (now - against.window.start).days + reading.before_days > HISTORY_DAYS:
            report.error(
                "AMC020", f"AMC keeps 13 months: {reading.table.name} begins earlier", place
            )
        if reading.table.name == TRAFFIC_TIME and now - against.window.end < dt.timedelta(
            SETTLING_DAYS
        ):
            message = f"conversions are still credited for {SETTLING_DAYS} days after the window"
            report.warning("AMC018", message, place)


def _place(node: exp.Table) -> Span:
    places = [each.meta for each in node.walk() if "start" in each.meta]
    return Span(places[0]["start"], places[0]["end"] + 1) if places else Span(0, 0)

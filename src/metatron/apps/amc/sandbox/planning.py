"""From AMC SQL to what DuckDB runs: one statement, the views it reads, and its bound values."""

import datetime as dt
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from metatron.apps.amc.language.checking import Checked, Checking, check
from metatron.apps.amc.language.parameters import all_typed
from metatron.apps.amc.sandbox.rewriting import Rewriter
from metatron.apps.amc.sandbox.thresholds import Filter, Privacy, needed, needs_of
from metatron.apps.amc.sandbox.translation import Translation
from metatron.apps.amc.sandbox.views import definitions
from metatron.apps.amc.schema.loading import facts


class Refused(ValueError):
    """A query AMC would not run; `checked` says why."""

    def __init__(self, checked: Checked) -> None:
        errors = [each for each in checked.report.findings if each.severity == "error"]
        super().__init__(f"{errors[0].code}: {errors[0].message}")
        self.checked = checked


@dataclass(frozen=True, slots=True)
class Plan:
    """What a worker runs. `values` are by marker, already typed."""

    statement: str
    views: list[str]
    values: dict[str, Any] = field(default_factory=dict)


def plan(text: str, against: Checking, privacy: Privacy, folder: Path) -> Plan:
    """Return the plan of an AMC query over the data in `folder`.

    Refused when the check finds an error; BadValue when a value is missing or does not fit.
    `against.now` must be given: it is what the query takes for the present.
    """
    assert against.now is not None
    checked = check(text, against)
    if checked.refused or checked.bound is None:
        raise Refused(checked)
    values = all_typed(against.declared, against.values)
    bound = checked.bound
    fields = list(bound.output.fields.values())
    need = needed(fields, facts()) if privacy.enforced else 0
    translation = Translation(against.window, _utc(against.now), against.declared)
    rewritten = Rewriter(against.window, need, needs_of(fields, facts(), privacy)).rewrite(bound)
    inner = translation.translate(rewritten.query).sql(dialect="duckdb", identify=True)
    statement = inner
    if privacy.enforced:
        tables = bound.output.paths
        kept = Filter(fields, tables, rewritten.kinds, facts(), privacy, rewritten.shared)
        statement = kept.over(inner)
    views = definitions(facts(), folder, (each.table.name for each in bound.readings))
    return Plan(statement, views, {mark: values[name] for mark, name in translation.bound.items()})


def _utc(now: dt.datetime) -> dt.datetime:
    return now.astimezone(dt.UTC)

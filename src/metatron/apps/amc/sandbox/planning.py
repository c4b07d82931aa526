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
from metatron.apps.amc.sandbox.user_keys import are_only_keys
from metatron.apps.amc.sandbox.views import definitions
from metatron.apps.amc.schema.loading import facts

TELL_CODES = ("HASH64", "JSON_EXTRACT")
"""Functions that tell a text from its number among a few."""


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
    numbered = are_only_keys(bound)
    fields = list(bound.output.fields.values())
    need = needed(fields, facts()) if privacy.enforced else 0
    translation = Translation(against.window, _utc(against.now), against.declared)
    rewritten = Rewriter(against.window, need, needs_of(fields, facts(), privacy)).rewrite(bound)
    inner = translation.translate(rewritten.query).sql(dialect="duckdb", identify=True)
    statement = inner
    if privacy.enforced:
        kept = Filter(
            fields, bound.output.paths, rewritten.kinds, facts(), privacy, rewritten.shared
        )
        statement = kept.over(inner)
    tables = (each.table.name for each in bound.readings)
    coded = not any(name in text.upper() for name in TELL_CODES)
    views = definitions(facts(), folder, tables, coded=coded, numbered=numbered)
    return Plan(statement, views, {mark: values[name] for mark, name in translation.bound.items()})


def _utc(now: dt.datetime) -> dt.datetime:
    return now.astimezone(dt.UTC)

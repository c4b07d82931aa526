"""Reads the facts from the package's own YAML files, once a process."""

from collections.abc import Mapping
from functools import cache
from importlib import resources
from types import MappingProxyType
from typing import Any

import yaml

from metatron.apps.amc.schema.facts import Column, Facts, Level, Table, Threshold

# The C reader where PyYAML has it: ten times as fast.
_Loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


@cache
def facts() -> Facts:
    """Return the facts about every AMC table."""
    here = resources.files(__package__)
    rules = yaml.load(here.joinpath("rules.yaml").read_text("utf-8"), Loader=_Loader)  # noqa: S506
    raw = {
        file.name.removesuffix(".yaml"): yaml.load(file.read_text("utf-8"), Loader=_Loader)  # noqa: S506
        for file in here.joinpath("tables").iterdir()
    }
    samples = yaml.load(here.joinpath("samples.yaml").read_text("utf-8"), Loader=_Loader)  # noqa: S506
    thresholds = {
        Level[name]: Threshold(Level[name], **rule) for name, rule in rules["thresholds"].items()
    }
    tables = {name: _table(name, raw, rules["identifiers"], samples[name]) for name in sorted(raw)}
    return Facts(
        tables=MappingProxyType(tables),
        thresholds=MappingProxyType(thresholds),
        units=MappingProxyType(rules["units"]),
        sources=MappingProxyType(rules["sources"]),
    )


def _table(name: str, raw: Mapping[str, Any], identifiers: Mapping[str, str], sample: str) -> Table:
    told = raw[name]
    columns = _inherited(told, raw) | told.get("columns", {})
    return Table(
        name=name,
        group=told["group"],
        summary=told["summary"],
        columns=MappingProxyType(
            {each: _column(each, columns[each], identifiers) for each in sorted(columns)}
        ),
        time_column=told.get("time_column"),
        requires=told.get("requires"),
        audience_table=told.get("audience_table"),
        sample=sample.strip(),
    )


def _inherited(told: Mapping[str, Any], raw: Mapping[str, Any]) -> dict[str, Any]:
    if "extends" in told:
        return dict(raw[told["extends"]]["columns"])
    if "mirrors" in told:
        mirrored = raw[told["mirrors"]["table"]]["columns"]
        return {
            each: {**column, "src": told["mirrors"]["src"]} for each, column in mirrored.items()
        }
    return {}


def _column(name: str, told: Mapping[str, Any], identifiers: Mapping[str, str]) -> Column:
    return Column(
        name=name,
        type=told["type"],
        kind=told["kind"],
        level=Level[told["threshold"]],
        doc=told["doc"],
        sources=told["src"],
        unit=told.get("unit"),
        identifier=identifiers.get(name),
    )

"""The facts as they are in an instance: ours, and what its own list of tables says otherwise."""

from collections.abc import Mapping
from dataclasses import replace
from functools import lru_cache
from types import MappingProxyType
from typing import Any

import orjson

from metatron.apps.amc.schema.facts import Column, Facts, Level, Table
from metatron.apps.amc.schema.loading import facts

_GROUP, _SOURCE = "only in this instance", "L"
_COUNTED = "SELECT COUNT(*) AS n\nFROM "


def facts_with(kept: Mapping[str, Any] | None) -> Facts:
    """Return the facts as they are in an instance of which `kept` is kept; ours without any."""
    return _merged(orjson.dumps(kept, option=orjson.OPT_SORT_KEYS)) if kept else facts()


@lru_cache(maxsize=32)
def _merged(kept: bytes) -> Facts:
    told = orjson.loads(kept)
    ours = facts()
    tables = dict(ours.tables)
    for name, more in told["more"].items():
        known = tables.get(name) or _unknown(name, more["description"])
        columns = dict(known.columns) | {each["name"]: _as_column(each) for each in more["columns"]}
        tables[name] = replace(
            known,
            columns=MappingProxyType({each: columns[each] for each in sorted(columns)}),
            tags=tuple(more["tags"]),
        )
    return replace(
        ours,
        tables=MappingProxyType({name: tables[name] for name in sorted(tables)}),
        missing=frozenset(told["missing"]),
    )


def _unknown(name: str, description: str) -> Table:
    return Table(name, _GROUP, description, {}, sample=_COUNTED + name)


def _as_column(told: Mapping[str, str]) -> Column:
    """Amazon lists no thresholds: what we know nothing of is held to be guarded."""
    return Column(told["name"], told["type"], told["kind"], Level.MEDIUM, told["doc"], _SOURCE)

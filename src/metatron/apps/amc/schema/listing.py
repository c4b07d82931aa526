"""What an instance lists of tables and columns, beside what we know of them.

Kept is only where the two differ: tables that are missing there, and what only Amazon knows.
"""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from functools import lru_cache
from types import MappingProxyType
from typing import Any

import orjson

from metatron.apps.amc.schema.facts import Column, Facts, Level, Table
from metatron.apps.amc.schema.loading import facts

MOST_TABLES, MOST_COLUMNS, LONGEST_DOC = 500, 2_000, 2_000
_GROUP, _SOURCE = "only in this instance", "L"
_KINDS = {"METRIC": "metric", "DIMENSION": "dimension"}


def kept_of(sources: Iterable[Mapping[str, Any]]) -> dict[str, Any]:
    """Return what is kept of an instance's tables: `name`, `description`, `tags`, `columns`."""
    known = facts().tables
    listed = {str(each["name"]).lower(): each for each in list(sources)[:MOST_TABLES]}
    more = {}
    for name, source in listed.items():
        own = known[name].columns if name in known else {}
        columns = [
            _column(each)
            for each in list(source["columns"])[:MOST_COLUMNS]
            if str(each["name"]).lower() not in own
        ]
        tags = [str(each)[:40] for each in source["tags"]]
        if columns or tags or name not in known:
            described = "" if name in known else str(source["description"])[:LONGEST_DOC]
            more[name] = {"description": described, "tags": tags, "columns": columns}
    audience = {each.audience_table for each in known.values()}
    return {
        "count": len(listed),
        "missing": sorted(known.keys() - listed.keys()),
        "more": {name: more[name] for name in sorted(more) if name not in audience},
    }


def _column(told: Mapping[str, Any]) -> dict[str, str]:
    return {
        "name": str(told["name"]).lower()[:200],
        "type": str(told["data_type"]).upper()[:60] or "STRING",
        "kind": _KINDS.get(str(told["column_type"]).upper(), "dimension"),
        "doc": str(told["description"])[:LONGEST_DOC],
    }


def facts_with(kept: Mapping[str, Any] | None) -> Facts:
    """Return the facts as they are in an instance of which `kept` is kept; ours without any."""
    return _merged(orjson.dumps(kept, option=orjson.OPT_SORT_KEYS)) if kept else facts()


@lru_cache(maxsize=32)
def _merged(kept: bytes) -> Facts:
    told = orjson.loads(kept)
    ours = facts()
    tables = dict(ours.tables)
    for name, more in told["more"].items():
        sample = f"SELECT COUNT(*) AS n\nFROM {name}"
        known = tables.get(name) or Table(name, _GROUP, more["description"], {}, sample=sample)
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


def _as_column(told: Mapping[str, str]) -> Column:
    """Amazon lists no thresholds: what we know nothing of is held to be guarded."""
    return Column(told["name"], told["type"], told["kind"], Level.MEDIUM, told["doc"], _SOURCE)

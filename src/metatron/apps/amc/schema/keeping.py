"""What is kept of an instance's list of tables: where it differs from what we know of them."""

from collections.abc import Iterable, Mapping
from typing import Any

from metatron.apps.amc.schema.loading import facts

MOST_TABLES, MOST_COLUMNS, LONGEST_DOC = 500, 2_000, 2_000
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

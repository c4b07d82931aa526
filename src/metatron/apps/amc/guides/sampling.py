"""Sample rows of the guides: what their queries give over the local sandbox's smallest preset."""

import datetime as dt
import decimal
import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from metatron.apps.amc.declarations import declared_types
from metatron.apps.amc.guides.guide import Guide, Query
from metatron.apps.amc.guides.reading import SAMPLE
from metatron.apps.amc.language.checking import Checking, Window
from metatron.apps.amc.sandbox import world
from metatron.apps.amc.sandbox.planning import Plan, plan
from metatron.apps.amc.sandbox.thresholds import Privacy
from metatron.apps.amc.sandbox.together import run_together

ROWS = 10
NOW = dt.datetime(2026, 11, 20, tzinfo=dt.UTC)
START = dt.datetime.combine(world.FIRST_DAY, dt.time())
WINDOW = Window(START, START + dt.timedelta(days=world.DAYS))
DIGITS = 4
"""Sums of fractions differ in their last digits with the sequence of the rows."""
_TYPES = {"VARCHAR": "STRING", "BIGINT": "LONG", "HUGEINT": "LONG", "INTEGER": "INTEGER"}


def plan_of(query: Query, folder: Path, privacy: Privacy | None = None) -> Plan:
    """Return the plan of a guide's query with its own values over the data in `folder`.

    Refused when the static check finds an error.
    """
    against = Checking(declared_types(query.parameters), query.values, WINDOW, NOW)
    return plan(query.sql, against, privacy or Privacy(), folder)


def samples(guides: Iterable[Guide], folder: Path) -> dict[str, dict[str, Any]]:
    """Return by guide and query the columns and first rows, filtered as AMC filters them."""
    queries = [(guide.slug, query) for guide in guides for query in guide.queries]
    plans = (plan_of(query, folder) for _, query in queries)
    found: dict[str, dict[str, Any]] = {}
    for (slug, query), (columns, rows) in zip(queries, run_together(plans), strict=True):
        names = [name for name, _ in columns]
        shown = _first([[_plain(value) for value in row] for row in rows], names, query.sort)
        found.setdefault(slug, {})[query.key] = {
            "columns": [{"name": name, "type": _TYPES.get(kind, kind)} for name, kind in columns],
            "rows": shown,
        }
    return found


def as_text(sample: dict[str, Any]) -> str:
    """Return a guide's sample rows as they are kept: a row a line, so that changes can be read."""
    parts = []
    for key, told in sample.items():
        columns = json.dumps(told["columns"])
        rows = ",\n".join(f"      {json.dumps(row)}" for row in told["rows"])
        parts.append(
            f'  "{key}": {{\n    "columns": {columns},\n    "rows": [\n{rows}\n    ]\n  }}'
        )
    return "{\n" + ",\n".join(parts) + "\n}\n"


def write(found: dict[str, dict[str, Any]], texts: Path) -> int:
    """Write each guide's sample beside it; return how many changed."""
    changed = 0
    for slug, sample in found.items():
        file = texts / slug / SAMPLE
        made = as_text(sample)
        if not file.exists() or file.read_text("utf-8") != made:
            file.write_text(made, "utf-8")
            changed += 1
    return changed


def _first(rows: list[list[Any]], names: list[str], sort: str) -> list[list[Any]]:
    rows.sort(key=lambda row: [(value is not None, str(value)) for value in row])
    name = sort.removeprefix("-") or names[0]
    at = names.index(name)
    known = [row for row in rows if row[at] is not None]
    known.sort(key=lambda row: row[at], reverse=sort.startswith("-"))
    return (known + [row for row in rows if row[at] is None])[:ROWS]


def _plain(value: Any) -> Any:
    if isinstance(value, decimal.Decimal | float):
        number = round(float(value), DIGITS)
        return int(number) if number.is_integer() else number
    if isinstance(value, list | tuple):
        return [_plain(each) for each in value]
    return str(value) if isinstance(value, dt.date | dt.datetime) else value

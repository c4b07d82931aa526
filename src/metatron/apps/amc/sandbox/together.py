"""Many plans in one engine: for sample rows and tests, never in a process that serves."""

from collections.abc import Iterable, Iterator
from typing import Any

import duckdb

from metatron.apps.amc.sandbox.planning import Plan
from metatron.apps.amc.sandbox.worker import ENUMERATED

Rows = list[tuple[Any, ...]]
Columns = list[tuple[str, str]]


def run_together(plans: Iterable[Plan], *, threads: int = 2) -> Iterator[tuple[Columns, Rows]]:
    """Run plans over the same data one after the other; yield columns with types, and rows."""
    views: dict[str, str] = {}
    with duckdb.connect(config={"threads": threads}) as connection:
        for each in plans:
            for view in each.views:
                # One plan takes people's ids for numbers, the next may not.
                name = view.split('"', 2)[1]
                if views.get(name) != view:
                    connection.execute('drop view if exists "' + name + '"')
                    connection.execute(view)
                    views[name] = view
            found = connection.execute(each.statement, each.values)
            columns = [
                (name, ENUMERATED.sub("VARCHAR", str(kind)))
                for name, kind, *_ in found.description or []
            ]
            yield columns, found.fetchall()

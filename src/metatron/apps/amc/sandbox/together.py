"""Many plans in one engine: for sample rows and tests, never in a process that serves."""

from collections.abc import Iterable, Iterator
from typing import Any

import duckdb

from metatron.apps.amc.sandbox.planning import Plan

Rows = list[tuple[Any, ...]]
Columns = list[tuple[str, str]]


def run_together(plans: Iterable[Plan], *, threads: int = 2) -> Iterator[tuple[Columns, Rows]]:
    """Run plans over the same data one after the other; yield columns with types, and rows."""
    views: set[str] = set()
    with duckdb.connect(config={"threads": threads}) as connection:
        for each in plans:
            for view in each.views:
                if view not in views:
                    connection.execute(view)
                    views.add(view)
            found = connection.execute(each.statement, each.values)
            columns = [(name, str(kind)) for name, kind, *_ in found.description or []]
            yield columns, found.fetchall()

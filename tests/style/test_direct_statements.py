"""Statements of the direct door bind the tenant before they read.

`bound` sets the tenant that row-level security asks for. What is read in a lateral subquery beside
it is read later only if the planner cannot pull the subquery up and turn the join round: a limit,
an order or a grouping of its own prevents that. Without one a plan that reads first sees nothing,
and a record that is there answers 404, depending on the tables' statistics.
"""

import importlib
import pkgutil
import re
from collections.abc import Iterator

import pytest

import metatron
from metatron.kernel.database.direct import BOUND, BOUND_FOR_WRITE

_LATERAL = re.compile(r"\blateral\s*\(")
_FENCE = re.compile(r"\b(limit|offset|group by|order by|distinct)\b")


def bodies(sql: str) -> Iterator[str]:
    """The lateral subqueries of a statement, without what they hold in parentheses themselves."""
    for found in _LATERAL.finditer(sql):
        depth, body = 1, ""
        for sign in sql[found.end() :]:
            depth += (sign == "(") - (sign == ")")
            if depth == 0:
                break
            body += sign if depth == 1 else ""
        yield body


def unfenced(sql: str) -> list[str]:
    """The subqueries that read for the bound tenant and could be pulled up."""
    return [body for body in bodies(sql) if "bound.t" in body and not _FENCE.search(body.lower())]


def statements() -> Iterator[tuple[str, str]]:
    for module in pkgutil.walk_packages(metatron.__path__, "metatron."):
        if "migrations" in module.name or module.name.endswith("__main__"):
            continue
        for name, value in vars(importlib.import_module(module.name)).items():
            if isinstance(value, str) and value.startswith((BOUND, BOUND_FOR_WRITE)):
                yield f"{module.name}.{name}", value


def test_what_is_read_for_a_tenant_is_read_after_binding_it() -> None:
    wrong = [name for name, sql in statements() if unfenced(sql)]
    assert wrong == [], "add `limit 1` (or the page's limit) inside the lateral subquery of these"


@pytest.mark.parametrize(
    ("body", "is_fenced"),
    [
        ("select 1 from x where tenant_id = bound.t::uuid and id = $2", False),
        ("select 1 from x where tenant_id = bound.t::uuid and id = $2 limit 1", True),
        ("select (select 1 limit 1) from x where tenant_id = bound.t::uuid", False),
        ("select 1 where $2", True),
    ],
)
def test_the_test_sees_them(body: str, is_fenced: bool) -> None:
    assert (unfenced(f"{BOUND} select 1 from bound, lateral ({body}) r") == []) is is_fenced

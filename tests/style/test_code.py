"""What use cases, routes and SQL may not do."""

import ast
import re
from itertools import takewhile
from pathlib import Path

import pytest

from tests.style.tree import ROOT, calls, functions, modules

CLOCK = Path("src/metatron/kernel/clock.py")
WALL_CLOCKS = {
    "datetime.now", "datetime.utcnow", "datetime.datetime.now", "date.today", "time.time",
}  # fmt: skip
STAND_INS = re.compile(r"payments/sandbox/|apps/amc/twin/")
"""Who plays somebody else has that one's clock."""
COMMITTERS = re.compile(
    r"kernel/(http/routing|database/|process/)|/jobs\.py$|database\.py$|migrations/"
)
SQL_WORDS = re.compile(r"^\s*(select|insert|update|delete|with|create|alter|drop)\b", re.IGNORECASE)
OPENINGS = {"BOUND", "BOUND_FOR_WRITE"}
"""With these each statement of the direct door begins."""
SQL_BUILDERS = re.compile(
    r"migrations/|kernel/database/(policies|wake|fleet)\.py|tenancy/(copying|dedicated)\.py"
    # Lists and terms of the tables and columns that modules name.
    r"|kernel/events/pruner\.py|tenancy/pages\.py"
    # Over the local AMC's own files, of our constants and AMC SQL's trees: no database of ours.
    r"|apps/amc/sandbox/(views|thresholds|worker)\.py"
    # Over a result's own file: names quoted, values bound.
    r"|apps/amc/runs/results/(statements|sheets|exporting|reading|joining|figures|worker)\.py"
    # Over a destination's own table and files: names quoted, values bound.
    r"|apps/amc/destinations/targets/(load|part|postgresql|pg_table)\.py"
)


def test_only_one_place_reads_the_clock() -> None:
    readers = [
        f"{path}:{call.lineno}"
        for path, tree in modules().items()
        if path != CLOCK
        for name, call in calls(tree)
        if name in WALL_CLOCKS and not (name == "time.time" and STAND_INS.search(str(path)))
    ]
    assert not readers, f"take `now` as an argument, or kernel.clock.utc_now at an edge: {readers}"


def test_use_cases_do_not_commit() -> None:
    committers = [
        f"{path}:{call.lineno}"
        for path, tree in modules().items()
        if not COMMITTERS.search(str(path))
        for name, call in calls(tree)
        if name in {"session.commit", "unit.session.commit", "self.session.commit"}
    ]
    assert not committers, f"the route or database.transaction commits: {committers}"


def test_money_is_never_a_float() -> None:
    floats = [
        f"{path}:{node.lineno}"
        for path, tree in modules().items()
        for node in ast.walk(tree)
        if isinstance(node, (ast.AnnAssign, ast.arg))
        and node.annotation is not None
        and "float" in ast.unparse(node.annotation)
        and re.search(r"minor|amount|price", ast.unparse(getattr(node, "target", node)))
    ]
    assert not floats, f"amounts are integers of minor units: {floats}"


def test_sql_is_never_formatted() -> None:
    formatted = [
        f"{path}:{node.lineno}"
        for path, tree in modules().items()
        if not SQL_BUILDERS.search(str(path))
        for node in ast.walk(tree)
        if isinstance(node, ast.JoinedStr) and _is_sql(node)
    ]
    assert not formatted, f"bind parameters, or compose constants with BOUND only: {formatted}"


def _is_sql(node: ast.JoinedStr) -> bool:
    """Tell whether it is SQL with anything but constants in it.

    It may begin with constants: `f"{BOUND} select ..."` is how the direct door's statements do.
    """
    parts = [part.value for part in node.values if isinstance(part, ast.FormattedValue)]
    if all(_is_constant(part) for part in parts):
        return False
    leading = list(takewhile(lambda part: isinstance(part, ast.FormattedValue), node.values))
    names = {ast.unparse(part.value) for part in leading}  # type: ignore[attr-defined]
    words = [str(part.value) for part in node.values if isinstance(part, ast.Constant)]
    opens = all(_is_constant(part.value) for part in leading)  # type: ignore[attr-defined]
    return not names.isdisjoint(OPENINGS) or (
        opens and SQL_WORDS.match("".join(words[:1])) is not None
    )


def _is_constant(part: ast.expr) -> bool:
    return isinstance(part, ast.Name) and part.id.isupper()


@pytest.mark.parametrize(
    ("line", "is_wrong"),
    [
        ('f"select {name} from a"', True),
        ('f"{BOUND} select {name} from a"', True),
        ('f"{BOUND}, page as (select {name} from a)"', True),
        ('f"{BOUND}{_MORE} update a set b = {value}"', True),
        ('f"{BOUND} select {FIELDS} from a"', False),
        ('f"{name} and {other}"', False),
        ('f"{LIMIT} is over {name}"', False),
    ],
)
def test_the_rule_sees_sql_that_begins_with_a_constant(line: str, is_wrong: bool) -> None:
    node = ast.parse(line, mode="eval").body
    assert isinstance(node, ast.JoinedStr)
    assert _is_sql(node) is is_wrong


def test_relationships_never_load_by_surprise() -> None:
    lazy = [
        f"{path}:{call.lineno}"
        for path, tree in modules().items()
        for name, call in calls(tree)
        if name.endswith("relationship")
        and not any(
            word.arg == "lazy" and ast.unparse(word.value) == "'raise'" for word in call.keywords
        )
    ]
    assert not lazy, f'say lazy="raise" and load what is needed: {lazy}'


def test_no_yield_dependency_commits_after_the_answer() -> None:
    yielding = [
        f"{path}:{node.lineno} {node.name}"
        for path, tree in modules().items()
        for node in functions(tree)
        if any(ast.unparse(part).startswith("Depends(") for part in node.decorator_list)
    ]
    assert not yielding, f"use Unit and Read of kernel.http.unit: {yielding}"


def test_one_migration_branch_a_module() -> None:
    for folder in (ROOT / "src").rglob("migrations"):
        revisions, parents = set(), set()
        for file in folder.glob("*.py"):
            text = file.read_text()
            found = re.search(r'^revision = "([a-z0-9_]+)"', text, re.MULTILINE)
            assert found, f"{file}: name the revision <module>_<number>"
            revisions.add(found[1])
            parent = re.search(r'^down_revision = "([a-z0-9_]+)"', text, re.MULTILINE)
            if parent:
                parents.add(parent[1])
        heads = revisions - parents
        assert len(heads) == 1, f"{folder}: chain the revisions, one head only: {heads}"


def test_no_connection_waits_for_a_body() -> None:
    """A transaction that begins before a raw body is read lasts as long as its sender likes."""
    waiting = [
        f"{path}:{function.lineno}"
        for path, tree in modules().items()
        for function in functions(tree)
        if any(
            ast.unparse(each.annotation or ast.Constant("")) == "Unit" for each in _taken(function)
        )
        and any(name in {"request.body", "request.stream"} for name, _ in calls(function))
    ]
    assert not waiting, f"read the body first, then `await current_unit(request)`: {waiting}"


def _taken(function: ast.FunctionDef | ast.AsyncFunctionDef) -> list[ast.arg]:
    return [*function.args.posonlyargs, *function.args.args, *function.args.kwonlyargs]

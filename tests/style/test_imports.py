"""Only `interface` and `events` cross modules; nobody but the composition root sees identity."""

import ast
from pathlib import Path

import pytest

from tests.style.tree import modules

ROOMS = ("platform", "apps")
OPEN = {"interface", "events"}


def _module_of(parts: tuple[str, ...]) -> str | None:
    """The module of a dotted path: metatron.platform.ledger.x -> platform.ledger."""
    return f"{parts[1]}.{parts[2]}" if len(parts) > 2 and parts[1] in ROOMS else None


def _imported(tree: ast.Module) -> list[tuple[int, tuple[str, ...]]]:
    found = []
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and node.module:
            base = tuple(node.module.split("."))
            found += [(node.lineno, (*base, alias.name)) for alias in node.names]
        elif isinstance(node, ast.Import):
            found += [(node.lineno, tuple(alias.name.split("."))) for alias in node.names]
    return [(line, parts) for line, parts in found if parts[0] == "metatron"]


def _crossings() -> list[tuple[Path, int, str, tuple[str, ...]]]:
    crossings = []
    for path, tree in modules().items():
        here = _module_of(path.with_suffix("").parts[1:])
        for line, parts in _imported(tree):
            there = _module_of(parts)
            if here and there and here != there:
                crossings.append((path, line, there, parts))
    return crossings


def _goes_past_the_interface(parts: tuple[str, ...]) -> bool:
    """Tell whether an import of another module is of more than `interface` and `events`.

    A module taken whole (`from metatron.platform import ledger`) opens all of it.
    """
    return len(parts) < 4 or parts[3] not in OPEN


@pytest.mark.parametrize(
    ("line", "is_wrong"),
    [
        ("from metatron.platform import ledger", True),
        ("import metatron.platform.ledger", True),
        ("import metatron.platform.ledger.tables", True),
        ("from metatron.platform.ledger import transfers", True),
        ("from metatron.platform.ledger.transfers import expire_pending", True),
        ("from metatron.platform.ledger import interface", False),
        ("from metatron.platform.ledger.interface import Transfer", False),
        ("import metatron.platform.ledger.events", False),
    ],
)
def test_the_rule_sees_each_way_to_import(line: str, is_wrong: bool) -> None:
    [(_, parts)] = _imported(ast.parse(line))
    assert _goes_past_the_interface(parts) is is_wrong


def test_only_interface_and_events_cross_modules() -> None:
    wrong = [
        f"{path}:{line} imports {'.'.join(parts)}"
        for path, line, _there, parts in _crossings()
        if _goes_past_the_interface(parts)
    ]
    assert not wrong, f"ask for it through the other module's interface.py: {wrong}"


def test_nobody_imports_identity() -> None:
    wrong = [
        f"{path}:{line}" for path, line, there, _ in _crossings() if there == "platform.identity"
    ]
    assert not wrong, f"identity holds the private key; react to its events instead: {wrong}"


def test_apps_import_no_other_app() -> None:
    wrong = [
        f"{path}:{line} imports {there}"
        for path, line, there, _ in _crossings()
        if there.startswith("apps.") and path.parts[2] == "apps"
    ]
    assert not wrong, f"react to the event by name: {wrong}"

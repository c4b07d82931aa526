"""Manifests say how long rows are kept, and what has a term is deleted by somebody."""

import re
from pathlib import Path

import pytest

from metatron.kernel.module import Module, Retention
from metatron.processes import all_modules
from tests.style.tree import ROOT, SOURCES

MODULES = [module for module in all_modules() if module.migrations]
THROUGH_SESSIONS = {"amc.board_snapshot": "boards/snapshots.py"}
"""Tables whose rows a use case deletes one by one, and where."""
WITH_ANOTHER = {"identity.refresh_token": "identity.session"}
"""Tables whose rows go with those of another (on delete cascade)."""
_MADE = re.compile(r"create (?:unlogged )?table (?:if not exists )?([a-z_]+\.[a-z_]+)")


def _folder(module: Module) -> Path:
    assert module.migrations is not None
    return module.migrations.parent


@pytest.mark.parametrize("module", MODULES, ids=lambda module: module.name)
def test_each_table_has_its_term(module: Module) -> None:
    assert module.migrations is not None
    texts = [path.read_text() for path in module.migrations.iterdir() if path.is_file()]
    made = {table for text in texts for table in _MADE.findall(text)}
    named = {each.table for each in module.retention}
    assert made == named, "name each table in the manifest's `retention`"
    assert len(named) == len(module.retention)


def _is_deleted(module: Module, kept: Retention) -> bool:
    table = WITH_ANOTHER.get(kept.table, kept.table)
    if table in THROUGH_SESSIONS:
        return "session.delete(" in (_folder(module) / THROUGH_SESSIONS[table]).read_text()
    return any(
        re.search(rf"delete from {re.escape(table)}\b", path.read_text())
        for path in _folder(module).rglob("*.py")
        if "migrations" not in path.parts
    )


@pytest.mark.parametrize("module", MODULES, ids=lambda module: module.name)
def test_what_has_a_term_is_deleted(module: Module) -> None:
    for kept in module.retention:
        if kept.since is not None:
            assert kept.days, f"{kept.table}: the worker deletes by days"
        elif kept.days is not None or kept.hours is not None:
            assert _is_deleted(module, kept), f"{kept.table} is said to end, and nobody deletes"


def test_the_manifest_has_nothing_that_nobody_reads() -> None:
    """The program reads each field of a manifest, or the tests hold it to it."""
    files = [*SOURCES.rglob("*.py"), *(ROOT / "tests").rglob("*.py")]
    text = "\n".join(path.read_text() for path in files)
    for name in Module.__dataclass_fields__:
        assert re.search(rf"\b(module|m|app|known)\.{name}\b", text), f"nobody reads {name}"

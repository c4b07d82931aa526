"""Runs the modules' Alembic branches; each branch has its own folder and schema.

Alembic is imported where it is used: few processes ever migrate, and it is slow to import.
"""

import ast
import contextlib
from collections.abc import Iterable, Sequence
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection, text

if TYPE_CHECKING:
    from alembic.config import Config
    from alembic.script import ScriptDirectory

ENVIRONMENT = Path(__file__).parent / "alembic"
KERNEL_FOLDER = Path(__file__).parents[1] / "migrations"


def alembic_config(folders: Sequence[Path]) -> "Config":
    """Return an Alembic configuration over the modules' migration folders."""
    from alembic.config import Config  # noqa: PLC0415

    config = Config()
    config.set_main_option("script_location", str(ENVIRONMENT))
    config.set_main_option("path_separator", "newline")
    config.set_main_option("version_locations", "\n".join(str(folder) for folder in folders))
    return config


def scripts_in(folders: Sequence[Path]) -> "ScriptDirectory":
    """Return the branches as Alembic reads them."""
    from alembic.script import ScriptDirectory  # noqa: PLC0415

    return ScriptDirectory.from_config(alembic_config(folders))


def heads(folders: Sequence[Path]) -> list[str]:
    """Return the newest revisions, as a database at head records them.

    Alembic does not record a revision that another one, applied as well, depends on. The files
    are read, not run: every web process asks at its start.
    """
    revisions: set[str] = set()
    implied: set[str] = set()
    for folder in folders:
        for file in folder.glob("*.py"):
            said = _literals(file)
            revisions.update(_names(said.get("revision")))
            implied.update(_names(said.get("down_revision")), _names(said.get("depends_on")))
    return sorted(revisions - implied)


def _literals(file: Path) -> dict[str, Any]:
    """Return the module's names that are assigned plain values."""
    found = {}
    for statement in ast.parse(file.read_text()).body:
        if isinstance(statement, ast.Assign) and isinstance(statement.targets[0], ast.Name):
            with contextlib.suppress(ValueError):
                found[statement.targets[0].id] = ast.literal_eval(statement.value)
    return found


def upgrade(connection: Connection, folders: Sequence[Path]) -> None:
    """Bring the database behind `connection` to every branch's head."""
    _run(connection, folders, "upgrade")


def downgrade(connection: Connection, folders: Sequence[Path]) -> None:
    """Take every branch back to nothing (used by the check of migrations up and down)."""
    _run(connection, folders, "downgrade")


def _run(connection: Connection, folders: Sequence[Path], direction: str) -> None:
    from alembic import command  # noqa: PLC0415

    connection.execute(text("create schema if not exists kernel"))
    config = alembic_config(folders)
    config.attributes["connection"] = connection
    if direction == "upgrade":
        command.upgrade(config, "heads")
    else:
        command.downgrade(config, "base")


def applied_revisions(connection: Connection) -> list[str]:
    """Return the revisions recorded in the database; none when it is empty."""
    exists = connection.execute(text("select to_regclass('kernel.alembic_version')")).scalar()
    if exists is None:
        return []
    return list(
        connection.execute(text("select version_num from kernel.alembic_version")).scalars()
    )


def at_heads(applied: Sequence[str], folders: Sequence[Path]) -> bool:
    """Tell whether the revisions recorded in a database are the newest ones."""
    return sorted(applied) == heads(folders)


class Schema:
    """Tells which states of a database the running code can work on (expand/contract)."""

    def __init__(self, folders: Sequence[Path]) -> None:
        """Read the branches at the first question, once."""
        self._folders = folders
        self._known: dict[tuple[str, ...], bool] = {}

    @cached_property
    def _scripts(self) -> "ScriptDirectory":
        return scripts_in(self._folders)

    def is_understood(self, applied: Sequence[str]) -> bool:
        """Tell whether every branch is at its head or at the revision before it."""
        key = tuple(sorted(applied))
        if key not in self._known:
            self._known[key] = self._look(key)
        return self._known[key]

    def _look(self, applied: tuple[str, ...]) -> bool:
        known = {script.revision for script in self._scripts.walk_revisions()}
        if not set(applied) <= known:
            # A newer release was here already; it kept the schema fit for this code.
            return bool(set(applied) & known)
        present = self._with_ancestors(applied)
        heads_now = [self._scripts.get_revision(head) for head in self._scripts.get_heads()]
        return all(
            head.revision in present or (bool(head.down_revision) and head.down_revision in present)
            for head in heads_now
        )

    def _with_ancestors(self, applied: Sequence[str]) -> set[str]:
        found: set[str] = set()
        waiting = list(applied)
        while waiting:
            name = waiting.pop()
            if name in found:
                continue
            found.add(name)
            script = self._scripts.get_revision(name)
            waiting += [*_names(script.down_revision), *_names(script.dependencies)]
        return found


def _names(value: str | Iterable[str] | None) -> list[str]:
    return [value] if isinstance(value, str) else list(value or ())

"""Runs the modules' Alembic branches; each branch has its own folder and schema."""

from collections.abc import Iterable, Sequence
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, text

ENVIRONMENT = Path(__file__).parent / "alembic"
KERNEL_FOLDER = Path(__file__).parents[1] / "migrations"


def alembic_config(folders: Sequence[Path]) -> Config:
    """Return an Alembic configuration over the modules' migration folders."""
    config = Config()
    config.set_main_option("script_location", str(ENVIRONMENT))
    config.set_main_option("path_separator", "newline")
    config.set_main_option("version_locations", "\n".join(str(folder) for folder in folders))
    return config


def heads(folders: Sequence[Path]) -> list[str]:
    """Return the newest revisions, as a database at head records them.

    Alembic does not record a revision that another one, applied as well, depends on.
    """
    scripts = ScriptDirectory.from_config(alembic_config(folders))
    implied: set[str] = set()
    for revision in scripts.walk_revisions():
        needed = revision.dependencies or ()
        implied.update([needed] if isinstance(needed, str) else needed)
    return sorted(set(scripts.get_heads()) - implied)


def upgrade(connection: Connection, folders: Sequence[Path]) -> None:
    """Bring the database behind `connection` to every branch's head."""
    _run(connection, folders, "upgrade")


def downgrade(connection: Connection, folders: Sequence[Path]) -> None:
    """Take every branch back to nothing (used by the check of migrations up and down)."""
    _run(connection, folders, "downgrade")


def _run(connection: Connection, folders: Sequence[Path], direction: str) -> None:
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
        """Read the branches once."""
        self._scripts = ScriptDirectory.from_config(alembic_config(folders))
        self._known: dict[tuple[str, ...], bool] = {}

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

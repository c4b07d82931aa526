"""Runs the modules' Alembic branches; each branch has its own folder and schema."""

from collections.abc import Sequence
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, text

ENVIRONMENT = Path(__file__).parent / "alembic"


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

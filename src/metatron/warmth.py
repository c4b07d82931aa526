"""What a start need not do again, noted in the data folder; imports next to nothing."""

from hashlib import sha256
from pathlib import Path

import asyncpg

_SOURCES = Path(__file__).parent
_APPLIED = "select version_num from kernel.alembic_version order by 1"


def migrations_digest() -> str:
    """Return one figure for all migration files of all modules."""
    files = [file for file in _SOURCES.glob("**/migrations/*") if file.suffix in {".py", ".sql"}]
    return _digest(sorted(files))


def seed_digest() -> str:
    """Return one figure for what a new installation is given."""
    return _digest([_SOURCES / "seed.py"])


def _digest(files: list[Path]) -> str:
    whole = sha256()
    for file in files:
        whole.update(file.relative_to(_SOURCES).as_posix().encode())
        whole.update(sha256(file.read_bytes()).digest())
    return whole.hexdigest()


class Notes:
    """Small files that say what was done, each worth only as much as the check beside it."""

    def __init__(self, folder: Path) -> None:
        """Keep them in `folder`."""
        self._folder = folder

    def says(self, name: str, text: str) -> bool:
        """Tell whether the note of that name has that text."""
        file = self._folder / name
        return file.exists() and file.read_text() == text

    def text(self, name: str) -> str:
        """Return what the note of that name says, nothing when there is none."""
        file = self._folder / name
        return file.read_text() if file.exists() else ""

    def note(self, name: str, text: str) -> None:
        """Write the note whole or not at all."""
        self._folder.mkdir(parents=True, exist_ok=True)
        scratch = self._folder / f".{name}"
        scratch.write_text(text)
        scratch.replace(self._folder / name)


async def applied_revisions(dsn: str) -> str:
    """Return the revisions a database records, one a line; nothing when it is empty."""
    connection = await asyncpg.connect(dsn)
    try:
        rows = await connection.fetch(_APPLIED)
    except (asyncpg.UndefinedTableError, asyncpg.InvalidSchemaNameError):
        return ""
    finally:
        await connection.close()
    return "\n".join(row["version_num"] for row in rows)

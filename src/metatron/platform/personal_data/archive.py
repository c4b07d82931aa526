"""The archive: a JSON file for each kind of data, and an index that people can read."""

import zipfile
from datetime import datetime
from typing import IO, Any, Self

import orjson
from sqlalchemy.ext.asyncio import AsyncSession

from metatron.kernel.context import Context
from metatron.kernel.personal_data import Person, rows_of
from metatron.platform.personal_data.plan import Part

_FATES = {
    "erased": "is erased when you ask for your erasure",
    "pseudonymised": "stays, without your name",
    "kept": "is kept",
}


class Archive:
    """Writes a ZIP page by page; nothing of it is held in memory as a whole."""

    def __init__(self, file: IO[bytes], *, made_at: datetime) -> None:
        """Begin in a file that is open for writing."""
        self._zip = zipfile.ZipFile(file, "w", compression=zipfile.ZIP_DEFLATED)
        self._lines: list[str] = []
        self._made_at = made_at
        self.rows = 0

    def __enter__(self) -> Self:
        """Give itself."""
        return self

    def __exit__(self, *_error: object) -> None:
        """Finish the file."""
        self._zip.close()

    async def add(
        self, session: AsyncSession, context: Context, part: Part, person: Person
    ) -> None:
        """Add a kind of data: a JSON array, one row a line."""
        kind, count = part.kind, 0
        name = f"{part.module}/{kind.name}.json".replace(" ", "_")
        if kind.select:
            with self._zip.open(name, "w") as entry:
                entry.write(b"[")
                async for page in rows_of(session, context, kind, person):
                    for row in page:
                        entry.write(b",\n" if count else b"\n")
                        entry.write(orjson.dumps(row, default=_plain))
                        count += 1
                entry.write(b"\n]\n")
        self.rows += count
        held = f"{count} rows in `{name}`" if kind.select else "told by `activity.json`"
        why = f" {kind.why}." if kind.why else ""
        years = f" For {kind.years} years." if kind.years else ""
        self._lines.append(f"- **{kind.title}**: {held}. It {_FATES[kind.fate]}.{why}{years}")

    def close_index(self) -> None:
        """Add the index."""
        head = (
            "# What is kept about you\n\n"
            f"Made on {self._made_at:%Y-%m-%d %H:%M} UTC. Each file is a list in JSON.\n\n"
        )
        self._zip.writestr("index.md", head + "\n".join(self._lines) + "\n")


def _plain(value: Any) -> Any:
    return value.hex() if isinstance(value, bytes) else str(value)

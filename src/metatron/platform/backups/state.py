"""What is noted beside the backups: when a try failed, that one is wanted, who is at work."""

import contextlib
import fcntl
import json
import os
from collections.abc import Iterator
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from pathlib import Path

from metatron.kernel.process.failures import ProcessError

_NOTES = "notes.json"
_WANTED = "wanted"


class AtWork(ProcessError):
    """Somebody else holds the folder, in a way that does not go together."""


@dataclass(frozen=True, slots=True)
class Notes:
    """Instants in ISO form.

    `since` is when backups were first looked for here, `told_at` when operators were told that one
    is overdue.
    """

    since: str | None = None
    failed_at: str | None = None
    error: str | None = None
    told_at: str | None = None

    def failed_after(self, instant: datetime | None) -> bool:
        """Whether the newest try, later than `instant`, failed."""
        if self.failed_at is None:
            return False
        return instant is None or datetime.fromisoformat(self.failed_at) > instant


class State:
    """Small files in the folder of the backups, each written aside and renamed."""

    def __init__(self, backups: Path) -> None:
        """Look into the folder; it need not be there."""
        self._folder = backups

    def notes(self) -> Notes:
        """Return what is noted; nothing when the file is not there or cut short."""
        with contextlib.suppress(OSError, ValueError, TypeError):
            return Notes(**json.loads((self._folder / _NOTES).read_text()))
        return Notes()

    def note(self, **changes: str | None) -> Notes:
        """Change some notes; returns all of them."""
        changed = replace(self.notes(), **changes)
        private_folder(self._folder)
        write_private(self._folder / _NOTES, json.dumps(asdict(changed)).encode())
        return changed

    def want_backup(self) -> None:
        """Ask for a backup soon."""
        write_private(self._folder / _WANTED, b"")

    def is_backup_wanted(self) -> bool:
        """Tell whether one was asked for."""
        return (self._folder / _WANTED).exists()

    def backup_was_made(self) -> None:
        """Take the wish back, and the last failure with it."""
        (self._folder / _WANTED).unlink(missing_ok=True)
        self.note(failed_at=None, error=None, told_at=None)

    @contextlib.contextmanager
    def at_work(self, *, alone: bool) -> Iterator[None]:
        """Hold the folder: alone to write and prune, together with others to read.

        Raises:
            AtWork: somebody else holds it in a way that does not go together.
        """
        private_folder(self._folder)
        descriptor = os.open(self._folder / "lock", os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(descriptor, (fcntl.LOCK_EX if alone else fcntl.LOCK_SH) | fcntl.LOCK_NB)
            yield
        except BlockingIOError as error:
            raise AtWork(
                f"another command is at work on {self._folder}", "wait until it is done"
            ) from error
        finally:
            os.close(descriptor)


def private_folder(folder: Path) -> None:
    """Make a folder that nobody else may enter, and those above it."""
    folder.parent.mkdir(parents=True, exist_ok=True)
    folder.mkdir(mode=0o700, exist_ok=True)


def write_private(path: Path, content: bytes) -> None:
    """Write a file of mode 0600 aside, bring it to the disk and rename it."""
    aside = path.with_name(f".{path.name}.{os.getpid()}")
    with os.fdopen(os.open(aside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    aside.rename(path)
    flush_folder(path.parent)


def flush_folder(folder: Path) -> None:
    """Bring a folder's own entries to the disk."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)

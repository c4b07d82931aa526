"""The files of a data folder: what of them belongs to a backup, copied there and back."""

import os
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

from metatron.platform.backups.manifest import Content, Manifest, digest_of
from metatron.platform.backups.state import private_folder

FOLDER = "data"
LEFT_OUT = frozenset({
    "postgres", "backups", "logs", "metrics", "instance.lock", "maintenance",
    # Made anew from its seed, by the local Amazon itself.
    "amc-sandbox/events",
})  # fmt: skip
"""What is in the base backup, what tells of running processes only, and what can be made anew."""
_BOOKS = ".sqlite3"
_BESIDE_BOOKS = ("-wal", "-shm", "-journal")
_CHUNK = 1 << 20


def files_of(data: Path, left_out: frozenset[Path] = frozenset()) -> Iterator[Path]:
    """Yield the files that belong to a backup, as paths below `data`.

    `left_out` names further folders, whole paths. Symbolic links are not followed.
    """
    for folder, names, files in os.walk(data):
        below = Path(folder).relative_to(data)
        names[:] = sorted(
            name
            for name in names
            if str(below / name) not in LEFT_OUT and Path(folder) / name not in left_out
        )
        for name in sorted(files):
            path = below / name
            if str(path) in LEFT_OUT or name.endswith(_BESIDE_BOOKS):
                continue
            if not (data / path).is_symlink() and (data / path).is_file():
                yield path


def copy_into_backup(
    data: Path, making: Path, *, leave: frozenset[Path], before: tuple[Path, Manifest] | None
) -> dict[str, Content]:
    """Copy the data folder's files into a backup; return them by their names in the backup.

    What has not changed since the backup `before` (its folder and manifest) is the same file on
    the disk as there, so that many backups of large uploads take the room of one.
    """
    found: dict[str, Content] = {}
    for path in files_of(data, leave):
        name = f"{FOLDER}/{path}"
        target = making / name
        make_folders(making, target.parent)
        try:
            known = _linked(data / path, name, target, before)
            found[name] = known or _copied(data / path, target)
        except FileNotFoundError:
            # Gone since it was listed: expired uploads, a message that was sent.
            target.unlink(missing_ok=True)
    return found


def _linked(
    source: Path, name: str, target: Path, before: tuple[Path, Manifest] | None
) -> Content | None:
    if before is None or source.suffix == _BOOKS:
        return None
    known = before[1].files.get(name)
    now = source.stat()
    if known is None or (known.size, known.changed_ns) != (now.st_size, now.st_mtime_ns):
        return None
    try:
        os.link(before[0] / name, target)
    except OSError:
        # Another disk, or the older copy is gone: then it is copied.
        return None
    return known


def _copied(source: Path, target: Path) -> Content:
    changed_ns = source.stat().st_mtime_ns
    if source.suffix == _BOOKS:
        _copy_books(source, target)
    else:
        copy_private(source, target)
    with target.open("rb") as file:
        os.fsync(file.fileno())
    size, digest = digest_of(target)
    return Content(size, digest, changed_ns)


def _copy_books(source: Path, target: Path) -> None:
    """Copy a SQLite database as of one instant, while others write to it."""
    os.close(os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
    with closing(sqlite3.connect(source)) as books, closing(sqlite3.connect(target)) as copy:
        books.backup(copy)


def copy_private(source: Path, target: Path) -> None:
    """Copy one file to a new one of mode 0600, with the instant of its last change."""
    with (
        source.open("rb") as read,
        os.fdopen(os.open(target, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as write,
    ):
        shutil.copyfileobj(read, write, _CHUNK)
        seen = os.fstat(read.fileno())
    os.utime(target, ns=(seen.st_mtime_ns, seen.st_mtime_ns))


def make_folders(top: Path, folder: Path) -> None:
    """Make a folder below `top`, with all between, each of mode 0700."""
    for each in reversed([folder, *folder.parents]):
        if each == top or top in each.parents:
            private_folder(each)


def bring_back(backup: Path, manifest: Manifest, target: Path) -> None:
    """Copy a backup's files into a new data folder."""
    for name in manifest.files:
        if name.startswith(f"{FOLDER}/"):
            to = target / name.removeprefix(f"{FOLDER}/")
            make_folders(target, to.parent)
            copy_private(backup / name, to)


GROWING = ("files", "exports", "amc")
"""Folders whose files are written once: what came after the backup is taken from the living one."""
STAND_INS = ("payments-sandbox", "amc-sandbox", "mailbox")
"""The outside world's own books: they know of what happened after the backup, as a bank would."""


def bring_newer(living: Path, target: Path) -> int:
    """Take from a living data folder what a backup of it cannot hold; returns how many files.

    For an instant after the backup: rows may speak of files uploaded since.
    """
    taken = 0
    for path in files_of(living):
        top, to = path.parts[0], target / path
        if top in STAND_INS or (top in GROWING and not to.exists()):
            make_folders(target, to.parent)
            to.unlink(missing_ok=True)
            if path.suffix == _BOOKS:
                _copy_books(living / path, to)
            else:
                copy_private(living / path, to)
            taken += 1
    return taken

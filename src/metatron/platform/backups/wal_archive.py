"""The archived log: files of one size, in an unbroken row, a folder for each timeline's beginning.

`pg_receivewal` writes them: aside as `.partial`, renamed when one is full and on the disk. Full
ones are compressed later, in the form in which that program still recognises them.
"""

import gzip
import os
import re
import shutil
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from metatron.kernel.process.failures import ProcessError

_SEGMENT = re.compile(r"[0-9A-F]{24}")
_CHUNK = 1 << 20
_HIGH = 1 << 32


@dataclass(frozen=True, slots=True)
class Piece:
    """A file of the log, as it lies in the archive."""

    name: str
    path: Path

    @property
    def is_partial(self) -> bool:
        """Whether it is still being written."""
        return self.path.suffix == ".partial"


@dataclass(frozen=True, slots=True)
class Run:
    """Files that follow each other, and the name of the one that is missing after them."""

    pieces: tuple[Piece, ...]
    missing: str | None = None


def segment_name(timeline: int, position: str, segment_bytes: int) -> str:
    """Return the name of the file that holds a position such as `0/3000028`."""
    high, low = (int(part, 16) for part in position.split("/"))
    return _name(timeline, ((high << 32) | low) // segment_bytes, segment_bytes)


def next_name(name: str, segment_bytes: int) -> str:
    """Return the name of the file after one, on the same timeline."""
    per_high = _HIGH // segment_bytes
    number = int(name[8:16], 16) * per_high + int(name[16:], 16)
    return _name(int(name[:8], 16), number + 1, segment_bytes)


def _name(timeline: int, number: int, segment_bytes: int) -> str:
    per_high = _HIGH // segment_bytes
    return f"{timeline:08X}{number // per_high:08X}{number % per_high:08X}"


class WalArchive:
    """All that was archived of one cluster, told by its system identifier."""

    def __init__(self, backups: Path, system_id: str) -> None:
        """Look at `wal` in the folder of the backups; it need not be there."""
        self._root = backups / "wal"
        self._system_id = system_id

    def folder(self, timeline: int) -> Path:
        """Return the folder into which the log is written that begins on a timeline."""
        return self._root / f"{self._system_id}-{timeline}"

    def folders(self) -> list[Path]:
        """Return every folder of this cluster, oldest timeline first."""
        found = self._root.glob(f"{self._system_id}-*")
        return sorted(found, key=lambda folder: int(folder.name.rpartition("-")[2]))

    def pieces(self) -> dict[str, Piece]:
        """Return what there is by name; a full file wins over its own beginning."""
        found: dict[str, Piece] = {}
        for folder in self.folders():
            for path in sorted(folder.iterdir()):
                name, _, kind = path.name.partition(".")
                if _SEGMENT.fullmatch(name) and kind in {"", "gz", "partial"}:
                    known = found.get(name)
                    if known is None or known.is_partial:
                        found[name] = Piece(name, path)
        return found

    def histories(self) -> list[Path]:
        """Return the files that tell where timelines branched off."""
        return [path for folder in self.folders() for path in folder.glob("*.history")]

    def run_from(self, first: str, segment_bytes: int, *, last: str | None = None) -> Run:
        """Return the files from `first` on, up to `last` or to the end of the archive.

        The run ends before the first file that is missing though later ones are there.
        """
        pieces = self.pieces()
        later = [each for each in pieces if each[:8] == first[:8] and each >= first]
        end = last or max(later, default="")
        found: list[Piece] = []
        name = first
        while name <= end:
            if name not in pieces:
                return Run(tuple(found), missing=name)
            found.append(pieces[name])
            name = next_name(name, segment_bytes)
        return Run(tuple(found))

    def newest_at(self) -> datetime | None:
        """Return when the archive was last written to."""
        times = [piece.path.stat().st_mtime for piece in self.pieces().values()]
        return datetime.fromtimestamp(max(times), UTC) if times else None

    def prune(self, first_needed: dict[int, str]) -> int:
        """Delete what no kept backup needs; returns how many files.

        `first_needed` names, by timeline, the file with which the oldest kept backup begins.
        """
        deleted = 0
        for folder in self.folders():
            began = int(folder.name.rpartition("-")[2])
            if first_needed and began < min(first_needed):
                deleted += sum(1 for _ in folder.iterdir())
                shutil.rmtree(folder)
                continue
            for piece in list(_full(folder)):
                needed = first_needed.get(int(piece.name[:8], 16))
                if needed is not None and piece.name < needed:
                    piece.path.unlink()
                    deleted += 1
        return deleted

    def compress(self) -> int:
        """Compress full files but the newest of each folder; returns how many."""
        done = 0
        for folder in self.folders():
            for piece in [p for p in _full(folder) if not p.path.suffix][:-1]:
                _compress(piece.path)
                done += 1
        return done


def forget_others(backups: Path, system_ids: set[str]) -> None:
    """Delete the archives of clusters of which no backup is kept."""
    for folder in (backups / "wal").glob("*-*"):
        if folder.name.rpartition("-")[0] not in system_ids:
            shutil.rmtree(folder)


def _full(folder: Path) -> Iterator[Piece]:
    for path in sorted(folder.iterdir()):
        name, _, kind = path.name.partition(".")
        if _SEGMENT.fullmatch(name) and kind in {"", "gz"}:
            yield Piece(name, path)


def _compress(path: Path) -> None:
    aside = path.with_name(f".{path.name}.gz")
    seen = path.stat()
    with path.open("rb") as plain, os.fdopen(_private(aside), "wb") as raw:
        with gzip.GzipFile(fileobj=raw, mode="wb", compresslevel=1, filename="") as packed:
            shutil.copyfileobj(plain, packed, _CHUNK)
        raw.flush()
        os.fsync(raw.fileno())
    # When it was written tells how far the archive reaches.
    os.utime(aside, ns=(seen.st_mtime_ns, seen.st_mtime_ns))
    aside.rename(path.with_name(f"{path.name}.gz"))
    path.unlink()


def unpack(piece: Piece, target: Path) -> None:
    """Write a file of the archive, plain, to `target`.

    Raises:
        ProcessError: it is damaged.
    """
    try:
        with piece.path.open("rb") as raw, os.fdopen(_private(target), "wb") as out:
            packed = piece.path.suffix == ".gz"
            shutil.copyfileobj(gzip.GzipFile(fileobj=raw) if packed else raw, out, _CHUNK)
    except (gzip.BadGzipFile, EOFError, zlib.error) as error:
        raise ProcessError(
            f"the file {piece.path} of the log is damaged ({error})",
            "bring it back, or restore to an instant before it, or one backup alone (--backup)",
        ) from error


def _private(path: Path) -> int:
    return os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)

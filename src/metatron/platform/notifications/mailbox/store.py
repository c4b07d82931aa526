"""The twin's folder: one JSON file a mail, whole or not there, the oldest dropped at a bound.

A file's name tells when the mail came, which it is and to whom it went, so that finding one
person's mails reads no others.
"""

import hashlib
import os
import tempfile
import threading
from bisect import insort
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path

import orjson

MOST_MAILS = 2_000
_DIGEST, _MARKS = slice(18, 50), slice(51, -5)


@dataclass(frozen=True, slots=True)
class ReceivedMail:
    """A mail as the twin took it; `received_at` is aware, `to` holds the envelope's recipients."""

    id: str
    sender: str
    to: tuple[str, ...]
    subject: str
    received_at: datetime
    text: str
    html: str | None


class MailboxFolder:
    """Mails in a folder that only its owner can read."""

    def __init__(self, folder: Path, *, most: int = MOST_MAILS) -> None:
        """Keep at most `most` mails in `folder`."""
        self._folder = folder
        self._most = most
        self._lock = threading.Lock()
        self._known: list[str] = []
        self._digests: set[str] = set()
        self._seen = 0
        """When the folder had changed last as the names were known."""

    def add(self, mail: ReceivedMail) -> bool:
        """Keep a mail; False when the same id is there already (a repeat after a crash)."""
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        digest = hashlib.sha256(mail.id.encode()).hexdigest()[:32]
        instant = int(mail.received_at.timestamp() * 1_000_000)
        marks = ".".join(sorted({_mark(address) for address in mail.to}))
        name = f"{instant:017d}-{digest}-{marks}.json"
        # Before it is one's turn: mails that come in together share the waiting for the disk.
        part = self._write(orjson.dumps(asdict(mail)))
        with self._lock:
            if self._folder.stat().st_mtime_ns != self._seen:
                self._known = sorted(self._names())
                self._digests = {known[_DIGEST] for known in self._known}
            if digest in self._digests:
                part.unlink()
                return False
            part.replace(self._folder / name)
            insort(self._known, name)
            self._digests.add(digest)
            while len(self._known) > self._most:
                oldest = self._known.pop(0)
                self._digests.discard(oldest[_DIGEST])
                (self._folder / oldest).unlink(missing_ok=True)
            self._seen = self._folder.stat().st_mtime_ns
        return True

    def newest(self, *, to: str | None = None, limit: int = 50) -> list[ReceivedMail]:
        """Return up to `limit` mails, newest first, for one recipient if `to` is given."""
        wanted = to.casefold() if to else None
        names = self._names()
        if to:
            mark = _mark(to)
            # A mail kept before there were marks may be anybody's.
            names = [name for name in names if not name[_MARKS] or mark in name[_MARKS]]
        found: list[ReceivedMail] = []
        for mail in self._read(sorted(names, reverse=True)):
            if wanted is None or wanted in {address.casefold() for address in mail.to}:
                found.append(mail)
            if len(found) == limit:
                break
        return found

    def _names(self) -> list[str]:
        """Return the mails' file names; those of mails under way end otherwise."""
        try:
            return [
                entry.name for entry in os.scandir(self._folder) if entry.name.endswith(".json")
            ]
        except FileNotFoundError:
            return []

    def _read(self, names: Iterable[str]) -> Iterator[ReceivedMail]:
        for name in names:
            try:
                row = orjson.loads((self._folder / name).read_bytes())
            except FileNotFoundError:
                continue  # dropped at the bound while we were reading
            row["received_at"] = datetime.fromisoformat(row["received_at"])
            row["to"] = tuple(row["to"])
            yield ReceivedMail(**row)

    def _write(self, content: bytes) -> Path:
        # In a folder of their own: in the other one only what is kept or dropped is a change.
        parts = self._folder / "parts"
        parts.mkdir(mode=0o700, exist_ok=True)
        descriptor, part = tempfile.mkstemp(dir=parts)
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        return Path(part)


def _mark(address: str) -> str:
    """Return eight digits that stand for a recipient; two may share them."""
    return hashlib.sha256(address.casefold().encode()).hexdigest()[:8]

"""The twin's folder: one JSON file a mail, whole or not there, the oldest dropped at a bound."""

import hashlib
import os
import tempfile
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path

import orjson

MOST_MAILS = 2_000


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

    def add(self, mail: ReceivedMail) -> bool:
        """Keep a mail; False when the same id is there already (a repeat after a crash)."""
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        digest = hashlib.sha256(mail.id.encode()).hexdigest()[:32]
        if next(self._folder.glob(f"*-{digest}.json"), None) is not None:
            return False
        instant = int(mail.received_at.timestamp() * 1_000_000)
        self._write(f"{instant:017d}-{digest}.json", orjson.dumps(asdict(mail)))
        for old in self._files()[self._most :]:
            old.unlink(missing_ok=True)
        return True

    def newest(self, *, to: str | None = None, limit: int = 50) -> list[ReceivedMail]:
        """Return up to `limit` mails, newest first, for one recipient if `to` is given."""
        wanted = to.casefold() if to else None
        found: list[ReceivedMail] = []
        for mail in self._read():
            if wanted is None or wanted in {address.casefold() for address in mail.to}:
                found.append(mail)
            if len(found) == limit:
                break
        return found

    def _files(self) -> list[Path]:
        return sorted(self._folder.glob("*-*.json"), reverse=True)

    def _read(self) -> Iterator[ReceivedMail]:
        for file in self._files():
            try:
                row = orjson.loads(file.read_bytes())
            except FileNotFoundError:
                continue  # dropped at the bound while we were reading
            row["received_at"] = datetime.fromisoformat(row["received_at"])
            row["to"] = tuple(row["to"])
            yield ReceivedMail(**row)

    def _write(self, name: str, content: bytes) -> None:
        descriptor, part = tempfile.mkstemp(dir=self._folder, suffix=".part")
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        Path(part).replace(self._folder / name)

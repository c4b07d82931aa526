"""What a backup holds: told by a file beside it, which carries its own digest."""

import json
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from typing import Any

from metatron.kernel.process.failures import ProcessError
from metatron.platform.backups.state import write_private

FILE = "manifest.json"
FORMAT = 1
_CHUNK = 1 << 20


@dataclass(frozen=True, slots=True)
class Content:
    """A file of a backup: size in bytes, SHA-256, and when the original was last changed (ns)."""

    size: int
    sha256: str
    changed_ns: int


@dataclass(frozen=True, slots=True)
class Manifest:
    """One backup.

    `wal_start` and `wal_stop` are positions of the log on `timeline`; `heads` are the newest audit
    checkpoints, by tenant.
    """

    name: str
    started_at: datetime
    finished_at: datetime
    server_version: int
    system_id: str
    timeline: int
    segment_bytes: int
    superuser: str
    database_name: str
    wal_start: str
    wal_stop: str
    revisions: tuple[str, ...]
    heads: dict[str, dict[str, Any]]
    files: dict[str, Content]

    @property
    def size(self) -> int:
        """All its files together, in bytes."""
        return sum(content.size for content in self.files.values())


def backup_name(instant: datetime) -> str:
    """Return what a backup begun at an instant is called."""
    return instant.astimezone(UTC).strftime("%Y%m%dT%H%M%SZ")


def write_manifest(folder: Path, manifest: Manifest) -> None:
    """Write the manifest into the backup's folder."""
    told = {"format": FORMAT, "backup": asdict(manifest)}
    body = json.dumps(told, default=datetime.isoformat, sort_keys=True)
    digest = sha256(body.encode()).hexdigest()
    write_private(folder / FILE, f"{digest}\n{body}\n".encode())


def read_manifest(folder: Path) -> Manifest:
    """Read a backup's manifest.

    Raises:
        ProcessError: it is not there, damaged, or of a release that is newer than this one.
    """
    file = folder / FILE
    try:
        digest, _, body = file.read_text().partition("\n")
    except (OSError, UnicodeDecodeError) as error:
        raise _unreadable(file, type(error).__name__) from error
    if sha256(body.rstrip("\n").encode()).hexdigest() != digest:
        raise _unreadable(file, "its digest does not fit")
    told = json.loads(body)
    if told["format"] != FORMAT:
        raise ProcessError(f"{file} is of format {told['format']}", "use the release that wrote it")
    backup = told["backup"]
    backup["files"] = {name: Content(**each) for name, each in backup["files"].items()}
    backup["revisions"] = tuple(backup["revisions"])
    for name in ("started_at", "finished_at"):
        backup[name] = datetime.fromisoformat(backup[name])
    return Manifest(**backup)


def _unreadable(file: Path, why: str) -> ProcessError:
    return ProcessError(f"{file} cannot be read ({why})", "use another backup")


def digest_of(path: Path) -> tuple[int, str]:
    """Read a file whole; return its size and its SHA-256 in hex."""
    digest, size = sha256(), 0
    with path.open("rb") as file:
        while chunk := file.read(_CHUNK):
            digest.update(chunk)
            size += len(chunk)
    return size, digest.hexdigest()


def differences(folder: Path, manifest: Manifest) -> list[str]:
    """Read every file of a backup; return one line for each that is missing, changed or extra."""
    found = []
    for name, content in sorted(manifest.files.items()):
        path = folder / name
        if not path.is_file():
            found.append(f"{path} is missing")
            continue
        try:
            seen = digest_of(path)
        except OSError as error:
            found.append(f"{path} cannot be read ({error.strerror})")
            continue
        if seen != (content.size, content.sha256):
            found.append(f"{path} is damaged: its SHA-256 is not the one noted")
    known = {FILE, *manifest.files}
    extra = [
        f"{path} is not of this backup"
        for path in sorted(folder.rglob("*"))
        if path.is_file() and str(path.relative_to(folder)) not in known
    ]
    return found + extra

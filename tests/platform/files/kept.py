"""What lies in a store, seen from outside: in the folder, and in the bucket of a local twin."""

import os
from abc import ABC, abstractmethod
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

from metatron.platform.files.store import Store
from tests.support import s3_store

PREFIX = "suite/files"


def s3_settings(twin: s3_store.Store) -> dict[str, Any]:
    """The settings of an installation that keeps its files in the twin."""
    return {
        "files_s3_endpoint": f"http://127.0.0.1:{twin.port}",
        "files_s3_region": s3_store.REGION,
        "files_s3_bucket": s3_store.BUCKET,
        "files_s3_prefix": PREFIX,
        "files_s3_access_key": s3_store.ACCESS,
        "files_s3_secret": s3_store.SECRET,
        "files_s3_path_style": True,
    }


class Kept(ABC):
    """A store and all that lies in it; names are `<tenant>/<aa>/<sha256>` in both."""

    store: Store

    @abstractmethod
    def left(self) -> list[str]:
        """Everything that lies there, scratch files included."""

    @abstractmethod
    def age(self, seconds: float) -> None:
        """Let everything there be older."""

    @abstractmethod
    def put(self, name: str, content: bytes) -> None:
        """Put something there behind the store's back."""

    @abstractmethod
    def lose(self, name: str) -> None:
        """Take something away behind the store's back."""


def content_name(tenant_id: UUID, sha256: str) -> str:
    return f"{tenant_id}/{sha256[:2]}/{sha256}"


class InFolder(Kept):
    """Contents in files."""

    def __init__(self, store: Store, root: Path) -> None:
        self.store, self.root = store, root

    def left(self) -> list[str]:
        found = (path for path in self.root.rglob("*") if path.is_file())
        return sorted(str(path.relative_to(self.root)) for path in found)

    def age(self, seconds: float) -> None:
        for name in self.left():
            stat = (self.root / name).stat()
            os.utime(self.root / name, (stat.st_atime - seconds, stat.st_mtime - seconds))

    def put(self, name: str, content: bytes) -> None:
        (self.root / name).parent.mkdir(parents=True, exist_ok=True)
        (self.root / name).write_bytes(content)

    def lose(self, name: str) -> None:
        (self.root / name).unlink()


class InBucket(Kept):
    """Contents in objects; scratch files of this machine beside them."""

    def __init__(self, store: Store, twin: s3_store.Store, scratch: Path) -> None:
        self.store, self.twin, self.scratch = store, twin, InFolder(store, scratch)

    def left(self) -> list[str]:
        assert all(key.startswith(f"{PREFIX}/") for key in self.twin.objects)
        keys = {key.removeprefix(f"{PREFIX}/") for key in self.twin.objects}
        return sorted(keys | set(self.scratch.left()))

    def age(self, seconds: float) -> None:
        self.scratch.age(seconds)
        for key in self.twin.objects:
            at = self.twin.dates.get(key, datetime.now(UTC))
            self.twin.dates[key] = at - timedelta(seconds=seconds)

    def put(self, name: str, content: bytes) -> None:
        self.twin.put(f"{PREFIX}/{name}", content)

    def lose(self, name: str) -> None:
        del self.twin.objects[f"{PREFIX}/{name}"]

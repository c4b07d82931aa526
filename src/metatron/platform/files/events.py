"""What the files module announces. No names: they may be personal."""

from typing import ClassVar, Literal

from metatron.kernel.events.event import Event


class FileStored(Event):
    """Content was kept; the aggregate is the file. `sha256` is hex."""

    name: ClassVar[str] = "files.file_stored.v1"
    purpose: str
    media_type: str
    size_bytes: int
    sha256: str


class FileDeleted(Event):
    """A file is gone for everybody; its content follows unless another file has the same."""

    name: ClassVar[str] = "files.file_deleted.v1"
    purpose: str
    sha256: str
    because: Literal["asked", "expired"]

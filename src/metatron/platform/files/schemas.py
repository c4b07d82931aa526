"""Answers of the files routes."""

from datetime import datetime
from uuid import UUID

from pydantic import BaseModel

from metatron.platform.files.tables import FileState


class FileAnswer(BaseModel):
    """All about a file but its content; `media_type` is what the content was recognised as."""

    id: UUID
    name: str
    media_type: str
    size_bytes: int
    sha256: str
    purpose: str
    uploaded_by: UUID | None
    uploaded_at: datetime
    state: FileState
    expires_at: datetime | None


class UploadAnswer(FileAnswer):
    """The same of a new file; `is_reused`: the organisation had this content already."""

    is_reused: bool

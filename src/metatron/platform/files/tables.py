"""Files, and what they are attached to."""

from datetime import datetime
from typing import Literal
from uuid import UUID

from sqlalchemy import LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from metatron.kernel.database.mapping import Model, TenantRow

type FileState = Literal["stored", "deleted"]


class FileRow(TenantRow, Model):
    """One upload; several may share one content. `uploaded_by` is the credential's actor."""

    __tablename__ = "file"
    __table_args__ = {"schema": "files"}  # noqa: RUF012 - SQLAlchemy reads it from the class

    name: Mapped[str] = mapped_column(String)
    media_type: Mapped[str] = mapped_column(String)
    size_bytes: Mapped[int]
    sha256: Mapped[bytes] = mapped_column(LargeBinary)
    purpose: Mapped[str] = mapped_column(String)
    uploaded_by: Mapped[UUID | None]
    uploaded_at: Mapped[datetime]
    state: Mapped[str] = mapped_column(String, default="stored")
    expires_at: Mapped[datetime | None]
    deleted_at: Mapped[datetime | None]


class AttachmentRow(TenantRow, Model):
    """A file in the place where it is needed; it does not expire any more."""

    __tablename__ = "attachment"
    __table_args__ = {"schema": "files"}  # noqa: RUF012 - SQLAlchemy reads it from the class

    file_id: Mapped[UUID]
    subject_kind: Mapped[str] = mapped_column(String)
    subject_id: Mapped[UUID]
    attached_by: Mapped[UUID | None]
    attached_at: Mapped[datetime]

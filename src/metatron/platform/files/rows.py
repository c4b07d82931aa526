"""A file's row as others see it."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import select, text
from sqlalchemy.ext.asyncio import AsyncSession

from metatron.kernel.context import Context
from metatron.platform.files.errors import FileNotFound
from metatron.platform.files.tables import FileRow, FileState

_LOCK = text("select pg_advisory_xact_lock(hashtextextended('files/' || :name, 0))")


@dataclass(frozen=True, slots=True)
class FileFacts:
    """All but the content; `sha256` is hex; `is_reused`: such content was here before."""

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
    is_reused: bool = False


def facts_of(row: FileRow, *, is_reused: bool = False) -> FileFacts:
    """Return the row's facts."""
    return FileFacts(
        id=row.id,
        name=row.name,
        media_type=row.media_type,
        size_bytes=row.size_bytes,
        sha256=row.sha256.hex(),
        purpose=row.purpose,
        uploaded_by=row.uploaded_by,
        uploaded_at=row.uploaded_at,
        state="deleted" if row.state == "deleted" else "stored",
        expires_at=row.expires_at,
        is_reused=is_reused,
    )


async def load(
    session: AsyncSession, context: Context, file_id: UUID, *, lock: bool = False
) -> FileRow:
    """Return a stored file's row; raise `FileNotFound` for none, and for a deleted one."""
    query = select(FileRow).where(
        FileRow.tenant_id == context.tenant_id, FileRow.id == file_id, FileRow.state == "stored"
    )
    if lock:
        query = query.with_for_update().execution_options(populate_existing=True)
    row = await session.scalar(query)
    if row is None:
        raise FileNotFound
    return row


async def is_held(session: AsyncSession, context: Context, sha256: bytes) -> bool:
    """Tell whether a stored file of the tenant has this content."""
    query = select(FileRow.id).where(
        FileRow.tenant_id == context.tenant_id,
        FileRow.sha256 == sha256,
        FileRow.state == "stored",
    )
    return (await session.scalar(query.limit(1))) is not None


async def lock_content(session: AsyncSession, context: Context, sha256: bytes) -> None:
    """Keep others from placing or taking away this content until the transaction ends."""
    await session.execute(_LOCK, {"name": f"{context.tenant_id}/{sha256.hex()}"})

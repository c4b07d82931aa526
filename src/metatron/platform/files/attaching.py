"""Files in the places where they are needed, and their end."""

from datetime import datetime
from typing import Literal
from uuid import UUID

from sqlalchemy import delete as delete_from
from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from metatron.kernel.context import Context
from metatron.kernel.errors import InvalidInput
from metatron.kernel.events.event import publish
from metatron.kernel.ids import new_id
from metatron.platform.files.errors import FileNotFound
from metatron.platform.files.events import FileDeleted
from metatron.platform.files.reading import check_readable
from metatron.platform.files.rows import FileFacts, facts_of, load
from metatron.platform.files.tables import AttachmentRow, FileRow


async def attach(
    session: AsyncSession,
    context: Context,
    *,
    file_id: UUID,
    purpose: str,
    subject_kind: str,
    subject_id: UUID,
    now: datetime,
) -> FileFacts:
    """Attach an uploaded file to a record; it does not expire any more. Bears repetition.

    The actor must have uploaded the file or be allowed to read it: nobody gets to see a file by
    attaching its id to something of their own. The system may attach any.

    Raises:
        FileNotFound: there is none under this id, or it has expired.
        PermissionDenied: it is somebody else's.
        InvalidInput: it was uploaded for another purpose.
    """
    row = await load(session, context, file_id, lock=True)
    if context.actor_kind != "system":
        check_readable(context, facts_of(row))
    if row.purpose != purpose:
        hint = f"Upload the file for the purpose {purpose}."
        raise InvalidInput.field("body.file_id", "other_purpose", hint)
    if row.expires_at is not None and row.expires_at <= now:
        raise FileNotFound
    row.expires_at = None
    await session.flush()
    values = {
        "tenant_id": context.tenant_id,
        "id": new_id(),
        "file_id": file_id,
        "subject_kind": subject_kind,
        "subject_id": subject_id,
        "attached_by": context.actor_id,
        "attached_at": now,
    }
    await session.execute(insert(AttachmentRow).values(values).on_conflict_do_nothing())
    return facts_of(row)


async def attached(
    session: AsyncSession, context: Context, *, subject_kind: str, subject_id: UUID
) -> list[FileFacts]:
    """Return the files attached to a record, in the order of attaching."""
    query = (
        select(FileRow)
        .join(
            AttachmentRow,
            (AttachmentRow.tenant_id == FileRow.tenant_id) & (AttachmentRow.file_id == FileRow.id),
        )
        .where(
            AttachmentRow.tenant_id == context.tenant_id,
            AttachmentRow.subject_kind == subject_kind,
            AttachmentRow.subject_id == subject_id,
            FileRow.state == "stored",
        )
        .order_by(AttachmentRow.id)
    )
    return [facts_of(row) for row in await session.scalars(query)]


async def delete(session: AsyncSession, context: Context, *, file_id: UUID, now: datetime) -> None:
    """Delete a file and detach it everywhere; the caller has checked that the actor may.

    Raises:
        FileNotFound: there is none under this id, or it was deleted before.
    """
    row = await load(session, context, file_id, lock=True)
    await _end(session, context, row, "asked", now)


async def expire(session: AsyncSession, context: Context, *, file_id: UUID, now: datetime) -> bool:
    """Delete a file that was attached to nothing in time; returns whether it was."""
    try:
        row = await load(session, context, file_id, lock=True)
    except FileNotFound:
        return False
    if row.expires_at is None or row.expires_at > now:
        return False
    await _end(session, context, row, "expired", now)
    return True


async def _end(
    session: AsyncSession,
    context: Context,
    row: FileRow,
    because: Literal["asked", "expired"],
    now: datetime,
) -> None:
    row.state, row.deleted_at = "deleted", now
    await session.flush()
    await session.execute(
        delete_from(AttachmentRow).where(
            AttachmentRow.tenant_id == context.tenant_id, AttachmentRow.file_id == row.id
        )
    )
    event = FileDeleted(
        aggregate_id=row.id, purpose=row.purpose, sha256=row.sha256.hex(), because=because
    )
    await publish(session, context, event, now=now)

"""Keeping contents: placed under their hash, then noted, in one transaction."""

import asyncio
from collections.abc import AsyncIterator
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from metatron.kernel.context import Context
from metatron.kernel.events.event import publish
from metatron.kernel.events.jobs import enqueue
from metatron.kernel.ids import new_id
from metatron.platform.files.errors import FileEmpty, FileTooLarge, MediaTypeRefused
from metatron.platform.files.events import FileStored
from metatron.platform.files.media_types import taken_as
from metatron.platform.files.names import clean_name
from metatron.platform.files.purposes import FilePurpose, purpose_named
from metatron.platform.files.quota import check_room
from metatron.platform.files.rows import FileFacts, facts_of, is_held, lock_content
from metatron.platform.files.site import site
from metatron.platform.files.store import ContentTooLarge, Received
from metatron.platform.files.tables import FileRow

EXPIRE_JOB = "files.expire"


async def receive(context: Context, purpose: FilePurpose, parts: AsyncIterator[bytes]) -> Received:
    """Take a content for the context's tenant; no database.

    Whoever calls this discards what was received in the end, kept or not.

    Raises:
        FileTooLarge: more bytes than the purpose takes.
        FileEmpty: none at all.
    """
    store = site().store
    try:
        received = await store.receive(context.tenant_id, parts, most_bytes=purpose.max_bytes)
    except ContentTooLarge as error:
        raise too_large(purpose) from error
    if received.sniffer.size == 0:
        await store.discard(received)
        raise FileEmpty
    return received


async def keep(
    session: AsyncSession,
    context: Context,
    *,
    received: Received,
    purpose: FilePurpose,
    name: str,
    expires_at: datetime | None = None,
    now: datetime,
) -> FileFacts:
    """Give a received content its place and note it as a file.

    The same upload once more (actor, purpose, name, content), attached to nothing yet, is the
    same file.

    Should the transaction fail after this, the content lies there without a file until the sweep.

    Raises:
        MediaTypeRefused: the bytes are not of a type that the purpose takes.
        LimitReached: the organisation's plan has no room for it.
    """
    assert received.tenant_id == context.tenant_id, "received for another tenant"
    media_type = await asyncio.to_thread(_taken_type, received, purpose)
    # The sweep takes the same lock: it never takes away what is being noted here.
    await lock_content(session, context, received.sha256)
    is_reused = await is_held(session, context, received.sha256)
    if not is_reused:
        await check_room(session, context, received.sniffer.size)
    await site().store.keep(received)
    name = clean_name(name, media_type)
    if expires_at is None and purpose.unattached_seconds is not None:
        same = await _waiting(
            session, context, sha256=received.sha256, purpose=purpose, name=name, now=now
        )
        if same is not None:
            return facts_of(same, is_reused=True)
        expires_at = now + timedelta(seconds=purpose.unattached_seconds)
    row = FileRow(
        tenant_id=context.tenant_id,
        id=new_id(),
        name=name,
        media_type=media_type,
        size_bytes=received.sniffer.size,
        sha256=received.sha256,
        purpose=purpose.name,
        uploaded_by=context.actor_id,
        uploaded_at=now,
        state="stored",
        expires_at=expires_at,
    )
    session.add(row)
    await session.flush()
    stored = FileStored(
        aggregate_id=row.id,
        purpose=row.purpose,
        media_type=row.media_type,
        size_bytes=row.size_bytes,
        sha256=row.sha256.hex(),
    )
    await publish(session, context, stored, now=now)
    if expires_at is not None:
        await enqueue(session, context, EXPIRE_JOB, run_at=expires_at, file_id=row.id)
    return facts_of(row, is_reused=is_reused)


async def store(
    session: AsyncSession,
    context: Context,
    *,
    purpose: str,
    name: str,
    content: bytes,
    expires_at: datetime | None = None,
    now: datetime,
) -> FileFacts:
    """Keep a content that the application itself has made, such as an export.

    Args:
        session: the business transaction.
        context: the tenant, and who caused it.
        purpose: a registered name; its types and size hold here as well.
        name: cleaned, and given the ending of its type.
        content: the bytes.
        expires_at: when it is deleted unless attached before; without, the purpose says.
        now: the instant on the tenant's clock.

    Raises:
        PurposeUnknown, FileEmpty, FileTooLarge, MediaTypeRefused: it does not fit the purpose.
        LimitReached: the organisation's plan has no room for it.
    """
    known = purpose_named(purpose)

    async def whole() -> AsyncIterator[bytes]:
        yield content

    received = await receive(context, known, whole())
    try:
        return await keep(
            session,
            context,
            received=received,
            purpose=known,
            name=name,
            expires_at=expires_at,
            now=now,
        )
    finally:
        await site().store.discard(received)


async def _waiting(
    session: AsyncSession,
    context: Context,
    *,
    sha256: bytes,
    purpose: FilePurpose,
    name: str,
    now: datetime,
) -> FileRow | None:
    query = select(FileRow).where(
        FileRow.tenant_id == context.tenant_id,
        FileRow.sha256 == sha256,
        FileRow.state == "stored",
        FileRow.purpose == purpose.name,
        FileRow.name == name,
        FileRow.uploaded_by == context.actor_id,
        FileRow.expires_at > now,
    )
    return await session.scalar(query.order_by(FileRow.id).limit(1))


def too_large(purpose: FilePurpose) -> FileTooLarge:
    """Return the refusal, with the most bytes the purpose takes."""
    return FileTooLarge(
        f"At most {purpose.max_bytes} bytes.", extra={"max_bytes": purpose.max_bytes}
    )


def _taken_type(received: Received, purpose: FilePurpose) -> str:
    found = received.sniffer.media_type(received.path)
    taken = taken_as(found, purpose.media_types, received.path)
    if taken is None:
        detail = f"Its content is {found}; taken here: {', '.join(purpose.media_types)}."
        raise MediaTypeRefused(detail, extra={"found": found, "taken": list(purpose.media_types)})
    return taken

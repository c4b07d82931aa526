"""Facts and contents of files, and who may have them."""

import hashlib
from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from uuid import UUID

import structlog
from sqlalchemy.ext.asyncio import AsyncSession

from metatron.kernel.context import Context
from metatron.kernel.errors import PermissionDenied
from metatron.platform.files.errors import ContentMissing, LinkExpired, LinkInvalid
from metatron.platform.files.purposes import read_permission_of
from metatron.platform.files.rows import FileFacts, facts_of, load
from metatron.platform.files.signing import Opened
from metatron.platform.files.site import site

log = structlog.get_logger(__name__)
LINKS = "/api/v1/public/files/"
LONGEST_LINK = timedelta(days=30)


async def facts(session: AsyncSession, context: Context, *, file_id: UUID) -> FileFacts:
    """Return a file's facts; the caller has made sure that the actor may have them.

    Raises:
        FileNotFound: there is none under this id, or it was deleted.
    """
    return facts_of(await load(session, context, file_id))


async def readable_facts(session: AsyncSession, context: Context, *, file_id: UUID) -> FileFacts:
    """Return a file's facts if the actor uploaded it or holds its purpose's permission.

    Raises:
        FileNotFound: there is none under this id, or it was deleted.
        PermissionDenied: it is somebody else's, and the permission is missing.
    """
    found = await facts(session, context, file_id=file_id)
    check_readable(context, found)
    return found


def check_readable(context: Context, found: FileFacts) -> None:
    """Raise `PermissionDenied` unless the actor may open the file."""
    if found.uploaded_by is not None and found.uploaded_by == context.actor_id:
        return
    permission = read_permission_of(found.purpose)
    if permission is None:
        raise PermissionDenied(f"{found.purpose}:read")
    context.demand(permission)


async def read(session: AsyncSession, context: Context, *, file_id: UUID) -> bytes:
    """Return a whole content, its hash compared; the caller has checked that the actor may.

    Raises:
        FileNotFound: there is none under this id, or it was deleted.
        ContentMissing: the content is not in its place, or is not what it was.
    """
    found = await facts(session, context, file_id=file_id)
    content = b"".join([part async for part in await open_content(context, found)])
    if hashlib.sha256(content).hexdigest() != found.sha256:
        raise _missing(found)
    return content


async def open_content(
    context: Context, found: FileFacts, *, first: int = 0, length: int | None = None
) -> AsyncIterator[bytes]:
    """Return a content in parts, or `length` bytes of it from `first` on.

    Raises:
        ContentMissing: it is not in its place, or not whole.
    """
    store, sha256 = site().store, bytes.fromhex(found.sha256)
    if await store.size(context.tenant_id, sha256) != found.size_bytes:
        raise _missing(found)
    return store.read(context.tenant_id, sha256, first=first, length=length)


def signed_link(context: Context, *, file_id: UUID, expires_at: datetime, now: datetime) -> str:
    """Return the path of a link that opens the file for anybody until `expires_at`.

    The caller has checked that the actor may have it. `expires_at` is on the tenant's clock,
    later than `now`, within thirty days.
    """
    assert now < expires_at <= now + LONGEST_LINK, "a link lasts for thirty days at most"
    return LINKS + site().signer.sign(context.tenant_id, file_id, expires_at)


def open_link(link: str) -> Opened:
    """Return what a link names; raise `LinkInvalid` unless it was signed here."""
    opened = site().signer.open(link)
    if opened is None:
        raise LinkInvalid
    return opened


async def linked_facts(
    session: AsyncSession, context: Context, *, opened: Opened, now: datetime
) -> FileFacts:
    """Return the facts of the file that a genuine link names.

    Raises:
        LinkExpired: its time on the tenant's clock is over.
        FileNotFound: the file was deleted meanwhile.
    """
    assert opened.tenant_id == context.tenant_id, "a link was opened in another tenant"
    if opened.expires_at <= now:
        raise LinkExpired
    return await facts(session, context, file_id=opened.file_id)


def _missing(found: FileFacts) -> ContentMissing:
    log.error("file_content_missing", file_id=str(found.id), sha256=found.sha256)
    return ContentMissing()

"""Looking after all contents at once: has each row its own, and taking them to another store."""

from collections.abc import AsyncIterator
from contextlib import aclosing
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import distinct_on

from metatron.kernel.context import system_context
from metatron.kernel.database.database import Database
from metatron.platform.files.purposes import LARGEST_BYTES
from metatron.platform.files.store import Store
from metatron.platform.files.tables import FileRow

_EVER = float("inf")


@dataclass(frozen=True, slots=True)
class Lost:
    """A stored file whose content is not in its place, or of another length."""

    tenant_id: UUID
    file_id: UUID
    sha256: str
    found_bytes: int | None


async def lost_contents(
    database: Database, store: Store, tenants: list[UUID]
) -> tuple[int, list[Lost]]:
    """Look for the content of every stored file; returns how many contents, and the lost ones.

    Raises:
        Busy: the store does not answer.
    """
    looked, lost = 0, list[Lost]()
    for tenant_id in tenants:
        query = (
            select(FileRow.id, FileRow.sha256, FileRow.size_bytes)
            .where(FileRow.tenant_id == tenant_id, FileRow.state == "stored")
            .ext(distinct_on(FileRow.sha256))
            .order_by(FileRow.sha256, FileRow.id)
        )
        async with database.transaction(system_context(tenant_id)) as session:
            rows = (await session.execute(query)).all()
        for file_id, sha256, size_bytes in rows:
            looked += 1
            found = await store.size(tenant_id, sha256)
            if found != size_bytes:
                lost.append(Lost(tenant_id, file_id, sha256.hex(), found))
    return looked, lost


@dataclass(slots=True)
class Moved:
    """How many contents were copied, were there already, or are not what their name says."""

    copied: int = 0
    there: int = 0
    damaged: int = 0


async def copy_contents(source: Store, target: Store) -> AsyncIterator[Moved]:
    """Copy every content to another store and compare its hash; nothing is taken away.

    May be interrupted and repeated: what is there in its length is passed over. Yields the count
    after each content.

    Raises:
        Busy: one of the stores does not answer.
    """
    count = Moved()
    for tenant_id in await source.tenants():
        for sha256 in await source.contents_before(tenant_id, _EVER):
            if await target.size(tenant_id, sha256) == await source.size(tenant_id, sha256):
                count.there += 1
            elif await _copied(source, target, tenant_id, sha256):
                count.copied += 1
            else:
                count.damaged += 1
            yield count


async def _copied(source: Store, target: Store, tenant_id: UUID, sha256: bytes) -> bool:
    async with aclosing(source.read(tenant_id, sha256)) as parts:
        received = await target.receive(tenant_id, parts, most_bytes=LARGEST_BYTES)
    try:
        if received.sha256 != sha256:
            return False
        await target.keep(received)
    finally:
        await target.discard(received)
    return True

"""Contents without a file: what a crash, a failed commit or a deletion left in the store."""

from datetime import datetime
from itertools import batched
from uuid import UUID

import structlog
from sqlalchemy import select

from metatron.kernel.context import Context, system_context
from metatron.kernel.database.database import Database
from metatron.kernel.errors import Busy
from metatron.platform.files.rows import is_held, lock_content
from metatron.platform.files.site import site
from metatron.platform.files.tables import FileRow

log = structlog.get_logger(__name__)
GRACE_SECONDS = 3_600
"""No upload takes that long from its first byte to its commit."""
ASIDE_SECONDS = 30 * 86_400
"""A folder that was put beside the wrong database is not emptied at once."""
AT_ONCE = 500


async def sweep(database: Database, *, machine_now: datetime) -> int:
    """Set aside contents that no file has, delete what lay aside for long; returns how many.

    `machine_now` is the machine's time, by which the store dates what is in it.
    """
    instant = machine_now.timestamp()
    store, moved = site().store, 0
    for tenant_id in await store.tenants():
        try:
            moved += await _sweep_tenant(database, tenant_id, instant)
            await store.clear(
                tenant_id,
                incoming_before=instant - GRACE_SECONDS,
                aside_before=instant - ASIDE_SECONDS,
            )
        except Busy as error:
            log.warning("file_sweep_waits", tenant_id=str(tenant_id), error=error.code)
    return moved


async def _sweep_tenant(database: Database, tenant_id: UUID, instant: float) -> int:
    store, context, moved = site().store, system_context(tenant_id), 0
    old = await store.contents_before(tenant_id, instant - GRACE_SECONDS)
    for some in batched(old, AT_ONCE):
        for sha256 in await _without_file(database, context, some):
            async with database.transaction(context) as session:
                await lock_content(session, context, sha256)
                if await is_held(session, context, sha256):
                    continue
                await store.set_aside(tenant_id, sha256)
            log.info("file_content_set_aside", tenant_id=str(tenant_id), sha256=sha256.hex())
            moved += 1
    return moved


async def _without_file(
    database: Database, context: Context, hashes: tuple[bytes, ...]
) -> list[bytes]:
    query = select(FileRow.sha256).where(
        FileRow.tenant_id == context.tenant_id,
        FileRow.sha256.in_(hashes),
        FileRow.state == "stored",
    )
    async with database.transaction(context) as session:
        held = {bytes(found) for found in await session.scalars(query)}
    return [sha256 for sha256 in hashes if sha256 not in held]

"""Which tables an instance lists: asked of Amazon, kept where they differ from what we know."""

from dataclasses import asdict
from datetime import datetime
from uuid import UUID

import orjson
import structlog
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from metatron.apps.amc.amazon.errors import AmazonRefused
from metatron.apps.amc.connections.access import client_of
from metatron.apps.amc.connections.errors import (
    ConnectionNotUsable,
    InstanceGone,
    InstanceNotFound,
)
from metatron.kernel.context import Context
from metatron.kernel.database.database import Database
from metatron.kernel.events.jobs import enqueue

log = structlog.get_logger(__name__)
LIST_JOB = "amc.list_data_sources"
_WANTED = text("""
select i.id from amc.instance i
where i.tenant_id = :tenant_id and i.connection_id = :connection_id and i.gone_at is null
  and i.status = 'COMPLETED'
  and (i.listed_at is null or i.listed_at < cast(:now as timestamptz) - interval '20 hours')
order by i.id
""")
_KEEP = text("""
update amc.instance set listed = cast(:listed as jsonb), listed_at = :now,
  version = version + case when listed is distinct from cast(:listed as jsonb) then 1 else 0 end
where tenant_id = :tenant_id and id = :id
""")


async def ask_for_lists(
    session: AsyncSession, context: Context, *, connection_id: UUID, now: datetime
) -> None:
    """Have those instances asked that were not within a day; one call each, and a job each."""
    key = {"tenant_id": context.tenant_id, "connection_id": connection_id, "now": now}
    for instance_id in (await session.execute(_WANTED, key)).scalars():
        await enqueue(session, context, LIST_JOB, instance_id=instance_id)


async def list_sources(
    database: Database, context: Context, *, instance_id: UUID, now: datetime
) -> None:
    """Keep what an instance lists; bears repetition.

    Raises:
        AmazonError, AmazonAway: Amazon gave no answer: try again later.
    """
    # PyYAML comes with the extra; nobody needs it before an instance is there.
    from metatron.apps.amc.schema.keeping import kept_of  # noqa: PLC0415

    try:
        client = await client_of(database, context, instance_id, now=now)
        found = await client.data_sources()
    except (AmazonRefused, ConnectionNotUsable, InstanceGone, InstanceNotFound) as error:
        log.info("amc_not_listed", instance_id=str(instance_id), reason=type(error).__name__)
        return
    if not found:
        # Nothing at all is no list: with it every query would be refused.
        return
    kept = orjson.dumps(kept_of(asdict(each) for each in found)).decode()
    async with database.transaction(context) as session:
        key = {"tenant_id": context.tenant_id, "id": instance_id, "listed": kept, "now": now}
        await session.execute(_KEEP, key)

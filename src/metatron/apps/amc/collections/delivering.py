"""What has been collected is taken to the collection's destinations, each result once."""

from datetime import datetime

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from metatron.apps.amc.collections.outcomes import COLLECT_JOB
from metatron.apps.amc.collections.tables import Collection
from metatron.apps.amc.destinations.wishing import begin
from metatron.apps.amc.runs.destined import destinations_left
from metatron.kernel.context import Context
from metatron.kernel.events.jobs import enqueue

MOST_AT_ONCE = 200
# Shared segments bring runs along that another collection asked for.
_UNDELIVERED = text("""
select s.kept_run_id as run_id, d.id as destination_id
from amc.collection_segment cs
join amc.segment s on s.tenant_id = cs.tenant_id and s.id = cs.segment_id
join amc.run r on r.tenant_id = s.tenant_id and r.id = s.kept_run_id
cross join unnest(cast(:destination_ids as uuid[])) d (id)
where cs.tenant_id = :tenant_id and cs.collection_id = :collection_id
  and s.state in ('provisional', 'settled') and r.result_gone_at is null
  and not exists (select from amc.delivery v where v.tenant_id = s.tenant_id
    and v.run_id = s.kept_run_id and v.destination_id = d.id)
order by s.starts, s.instance_id, d.id limit :most
""")


async def deliver_kept(
    session: AsyncSession, context: Context, collection: Collection, *, now: datetime
) -> int:
    """Begin the deliveries that a locked collection lacks; returns how many there are more.

    What a provisional segment brought goes there as well; its settled result replaces it.
    """
    left = await destinations_left(session, context, collection.destination_ids)
    if not left:
        return 0
    asked = {
        "tenant_id": collection.tenant_id, "collection_id": collection.id,
        "destination_ids": list(left), "most": MOST_AT_ONCE,
    }  # fmt: skip
    found = (await session.execute(_UNDELIVERED, asked)).all()
    for row in found:
        await begin(session, context, run_id=row.run_id, destination_id=row.destination_id, now=now)
    if len(found) == MOST_AT_ONCE:
        await enqueue(session, context, COLLECT_JOB, collection_id=collection.id)
    return len(found)

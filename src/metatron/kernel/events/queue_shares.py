"""Each tenant's share of the queue: who has filled theirs waits, and keeps nobody else waiting.

The queue gives out its entries in their sequence, so what one tenant has in it all others stand
behind. What is more than a share waits in the outbox, in its sequence.
"""

from typing import Any
from uuid import UUID

QUEUE_BOUND = 2_000
"""With as many due entries in the queue each tenant gets the small share. And one tenant has no
more than these, counted with what is only tried again later: a module that is off, a provider that
is down."""
TENANT_BOUND = 200
"""Due entries with which a tenant's outbox is passed over until the worker has done some."""
SMALL_SHARE = 20
"""The same while the queue is full: it still takes a little of everybody."""

_FULL = """
with waiting as (
  select headers ->> 'tenant_id' as tenant_id, count(*) as entries,
    count(*) filter (where execute_after <= now()) as due
  from jobs.pgqueuer where status = 'queued' group by 1
), allowed as (
  select case when sum(due) < $1 then $2::int else $3::int end as share from waiting
)
select coalesce(array_agg(tenant_id::uuid), '{}') from waiting, allowed
where tenant_id is not null and (due >= share or entries >= $1)
"""


async def full_shares(pool: Any) -> list[UUID]:
    """Return the tenants that have their share in the queue of the home database `pool`."""
    found: list[UUID] = await pool.fetchval(_FULL, QUEUE_BOUND, TENANT_BOUND, SMALL_SHARE)
    return found

"""An event becomes one delivery for each endpoint that wants it, once and for all."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from metatron.kernel.clock import utc_now
from metatron.kernel.context import Context
from metatron.kernel.events.jobs import enqueue_all
from metatron.kernel.ids import new_id
from metatron.platform.webhooks.catalogue import type_for, wanting

FAN_OUT_JOB = "webhooks.fan_out"
SEND_JOB = "webhooks.send"
_WANTED = """
select e.tenant_id, array_agg(distinct w.name) as wanted
from webhooks.endpoint e, unnest(e.events) w (name)
where e.is_on and e.tenant_id = any($1::uuid[]) group by e.tenant_id
"""
_EVENT = text("""
select e.id, e.name, e.payload from kernel.event e
where e.tenant_id = :tenant_id and e.id = :id
""")
_ENDPOINTS = text("""
select e.id, e.events from webhooks.endpoint e
where e.tenant_id = :tenant_id and e.is_on order by e.id
""")
_KEEP = text("""
insert into webhooks.delivery (tenant_id, id, endpoint_id, event_id, type, state,
  next_attempt_at, created_at)
select cast(:tenant_id as uuid), x.id, x.endpoint_id, cast(:event_id as uuid), x.type, 'queued',
  cast(:at as timestamptz), cast(:at as timestamptz)
from unnest(cast(:ids as uuid[]), cast(:endpoint_ids as uuid[]), cast(:types as text[]))
  x (id, endpoint_id, type)
join webhooks.endpoint e on e.tenant_id = cast(:tenant_id as uuid) and e.id = x.endpoint_id
on conflict (tenant_id, endpoint_id, event_id) do nothing returning id
""")


@dataclass(frozen=True, slots=True)
class _Wish:
    id: UUID
    endpoint_id: UUID
    type: str


async def wanted(
    connection: Any, tenants: Collection[UUID]
) -> Mapping[UUID, Callable[[str], bool]]:
    """Tell which tenants have endpoints that are on, and of which events they may want to hear."""
    rows = await connection.fetch(_WANTED, list(tenants))
    return {row["tenant_id"]: wanting(row["wanted"]) for row in rows}


async def fan_out(session: AsyncSession, context: Context, *, event_id: str, now: datetime) -> None:
    """Note a delivery for each endpoint that wants an event, and ask for its sending."""
    del now  # deliveries live in the real time
    tenant = {"tenant_id": context.tenant_id}
    event = (await session.execute(_EVENT, tenant | {"id": UUID(event_id)})).one_or_none()
    if event is None:
        return
    wishes = [
        _Wish(new_id(), endpoint.id, told)
        for endpoint in await session.execute(_ENDPOINTS, tenant)
        if (told := type_for(endpoint.events, event.name, event.payload)) is not None
    ]
    if not wishes:
        return
    values = tenant | {
        "event_id": event.id,
        "at": utc_now(),
        "ids": [wish.id for wish in wishes],
        "endpoint_ids": [wish.endpoint_id for wish in wishes],
        "types": [wish.type for wish in wishes],
    }
    kept = list(await session.scalars(_KEEP, values))
    asked = [{"delivery_id": each, "attempt": 0} for each in kept]
    await enqueue_all(session, context, SEND_JOB, asked)

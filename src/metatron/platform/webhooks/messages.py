"""What is sent: the event as its readers see it, the same bytes however often."""

from datetime import datetime
from typing import Any
from uuid import UUID

import orjson
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from metatron.kernel.context import Context
from metatron.platform.webhooks.catalogue import TEST
from metatron.platform.webhooks.tables import WebhookDelivery

_EVENT = text("""
select e.id, e.name, e.aggregate_id, e.actor_kind, e.actor_id, e.payload, e.occurred_at
from kernel.event e where e.tenant_id = :tenant_id and e.id = :id
""")


async def event_of(session: AsyncSession, context: Context, event_id: UUID | None) -> Any:
    """Return the row of the log that a delivery tells of; None for a test."""
    if event_id is None:
        return None
    values = {"tenant_id": context.tenant_id, "id": event_id}
    return (await session.execute(_EVENT, values)).one()


def body_of(delivery: WebhookDelivery, event: Any) -> bytes:
    """Return the body: `type`, `timestamp` (when it happened) and `data`.

    Rows of the log never change, so it is the same each time; a payload holds ids, and no more of
    a person.
    """
    if event is None:
        data: dict[str, Any] = {"webhook_id": delivery.endpoint_id, "note": "This is a test."}
        return _message(TEST, delivery.created_at, delivery.tenant_id, data)
    data = {
        "event_id": event.id,
        "name": event.name,
        "aggregate_id": event.aggregate_id,
        "actor": {"kind": event.actor_kind, "id": event.actor_id},
        "payload": event.payload,
    }
    return _message(delivery.type, event.occurred_at, delivery.tenant_id, data)


def _message(type_: str, at: datetime, tenant_id: UUID, data: dict[str, Any]) -> bytes:
    told = {"type": type_, "timestamp": at, "data": {"organisation_id": tenant_id, **data}}
    return orjson.dumps(told, option=orjson.OPT_UTC_Z, default=str)

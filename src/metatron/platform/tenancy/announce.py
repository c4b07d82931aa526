"""Announcing what happened to an organisation in the log of the tenant, wherever that lives.

Organisation tables stay in the home database, the tenant's log is where its rows are. When they
are elsewhere (or on their way), the event travels as a job and is appended there once.
"""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from metatron.kernel.context import Context
from metatron.kernel.events.event import Event, append, event_row
from metatron.kernel.events.jobs import enqueue
from metatron.kernel.ids import new_id

RECORD = "tenancy.record_event"
CHANNEL = "metatron_access"
# Taken and held until the end of the transaction, so that a move waits for it.
_MAY_WRITE = text("select kernel.may_write(:tenant_id)")
_NOTIFY = text("select pg_notify(:channel, :payload)")


async def announce(session: AsyncSession, context: Context, event: Event, *, now: datetime) -> UUID:
    """Append the event to the tenant's log, from a transaction in the home database."""
    row = event_row(context, event, new_id(), now)
    event_id: UUID = row["id"]
    if (await session.execute(_MAY_WRITE, {"tenant_id": context.tenant_id})).scalar_one():
        await append(session, row)
    else:
        await enqueue(session, context, RECORD, row=row)
    return event_id


async def record_event(
    session: AsyncSession, context: Context, *, now: datetime, row: dict[str, Any]
) -> None:
    """Append an event that was announced in the home database; runs once as a job."""
    assert now is not None
    ids = {
        name: row[name] and UUID(row[name])
        for name in ("tenant_id", "id", "aggregate_id", "actor_id", "impersonator_id")
    }
    assert ids["tenant_id"] == context.tenant_id, "an event was sent to another tenant's log"
    occurred_at = datetime.fromisoformat(row["occurred_at"])
    await append(session, {**row, **ids, "occurred_at": occurred_at})


async def tell(session: AsyncSession, *payloads: str) -> None:
    """Make every process forget cached facts once this transaction commits.

    Payloads: `tenant:<id>`, `key:<sha256 hex prefix>`, `session:<id>`, `user:<id>`.
    """
    for payload in payloads:
        await session.execute(_NOTIFY, {"channel": CHANNEL, "payload": payload})

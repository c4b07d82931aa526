"""Announcing what happened, in the transaction in which it happened."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, ClassVar
from uuid import UUID

from pydantic import BaseModel, ConfigDict
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from metatron.kernel.context import Context
from metatron.kernel.ids import new_id


class Event(BaseModel):
    """Base of every event: subclasses set `name` (`<module>.<noun>_<past verb>.v1`).

    The fields are the payload. They hold no personal data (only ids), so that erasing a person
    leaves the sealed chain valid. `aggregate_id` names the record whose timeline shows the event.
    """

    model_config = ConfigDict(frozen=True)
    name: ClassVar[str]
    aggregate_id: UUID


_APPEND = text("""
with e as (
  insert into kernel.event (tenant_id, id, name, aggregate_id, actor_kind, actor_id,
                            impersonator_id, request_id, payload, occurred_at)
  values (:tenant_id, :id, :name, :aggregate_id, :actor_kind, :actor_id,
          :impersonator_id, :request_id, cast(:payload as jsonb), :occurred_at)
  returning tenant_id, id, name)
insert into kernel.outbox (tenant_id, id, kind, name) select tenant_id, id, 'event', name from e
""")


_APPEND_ALL = text("""
with e as (
  insert into kernel.event (tenant_id, id, name, aggregate_id, actor_kind, actor_id,
                            impersonator_id, request_id, payload, occurred_at)
  select cast(:tenant_id as uuid), x.id, x.name, x.aggregate_id, x.actor_kind, x.actor_id,
    x.impersonator_id, x.request_id, cast(x.payload as jsonb), cast(:occurred_at as timestamptz)
  from unnest(cast(:ids as uuid[]), cast(:names as text[]), cast(:aggregate_ids as uuid[]),
    cast(:actor_kinds as text[]), cast(:actor_ids as uuid[]), cast(:impersonator_ids as uuid[]),
    cast(:request_ids as text[]), cast(:payloads as text[])) with ordinality
    x (id, name, aggregate_id, actor_kind, actor_id, impersonator_id, request_id, payload, place)
  order by x.place
  returning tenant_id, id, name)
insert into kernel.outbox (tenant_id, id, kind, name) select tenant_id, id, 'event', name from e
""")


async def publish(session: AsyncSession, context: Context, event: Event, *, now: datetime) -> UUID:
    """Append the event to the tenant's log and outbox; returns its id.

    `now` is the instant on the tenant's clock at which it happened.
    """
    event_id = new_id()
    await append(session, event_row(context, event, event_id, now))
    return event_id


async def publish_all(
    session: AsyncSession, context: Context, events: Sequence[Event], *, now: datetime
) -> None:
    """Append many events in their sequence, in one statement; see `publish`."""
    await publish_each(session, [(context, event) for event in events], now=now)


async def publish_each(
    session: AsyncSession, events: Sequence[tuple[Context, Event]], *, now: datetime
) -> None:
    """Append events of several actors of one tenant in their sequence, in one statement."""
    if not events:
        return
    contexts = [context for context, _ in events]
    assert len({context.tenant_id for context in contexts}) == 1, "events of several tenants"
    values = {
        "tenant_id": contexts[0].tenant_id,
        "occurred_at": now,
        "ids": [new_id() for _ in events],
        "names": [event.name for _, event in events],
        "aggregate_ids": [event.aggregate_id for _, event in events],
        "actor_kinds": [context.actor_kind for context in contexts],
        "actor_ids": [context.actor_id for context in contexts],
        "impersonator_ids": [context.impersonator_id for context in contexts],
        "request_ids": [context.request_id for context in contexts],
        "payloads": [event.model_dump_json() for _, event in events],
    }
    await session.execute(_APPEND_ALL, values)


async def append(session: AsyncSession, row: dict[str, Any]) -> None:
    """Append a row made by `event_row` to the log and the outbox of the session's database."""
    await session.execute(_APPEND, row)


def event_row(
    context: Context, event: Event, event_id: UUID, now: datetime | None
) -> dict[str, Any]:
    """Return the column values of an event, for statements of the direct door.

    `now` None: the statement itself knows the instant.
    """
    return {
        "tenant_id": context.tenant_id,
        "id": event_id,
        "name": event.name,
        "aggregate_id": event.aggregate_id,
        "actor_kind": context.actor_kind,
        "actor_id": context.actor_id,
        "impersonator_id": context.impersonator_id,
        "request_id": context.request_id,
        "payload": event.model_dump_json(),
        "occurred_at": now,
    }

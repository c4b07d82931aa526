"""Work for later: a row in the outbox, in the transaction that decided on it."""

from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast
from uuid import UUID

import orjson
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from metatron.kernel.context import Context
from metatron.kernel.ids import new_id

Handler = Callable[..., Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Delivery:
    """One of several requests done at once: its own context, and the handler's arguments."""

    context: Context
    arguments: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Together:
    """How requests of one tenant that wait at the same moment are done in one transaction.

    `handler` is `(session, context, *, now, each)`, or with the database in place of the session
    when the job is not transactional; `each` is a sequence of `Delivery`. It does for every one
    what the ordinary handler does; when it raises, each is done by that one, alone. `fits` tells
    by the arguments which may be among several.
    """

    handler: Handler
    fits: Callable[[Mapping[str, Any]], bool] = lambda _arguments: True


@dataclass(frozen=True, slots=True)
class Job:
    """A kind of work a module knows.

    A transactional handler is `(session, context, *, now, **arguments)`; its effects and the
    mark that it ran commit together, so it takes effect once however often it is delivered.
    A handler that calls the network is not transactional: `(database, context, *, now,
    **arguments)`; it opens its own transactions around the call and must bear repetition.
    Of what waits in the queue, higher `priority` goes first.
    One that `waits` does so mostly for others (a provider, a batch) and holds no connection
    meanwhile: it is not counted among those at work.
    """

    name: str
    handler: Handler
    transactional: bool = True
    most_attempts: int = 12
    priority: int = 0
    together: Together | None = None
    waits: bool = False


@dataclass(frozen=True, slots=True)
class Subscription:
    """A module's reaction to an event: the handler takes `event: DeliveredEvent`.

    `when` tells by the event's payload whether there is anything to do; to an event it says no to
    there is no reaction, and nothing is queued. It must not raise.
    """

    event: str
    subscriber: str
    handler: Handler
    transactional: bool = True
    most_attempts: int = 12
    priority: int = 0
    together: Together | None = None
    waits: bool = False
    when: Callable[[Mapping[str, Any]], bool] = lambda _payload: True


Wanted = Callable[[Any, Collection[UUID]], Awaitable[Mapping[UUID, Callable[[str], bool]]]]
"""(the system's connection, tenants) -> of those that want any: tells by an event's name."""


@dataclass(frozen=True, slots=True)
class Tap:
    """A module's reaction to events of any name, of those tenants that want it.

    The relay asks `wanted` once a round, of the tenants whose events it moves, in the transaction
    that moves them; `table` names the table it reads, which a dedicated database may not have yet.
    A wanted event becomes a request for `job`, once, with the argument `event_id`.
    """

    job: str
    table: str
    wanted: Wanted


@dataclass(frozen=True, slots=True)
class Schedule:
    """A job of the platform's own that fires by cron fields (UTC)."""

    name: str
    expression: str
    job: str


@dataclass(frozen=True, slots=True)
class DeliveredEvent:
    """An event as a subscriber sees it; read `payload` with a small model of your own."""

    id: UUID
    name: str
    tenant_id: UUID
    aggregate_id: UUID
    occurred_at: datetime
    payload: dict[str, Any]


_ENQUEUE = text("""
insert into kernel.outbox (tenant_id, id, kind, name, arguments, run_at)
values (:tenant_id, :id, 'job', :name, cast(:arguments as jsonb), coalesce(:run_at, now()))
""")


_ENQUEUE_ALL = text("""
insert into kernel.outbox (tenant_id, id, kind, name, arguments)
select cast(:tenant_id as uuid), x.id, 'job', cast(:name as text), cast(x.arguments as jsonb)
from unnest(cast(:ids as uuid[]), cast(:arguments as text[])) x (id, arguments)
""")


async def enqueue(
    session: AsyncSession,
    context: Context,
    job: str,
    *,
    run_at: datetime | None = None,
    **arguments: Any,
) -> UUID:
    """Ask for `job` to run for the context's tenant; returns the id of the request.

    Args:
        session: the business transaction; if it rolls back, the job never was.
        context: names the tenant; the job runs as the system in that tenant.
        job: a name from some module's manifest (`campaigns.close`).
        run_at: an instant on the tenant's clock; a sandbox tenant's clock may be advanced.
        arguments: JSON values and UUIDs, passed to the handler by name.
    """
    row = _request(context, job, run_at, arguments)
    await session.execute(_ENQUEUE, row)
    return cast("UUID", row["id"])


async def enqueue_all(
    session: AsyncSession, context: Context, job: str, arguments: Sequence[Mapping[str, Any]]
) -> None:
    """Ask for `job` once for each of `arguments`, in one statement; see `enqueue`."""
    if not arguments:
        return
    values = {
        "tenant_id": context.tenant_id,
        "name": job,
        "ids": [new_id() for _ in arguments],
        "arguments": [orjson.dumps(one, default=str).decode() for one in arguments],
    }
    await session.execute(_ENQUEUE_ALL, values)


def _request(
    context: Context, job: str, run_at: datetime | None, arguments: Mapping[str, Any]
) -> dict[str, Any]:
    return {
        "tenant_id": context.tenant_id,
        "id": new_id(),
        "name": job,
        "arguments": orjson.dumps(arguments, default=str).decode(),
        "run_at": run_at,
    }

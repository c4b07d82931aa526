"""What waits in the worker's hands at one moment, done together where its handler says how."""

import asyncio
from collections.abc import Awaitable, Callable, Hashable, Mapping, Sequence
from datetime import datetime
from typing import Any, cast
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from metatron.kernel.context import Context, system_context
from metatron.kernel.database.database import Database
from metatron.kernel.database.direct import BOUND
from metatron.kernel.database.session import session_now
from metatron.kernel.events.jobs import Delivery, Job, Subscription
from metatron.kernel.micro_batcher import Limits, MicroBatcher, Traits

LIMITS = Limits(flush_seconds=0.003, at_once=100, pace_seconds=0.1)

type Message = dict[str, Any]
type Handled = Job | Subscription
type _Key = tuple[UUID, str]
"""Tenant and handler."""

_MARK_ALL = text("""
insert into kernel.delivery (tenant_id, id, handler)
select cast(:tenant_id as uuid), x.id, :handler
from unnest(cast(:ids as uuid[])) x (id)
on conflict do nothing returning id
""")
_NOW = (
    BOUND + " select now() + coalesce((select make_interval(secs => c.offset_seconds)"
    " from kernel.tenant_clock c where c.tenant_id = bound.t::uuid), interval '0') instant"
    " from bound"
)


async def tenant_now(database: Database, context: Context) -> datetime:
    """Return the instant on the tenant's clock, without a transaction around the question."""
    row = await (await database.direct(context)).row(context, _NOW)
    assert row is not None
    return cast("datetime", row["instant"])


class Gathering:
    """Brings the requests of one tenant for one handler together.

    Args:
        database: leads to every tenant's.
        handlers: by name.
        seats: how many may be at work in the database at once.
        alone: does one request by itself.
        arguments: reads a handler's arguments out of a message.
    """

    def __init__(
        self,
        database: Database,
        handlers: Mapping[str, Handled],
        *,
        seats: asyncio.Semaphore,
        alone: Callable[[Handled, Message], Awaitable[None]],
        arguments: Callable[[Message], dict[str, Any]],
    ) -> None:
        """Begin with nothing waiting."""
        self._database, self._handlers = database, handlers
        self._seats, self._alone, self._arguments = seats, alone, arguments
        self._batches: MicroBatcher[_Key, Message, None] = MicroBatcher(
            self._send, limits=LIMITS, traits=Traits(claims=_claims)
        )

    def takes(self, handler: Handled, message: Message) -> bool:
        """Tell whether a request may be done with others of its kind."""
        return handler.together is not None and handler.together.fits(self._arguments(message))

    async def deliver(self, message: Message) -> None:
        """Do a request with those that wait beside it; returns or raises when it is done."""
        await self._batches.submit((UUID(message["tenant_id"]), message["handler"]), message)

    async def _send(self, key: _Key, messages: list[Message]) -> Sequence[None]:
        handler, context = self._handlers[key[1]], system_context(key[0])
        async with self._seats:
            if len(messages) == 1:
                await self._alone(handler, messages[0])
            elif handler.transactional:
                async with self._database.transaction(context) as session:
                    now = await session_now(session)
                    fresh = await _mark(session, context, key[1], messages)
                    await self._handle(handler, session, context, fresh, now)
            else:
                now = await tenant_now(self._database, context)
                await self._handle(handler, self._database, context, messages, now)
        return [None] * len(messages)

    async def _handle(
        self,
        handler: Handled,
        door: AsyncSession | Database,
        context: Context,
        messages: list[Message],
        now: datetime,
    ) -> None:
        assert handler.together is not None
        if not messages:
            return
        each = [
            Delivery(
                system_context(context.tenant_id, request_id=message["id"]),
                self._arguments(message),
            )
            for message in messages
        ]
        await handler.together.handler(door, context, now=now, each=each)

    async def close(self) -> None:
        """Take no more; return when all is done."""
        await self._batches.close()


async def _mark(
    session: AsyncSession, context: Context, handler: str, messages: list[Message]
) -> list[Message]:
    """Mark what runs here; return the requests that have not run before."""
    values = {
        "tenant_id": context.tenant_id,
        "handler": handler,
        "ids": [UUID(message["id"]) for message in messages],
    }
    new = set((await session.execute(_MARK_ALL, values)).scalars())
    return [message for message in messages if UUID(message["id"]) in new]


def _claims(message: Message) -> tuple[Hashable, ...]:
    return (message["id"],)

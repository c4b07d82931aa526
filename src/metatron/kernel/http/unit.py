"""What an endpoint is given: who asks, and the one transaction of a write."""

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated

from fastapi import Depends
from sqlalchemy.ext.asyncio import AsyncSession
from starlette.requests import Request

from metatron.kernel.context import Context
from metatron.kernel.database.database import Database
from metatron.kernel.database.direct import DirectDoor
from metatron.kernel.database.session import session_now
from metatron.kernel.http.idempotency import Keyed


@dataclass(slots=True)
class UnitOfWork:
    """An open transaction of the request; the route commits it before the answer leaves.

    `now` is the transaction's instant on the tenant's clock.
    """

    session: AsyncSession
    context: Context
    now: datetime


@dataclass(frozen=True, slots=True)
class Reader:
    """The direct door of the request's tenant, for lists and details."""

    direct: DirectDoor
    context: Context


def database_of(request: Request) -> Database:
    """Return the process's database."""
    database: Database = request.app.state.database
    return database


def current_context(request: Request) -> Context:
    """Return who asks; the route has admitted them already."""
    context: Context = request.state.context
    return context


async def current_unit(request: Request) -> UnitOfWork:
    """Return the request's transaction, begun at first use."""
    unit: UnitOfWork | None = getattr(request.state, "unit", None)
    if unit is None:
        context = current_context(request)
        session = await database_of(request).session(context, door=request.state.door)
        # Kept before the first statement, so that a failure here is closed as well.
        request.state.session = session
        unit = UnitOfWork(session, context, await session_now(session))
        request.state.unit = unit
    return unit


async def current_reader(request: Request) -> Reader:
    """Return the direct door."""
    context = current_context(request)
    return Reader(await database_of(request).direct(context, door=request.state.door), context)


async def _key(request: Request) -> Keyed:
    """Return the idempotency key of a route that keeps its answers by itself."""
    keyed: Keyed = request.state.keyed
    return keyed


# The framework runs a dependency that is no coroutine in a thread, which costs more than all else
# of such a request.
async def _who(request: Request) -> Context:
    return current_context(request)


async def _database(request: Request) -> Database:
    return database_of(request)


Unit = Annotated[UnitOfWork, Depends(current_unit)]
Read = Annotated[Reader, Depends(current_reader)]
Who = Annotated[Context, Depends(_who)]
Db = Annotated[Database, Depends(_database)]
Key = Annotated[Keyed, Depends(_key)]

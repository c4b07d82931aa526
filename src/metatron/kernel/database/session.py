"""The door of ordinary use cases: a SQLAlchemy session whose every transaction is bound."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime
from typing import Any, cast

from sqlalchemy import Connection, event, text
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession, create_async_engine
from sqlalchemy.orm import Session, SessionTransaction

from metatron.kernel.context import Context
from metatron.kernel.database.opened import opened
from metatron.kernel.database.pooler import ENGINE_OPTIONS
from metatron.kernel.database.shedding import SheddingPool, note_returns
from metatron.kernel.errors import NoTenant
from metatron.kernel.telemetry.calls import count_statement
from metatron.kernel.telemetry.trace_parent import current_trace

# A tenant that is being moved, or has moved away, can be read here but not written to.
_BIND = text(
    "select set_config('app.tenant_id', :tenant, true), set_config('app.actor_id', :actor, true),"
    " case when :guarded and not kernel.may_write(cast(:tenant as uuid))"
    " then set_config('transaction_read_only', 'on', true) end,"
    " now() + coalesce((select make_interval(secs => c.offset_seconds)"
    " from kernel.tenant_clock c where c.tenant_id = cast(:tenant as uuid)), interval '0')"
)

_NAME_TRACE = text("select set_config('app.trace', :trace, true)")


class _BoundSession(Session):
    """Binds tenant and actor whenever a transaction begins; refuses to run without a tenant."""


@event.listens_for(_BoundSession, "after_begin")
def _bind(session: Session, transaction: SessionTransaction, connection: Connection) -> None:
    if transaction.nested:
        return
    context = session.info.get("context")
    if not isinstance(context, Context):
        message = "a session was used without a tenant"
        raise NoTenant(message)
    # Asked of the driver: asking the server costs every transaction a round trip.
    if getattr(connection.connection.dbapi_connection, "autocommit", False):
        message = "a tenant cannot be bound under AUTOCOMMIT"
        raise NoTenant(message)
    values = {
        "tenant": str(context.tenant_id),
        "actor": str(context.actor_id or ""),
        "guarded": session.info.get("guarded", True),
    }
    row = connection.execute(_BIND, values).one()
    session.info["now"] = row[3]
    trace = current_trace()
    if trace:
        connection.execute(_NAME_TRACE, {"trace": trace})


def create_engine(dsn: str, *, size: int, pooler: bool = False) -> AsyncEngine:
    """Return an engine for a libpq-style DSN; SQL is never echoed (it may hold personal data).

    With `pooler` the DSN leads to one in transaction mode.
    """
    url = dsn.replace("postgresql://", "postgresql+asyncpg://", 1)
    engine = create_async_engine(
        url,
        poolclass=SheddingPool,
        # The one used last is used next: what a burst opened falls idle, and is closed.
        pool_use_lifo=True,
        pool_size=size,
        max_overflow=0,
        pool_timeout=5,
        pool_recycle=3600,
        hide_parameters=True,
        connect_args=ENGINE_OPTIONS if pooler else {},
    )
    note_returns(engine)
    event.listen(engine.sync_engine, "connect", _opened)
    event.listen(engine.sync_engine, "before_cursor_execute", _sent)
    return engine


def _sent(*_statement: object) -> None:
    count_statement()


def _opened(connection: Any, _record: Any) -> None:
    opened(connection.driver_connection)


def open_session(
    engine: AsyncEngine,
    context: Context,
    *,
    home: AsyncEngine | None = None,
    guarded: bool = True,
) -> AsyncSession:
    """Return a session bound to the context's tenant; the caller commits and closes it.

    `home` is the home database's engine when `engine` is another one (see `at_home`). Without
    `guarded` it also writes while the tenant is being moved: only for tables that stay.
    """
    return AsyncSession(
        engine,
        sync_session_class=_BoundSession,
        expire_on_commit=False,
        info={"context": context, "home": home, "guarded": guarded},
    )


@asynccontextmanager
async def at_home(session: AsyncSession) -> AsyncIterator[AsyncSession]:
    """Give a session on the home database, for tables that stay there.

    It is `session` itself unless the tenant is dedicated; then it is a transaction of its own,
    committed at the end of the block: what is done in it must bear being done again.
    """
    home: AsyncEngine | None = session.info.get("home")
    if home is None:
        yield session
        return
    async with open_session(home, session.info["context"], guarded=False) as other:
        yield other
        await other.commit()


async def session_now(session: AsyncSession) -> datetime:
    """Return the transaction's instant on the tenant's clock (the database's, plus its offset)."""
    await session.connection()
    return cast("datetime", cast("dict[str, Any]", session.info)["now"])

"""Renewing a token: once, however many ask in however many processes, and without a storm."""

import asyncio
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import cast
from uuid import UUID
from weakref import WeakValueDictionary

import structlog
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from metatron.apps.amc.amazon.errors import (
    AmazonError,
    AmazonUnavailable,
    GrantEnded,
    Throttled,
)
from metatron.apps.amc.amazon.login import Tokens
from metatron.apps.amc.amazon.places import Region
from metatron.apps.amc.connections import health
from metatron.apps.amc.connections.errors import (
    AmazonAway,
    ConnectionNotFound,
    ConnectionNotUsable,
    away,
)
from metatron.apps.amc.connections.site import site
from metatron.apps.amc.connections.tables import HEALTHY, Connection
from metatron.kernel.context import Context
from metatron.kernel.database.database import Database
from metatron.kernel.database.session import session_now
from metatron.kernel.secrets import SecretUnreadable

log = structlog.get_logger(__name__)
CALL_SECONDS = 25.0
LEASE = timedelta(seconds=30)
"""Longer than a call may take: whoever holds it has ended by then, or is dead."""
WAIT_SECONDS = 0.1
MOST_WAIT_SECONDS = 45.0
FIRST_PAUSE_SECONDS, LONGEST_PAUSE_SECONDS = 5.0, 300.0
NEVER = datetime(1970, 1, 1, tzinfo=UTC)

_locks: WeakValueDictionary[UUID, asyncio.Lock] = WeakValueDictionary()


@dataclass(frozen=True, slots=True)
class Held:
    """A connection's token; `number` rises with each renewal."""

    connection_id: UUID
    region: Region
    number: int
    access: str = field(repr=False)
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class _Leased:
    region: Region
    number: int
    refresh: str = field(repr=False)


class ConnectionBearer:
    """Gives calls their token, and another one when Amazon does not take it any more."""

    def __init__(self, database: Database, context: Context, held: Held, now: datetime) -> None:
        """Begin with a token at hand."""
        self._database, self._context = database, context
        self._held, self._now = held, now

    async def token(self) -> str:
        """Return the token at hand."""
        return self._held.access

    async def renewed(self, refused: str) -> str:
        """Return another token than `refused`; see `renew`."""
        if self._held.access == refused:
            self._held = await renew(
                self._database, self._context, self._held.connection_id,
                refused=self._held.number, now=self._now,
            )  # fmt: skip
        return self._held.access


async def held_token(
    database: Database, context: Context, connection_id: UUID, *, now: datetime
) -> Held:
    """Return the token as it is stored, also one that has ended.

    Raises:
        ConnectionNotFound: no connection of this organisation has the id.
        ConnectionNotUsable: it is not signed in, or its tokens cannot be decrypted.
    """
    async with database.transaction(context) as session:
        connection = await usable(session, context, connection_id)
        held = await _opened(session, context, connection, now=now)
    if held is None:
        raise ConnectionNotUsable(health.UNREADABLE)
    return held


async def renew(
    database: Database, context: Context, connection_id: UUID, *, refused: int, now: datetime
) -> Held:
    """Return a token with a number above `refused`; Amazon is asked once for all who want it.

    Raises:
        ConnectionNotFound: no connection of this organisation has the id.
        ConnectionNotUsable: the sign-in has ended; the connection is broken from now on.
        AmazonAway: not now; nobody asks again before a pause is over.
    """
    lock = _locks.setdefault(connection_id, asyncio.Lock())
    async with lock:
        loop = asyncio.get_running_loop()
        ends_at = loop.time() + MOST_WAIT_SECONDS
        while loop.time() < ends_at:
            turn = await _turn(database, context, connection_id, refused=refused, now=now)
            if isinstance(turn, Held):
                return turn
            if isinstance(turn, _Leased):
                return await _ask(database, context, connection_id, turn)
            # Another process asks; it needs a second, or it died and its lease ends.
            await asyncio.sleep(WAIT_SECONDS)
    raise AmazonAway("Another process has been renewing this connection's token for long.")


async def usable(
    session: AsyncSession, context: Context, connection_id: UUID, *, lock: bool = False
) -> Connection:
    """Return a healthy connection.

    Raises:
        ConnectionNotFound: no connection of this organisation has the id.
        ConnectionNotUsable: it is not signed in, or was signed in at another Amazon.
    """
    key = (context.tenant_id, connection_id)
    connection = await session.get(Connection, key, with_for_update=lock)
    if connection is None:
        raise ConnectionNotFound
    if connection.state != HEALTHY:
        raise ConnectionNotUsable(connection.state_reason or f"It is {connection.state}.")
    if connection.is_twin != site().is_stand_in:
        where = "the local stand-in" if connection.is_twin else "Amazon itself"
        raise ConnectionNotUsable(f"It was signed in at {where}, which is not in use now.")
    return connection


async def _opened(
    session: AsyncSession, context: Context, connection: Connection, *, now: datetime
) -> Held | None:
    """Return the token, None after noting that no key of ours opens it."""
    try:
        sealed = connection.sealed_access
        access = site().box.open(sealed) if sealed is not None else ""
    except SecretUnreadable:
        await health.break_off(session, context, connection, reason=health.UNREADABLE, now=now)
        return None
    return Held(
        connection.id,
        cast("Region", connection.region),
        connection.token_number,
        access,
        connection.access_expires_at or NEVER,
    )


async def _turn(
    database: Database, context: Context, connection_id: UUID, *, refused: int, now: datetime
) -> Held | _Leased | None:
    """Return a newer token, or the lease to get one, or None while another has the lease."""
    async with database.transaction(context) as session:
        connection = await usable(session, context, connection_id, lock=True)
        if connection.token_number > refused:
            found: Held | _Leased | None = await _opened(session, context, connection, now=now)
        else:
            # The machine's clock, not the organisation's: it is about processes and about Amazon.
            clock: datetime = (await session.execute(select(func.clock_timestamp()))).scalar_one()
            if connection.refreshing_until is not None and connection.refreshing_until > clock:
                return None
            pause = connection.refresh_again_at
            if pause is not None and pause > clock:
                raise AmazonAway(headers=_retry_after(pause - clock))
            found = await _lease(session, context, connection, clock=clock, now=now)
    if found is None:
        raise ConnectionNotUsable(health.UNREADABLE)
    return found


async def _lease(
    session: AsyncSession,
    context: Context,
    connection: Connection,
    *,
    clock: datetime,
    now: datetime,
) -> _Leased | None:
    assert connection.sealed_refresh is not None, "a healthy connection has a refresh token"
    try:
        refresh = site().box.open(connection.sealed_refresh)
    except SecretUnreadable:
        await health.break_off(session, context, connection, reason=health.UNREADABLE, now=now)
        return None
    connection.refreshing_until = clock + LEASE
    return _Leased(cast("Region", connection.region), connection.token_number, refresh)


async def _ask(database: Database, context: Context, connection_id: UUID, leased: _Leased) -> Held:
    try:
        async with asyncio.timeout(CALL_SECONDS):
            tokens = await site().login(leased.region).refresh(leased.refresh)
    except GrantEnded:
        await _end(database, context, connection_id, leased)
        raise ConnectionNotUsable(health.REVOKED) from None
    except (AmazonError, TimeoutError) as error:
        reason = error if isinstance(error, AmazonError) else AmazonUnavailable("timeout")
        await _pause(database, context, connection_id, leased, reason)
        log.warning("amc_token_not_renewed", connection_id=str(connection_id), reason=str(reason))
        raise away(reason) from None
    return await _store(database, context, connection_id, leased, tokens)


async def _store(
    database: Database, context: Context, connection_id: UUID, leased: _Leased, tokens: Tokens
) -> Held:
    async with database.transaction(context) as session:
        connection = await usable(session, context, connection_id, lock=True)
        now = await session_now(session)
        # Somebody may have signed in anew meanwhile: that one's tokens stay.
        if connection.token_number == leased.number:
            keep(connection, tokens, now=now)
        held = await _opened(session, context, connection, now=now)
    assert held is not None, "what was sealed just now can be opened"
    return held


def keep(connection: Connection, tokens: Tokens, *, now: datetime) -> None:
    """Seal tokens into their connection."""
    box = site().box
    connection.sealed_access = box.seal(tokens.access)
    connection.sealed_refresh = box.seal(tokens.refresh)
    connection.access_expires_at = now + timedelta(seconds=tokens.lasts_seconds)
    connection.refreshed_at = now
    connection.token_number += 1
    connection.refreshing_until = None
    connection.refresh_failures = 0
    connection.refresh_again_at = None


async def _end(database: Database, context: Context, connection_id: UUID, leased: _Leased) -> None:
    async with database.transaction(context) as session:
        key = (context.tenant_id, connection_id)
        connection = await session.get(Connection, key, with_for_update=True)
        if connection is None or connection.token_number != leased.number:
            return
        connection.refreshing_until = None
        now = await session_now(session)
        await health.break_off(session, context, connection, reason=health.REVOKED, now=now)


async def _pause(
    database: Database,
    context: Context,
    connection_id: UUID,
    leased: _Leased,
    reason: AmazonError,
) -> None:
    """Give the lease back, and let nobody ask before a pause that doubles with each failure.

    Where Amazon said when to come back, not before that.
    """
    async with database.transaction(context) as session:
        key = (context.tenant_id, connection_id)
        connection = await session.get(Connection, key, with_for_update=True)
        if connection is None or connection.token_number != leased.number:
            return
        clock: datetime = (await session.execute(select(func.clock_timestamp()))).scalar_one()
        seconds = FIRST_PAUSE_SECONDS * 2.0 ** min(connection.refresh_failures, 10)
        connection.refresh_failures += 1
        connection.refreshing_until = None
        seconds = min(seconds, LONGEST_PAUSE_SECONDS)
        if isinstance(reason, Throttled):
            seconds = max(seconds, reason.retry_after_seconds)
        connection.refresh_again_at = clock + timedelta(seconds=seconds)


def _retry_after(left: timedelta) -> dict[str, str]:
    return {"retry-after": str(max(1, round(left.total_seconds())))}

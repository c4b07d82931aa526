"""The connections of the direct door: a stack, for a pool's bookkeeping costs more than its query.

Only single statements run on them, each its own transaction, so nothing is left behind that a
pool would have to reset. A connection on which anything but a refusal of the server happened is
dropped, never used again.
"""

import asyncio
import time
from collections import deque
from collections.abc import Awaitable, Callable
from typing import Any

import asyncpg
from asyncpg.prepared_stmt import PreparedStatement as Statement

IDLE_SECONDS = 300.0
OUTDATED = (asyncpg.InvalidCachedStatementError, asyncpg.OutdatedSchemaCacheError)


class Line:
    """One connection and the statements it has prepared."""

    __slots__ = ("connection", "idle_since", "prepared")

    def __init__(self, connection: "asyncpg.Connection[asyncpg.Record]") -> None:
        """Take over a fresh connection."""
        self.connection = connection
        self.idle_since = 0.0
        self.prepared: dict[str, Statement] = {}

    async def prepare(self, sql: str) -> "Statement":
        """Prepare a statement at its first use here."""
        found = self.prepared[sql] = await self.connection.prepare(sql)
        return found


class Lines:
    """At most `size` connections to one database; the one used last is used next."""

    def __init__(self, connect: Callable[[], Awaitable[Any]], *, size: int) -> None:
        """Open nothing yet; `connect` opens a connection."""
        self._connect, self._size = connect, size
        self._idle: list[Line] = []
        self._open = 0
        self._waiting: deque[asyncio.Future[Line | None]] = deque()
        self._closed = False
        self._swept_at = time.monotonic()

    async def fetchval(self, sql: str, *arguments: Any) -> Any:
        """Run one statement; return the first value of its first row, None without one."""
        return await self._run(sql, Statement.fetchval, arguments)

    async def fetchrow(self, sql: str, *arguments: Any) -> "asyncpg.Record | None":
        """Run one statement; return its first row, None without one."""
        row: asyncpg.Record | None = await self._run(sql, Statement.fetchrow, arguments)
        return row

    async def fetch(self, sql: str, *arguments: Any) -> "list[asyncpg.Record]":
        """Run one statement; return its rows."""
        return list(await self._run(sql, Statement.fetch, arguments))

    async def _run(
        self, sql: str, fetch: Callable[..., Awaitable[Any]], arguments: tuple[Any, ...]
    ) -> Any:
        line = self._idle.pop() if self._idle else await self._take()
        if line.connection.is_closed():
            self._drop(line)
            line = await self._take()
        try:
            statement = line.prepared.get(sql) or await line.prepare(sql)
            answer = await fetch(statement, *arguments)
        except OUTDATED:
            # A migration has changed what the statement returns.
            self._drop(line)
            raise
        except asyncpg.PostgresError:
            # A refusal leaves the connection as it was.
            if line.connection.is_closed():
                self._drop(line)
            else:
                self._give_back(line)
            raise
        except BaseException:
            self._drop(line)
            raise
        self._give_back(line)
        return answer

    async def _take(self) -> Line:
        while True:
            while self._idle:
                line = self._idle.pop()
                if not line.connection.is_closed():
                    return line
                self._drop(line)
            if self._open < self._size:
                return await self._open_one()
            turn: asyncio.Future[Line | None] = asyncio.get_running_loop().create_future()
            self._waiting.append(turn)
            try:
                line_or_room = await turn
            except asyncio.CancelledError:
                if turn.done() and not turn.cancelled():
                    self._pass_on(turn.result())
                raise
            if line_or_room is not None:
                return line_or_room

    async def _open_one(self) -> Line:
        self._open += 1
        try:
            return Line(await self._connect())
        except BaseException:
            self._open -= 1
            self._pass_on(None)
            raise

    def _give_back(self, line: Line) -> None:
        if self._closed:
            self._drop(line)
        elif self._waiting:
            self._pass_on(line)
        else:
            line.idle_since = time.monotonic()
            self._idle.append(line)
            if line.idle_since - self._swept_at > IDLE_SECONDS / 10:
                self._sweep(line.idle_since)

    def _pass_on(self, line: Line | None) -> None:
        """Let the one who has waited longest have the connection, or the room for one."""
        while self._waiting:
            turn = self._waiting.popleft()
            if not turn.done():
                turn.set_result(line)
                return
        if line is not None:
            self._idle.append(line)

    def _drop(self, line: Line) -> None:
        self._open -= 1
        if not line.connection.is_closed():
            line.connection.terminate()
        self._pass_on(None)

    def _sweep(self, now: float) -> None:
        """Close what nobody has needed for long: the bottom of the stack."""
        self._swept_at = now
        kept = [line for line in self._idle if now - line.idle_since <= IDLE_SECONDS]
        gone = [line for line in self._idle if now - line.idle_since > IDLE_SECONDS]
        self._idle = kept
        for line in gone:
            self._drop(line)

    async def close(self) -> None:
        """Close the idle connections; those at work close when they are done."""
        self._closed = True
        idle, self._idle = self._idle, []
        for line in idle:
            self._open -= 1
            await line.connection.close(timeout=1)

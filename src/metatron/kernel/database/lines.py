"""The connections of the direct door: a stack, for a pool's bookkeeping costs more than its query.

Only single statements run on them, each its own transaction, so nothing is left behind that a
pool would have to reset. A connection on which anything but a refusal of the server happened is
dropped, never used again.
"""

import asyncio
import time
from collections import deque
from collections.abc import Awaitable, Callable, Coroutine
from typing import Any

import asyncpg
from asyncpg.prepared_stmt import PreparedStatement as Statement

IDLE_SECONDS = 300.0
PATIENCE_SECONDS = 0.005
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
    """At most `size` connections to one database; the one used last is used next.

    Of short statements, `few` at a time get more done than many, which push each other off the
    cores. The others are for statements that take long: whoever has waited `PATIENCE_SECONDS`
    is given one of them.
    """

    def __init__(
        self, connect: Callable[[], Awaitable[Any]], *, size: int, few: int | None = None
    ) -> None:
        """Open nothing yet; `connect` opens a connection. Without `few` all are used alike."""
        self._connect, self._size = connect, size
        self._few = size if few is None else min(few, size)
        self._idle: list[Line] = []
        self._open = 0
        self._waiting: deque[tuple[float, asyncio.Future[Line | None]]] = deque()
        self._relief: asyncio.TimerHandle | None = None
        self._closed = False
        self._swept_at = time.monotonic()

    @property
    def most(self) -> int:
        """How many connections may be open at once."""
        return self._size

    @property
    def open(self) -> int:
        """How many connections are open."""
        return self._open

    @property
    def idle(self) -> int:
        """How many of the open ones nobody uses."""
        return len(self._idle)

    def fetchval(self, sql: str, *arguments: Any) -> Coroutine[Any, Any, Any]:
        """Run one statement; return the first value of its first row, None without one.

        Only these, which read, keep to the few: writes that wait for the disk together get
        more done the more they are.
        """
        return self._run(sql, Statement.fetchval, arguments)

    def fetchrow(self, sql: str, *arguments: Any) -> "Coroutine[Any, Any, asyncpg.Record | None]":
        """Run one statement; return its first row, None without one."""
        return self._run(sql, Statement.fetchrow, arguments, at_once=True)

    async def fetch(self, sql: str, *arguments: Any) -> "list[asyncpg.Record]":
        """Run one statement; return its rows."""
        return list(await self._run(sql, Statement.fetch, arguments, at_once=True))

    async def _run(
        self,
        sql: str,
        fetch: Callable[..., Awaitable[Any]],
        arguments: tuple[Any, ...],
        *,
        at_once: bool = False,
    ) -> Any:
        line = self._idle_line() if at_once or not self._crowded() else None
        if line is None:
            line = await self._take(at_once=at_once)
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

    def _crowded(self) -> bool:
        return self._open - len(self._idle) >= self._few

    def _idle_line(self) -> Line | None:
        while self._idle:
            line = self._idle.pop()
            if not line.connection.is_closed():
                return line
            self._drop(line)
        return None

    async def _take(self, *, at_once: bool = False) -> Line:
        may = at_once or not self._crowded()
        while True:
            if may:
                line = self._idle_line()
                if line is not None:
                    return line
                if self._open < self._size:
                    return await self._open_one()
            line_or_room = await self._turn(patient=not at_once)
            if line_or_room is not None:
                return line_or_room
            may = True

    async def _turn(self, *, patient: bool) -> Line | None:
        """Wait for a connection, or for the leave to take or open one."""
        loop = asyncio.get_running_loop()
        turn: asyncio.Future[Line | None] = loop.create_future()
        # Whoever has no patience counts as one who has lost it already.
        self._waiting.append((time.monotonic() if patient else float("-inf"), turn))
        if self._relief is None and self._few < self._size:
            self._relief = loop.call_later(PATIENCE_SECONDS, self._relieve)
        try:
            return await turn
        except asyncio.CancelledError:
            if turn.done() and not turn.cancelled():
                self._pass_on(turn.result())
            raise

    def _relieve(self) -> None:
        """Give those who have waited for long leave to use the other connections."""
        self._relief = None
        room = len(self._idle) + self._size - self._open
        oldest = time.monotonic() - PATIENCE_SECONDS
        while room > 0 and self._waiting and self._waiting[0][0] <= oldest:
            room -= 1
            self._pass_on(None)
        if self._waiting:
            loop = asyncio.get_running_loop()
            self._relief = loop.call_later(PATIENCE_SECONDS, self._relieve)

    async def _open_one(self) -> Line:
        self._open += 1
        try:
            return Line(await self._connect())
        except BaseException:
            self._open -= 1
            self._pass_on(None)
            raise

    def _give_back(self, line: Line) -> None:
        now = time.monotonic()
        if self._closed:
            self._drop(line)
        elif self._waiting and (
            self._open - len(self._idle) <= self._few
            or self._waiting[0][0] <= now - PATIENCE_SECONDS
        ):
            self._pass_on(line)
        else:
            line.idle_since = now
            self._idle.append(line)
            if line.idle_since - self._swept_at > IDLE_SECONDS / 10:
                self.sweep()

    def _pass_on(self, line: Line | None) -> None:
        """Let the one who has waited longest have the connection, or the room for one."""
        while self._waiting:
            _, turn = self._waiting.popleft()
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

    def sweep(self) -> None:
        """Close what nobody has needed for long: the bottom of the stack."""
        now = self._swept_at = time.monotonic()
        kept = [line for line in self._idle if now - line.idle_since <= IDLE_SECONDS]
        gone = [line for line in self._idle if now - line.idle_since > IDLE_SECONDS]
        self._idle = kept
        for line in gone:
            self._drop(line)

    async def shed(self) -> None:
        """Close the idle connections; others may be opened meanwhile."""
        idle, self._idle = self._idle, []
        for line in idle:
            self._open -= 1
            await line.connection.close(timeout=1)
            self._pass_on(None)

    async def close(self) -> None:
        """Close the idle connections; those at work close when they are done."""
        self._closed = True
        idle, self._idle = self._idle, []
        for line in idle:
            self._open -= 1
            await line.connection.close(timeout=1)

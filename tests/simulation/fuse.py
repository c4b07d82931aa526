"""Crashes at a chosen point: in front of the n-th statement of a transaction, or of its commit."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Literal

from sqlalchemy import Connection, Engine, event

How = Literal["dies", "is_cut_off"]


class Crashed(BaseException):
    """The process died here: nothing that was not committed is left of it."""


class Fuse:
    """Burns down with every statement sent while it is lit; at zero the process dies.

    `is_cut_off`: not the process dies but its connection, as when the server is restarted.
    """

    def __init__(self) -> None:
        self._left: int | None = None
        self._how: How = "dies"
        self.blown = 0

    def _statement(self, connection: Connection, *_rest: Any) -> None:
        self._burn(connection)

    def _burn(self, connection: Connection) -> None:
        if self._left is None:
            return
        self._left -= 1
        if self._left >= 0:
            return
        self._left = None
        self.blown += 1
        if self._how == "dies":
            # Whoever dies leaves a closed socket: the server takes back what it held.
            connection.invalidate()
            raise Crashed
        driver: Any = connection.connection.dbapi_connection
        driver.driver_connection.terminate()

    @contextmanager
    def lit(self, statements: int, how: How) -> Iterator[None]:
        """Let what runs inside die in front of its statement number `statements`, from zero."""
        self._left, self._how = statements, how
        try:
            yield
        finally:
            self._left = None

    @contextmanager
    def laid(self) -> Iterator[None]:
        """Watch every engine of this process."""
        event.listen(Engine, "before_cursor_execute", self._statement)
        event.listen(Engine, "commit", self._burn)
        try:
            yield
        finally:
            event.remove(Engine, "before_cursor_execute", self._statement)
            event.remove(Engine, "commit", self._burn)

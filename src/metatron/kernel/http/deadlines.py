"""The time a request may take: one timer for all requests of a process instead of one for each."""

import asyncio
from types import TracebackType
from typing import Self

_LOOKS = 20
"""Looks in the time allowed: a request may take that part of it longer."""


class Deadlines:
    """Ends work that takes longer than `seconds`, as `asyncio.timeout` does but up to 5 % later.

    All work is allowed the same time, so what began first ends first.
    """

    def __init__(self, seconds: float) -> None:
        """Watch nothing yet."""
        self._seconds = seconds
        self._running: dict[Deadline, float] = {}
        self._looking_in: asyncio.AbstractEventLoop | None = None

    def one(self) -> "Deadline":
        """Return a context for the work of the current task; raises `TimeoutError` at its end."""
        return Deadline(self)

    def begin(self, deadline: "Deadline") -> None:
        """Watch from now on."""
        loop = deadline.loop
        self._running[deadline] = loop.time() + self._seconds
        if self._looking_in is not loop:
            self._looking_in = loop
            loop.call_later(self._seconds / _LOOKS, self._look, loop)

    def end(self, deadline: "Deadline") -> None:
        """Watch no longer."""
        self._running.pop(deadline, None)

    def _look(self, loop: asyncio.AbstractEventLoop) -> None:
        now = loop.time()
        while self._running:
            deadline, ends_at = next(iter(self._running.items()))
            if ends_at > now:
                break
            del self._running[deadline]
            deadline.expire()
        if self._running:
            loop.call_later(self._seconds / _LOOKS, self._look, loop)
        else:
            self._looking_in = None


class Deadline:
    """One piece of work."""

    __slots__ = ("_cancelling", "_deadlines", "_expired", "_task", "loop")

    def __init__(self, deadlines: Deadlines) -> None:
        task = asyncio.current_task()
        assert task is not None, "a deadline needs a task to end"
        self._deadlines, self._task = deadlines, task
        self._cancelling = task.cancelling()
        self._expired = False
        self.loop = task.get_loop()

    def expire(self) -> None:
        """End the work."""
        self._expired = True
        self._task.cancel()

    def __enter__(self) -> Self:
        self._deadlines.begin(self)
        return self

    def lift(self) -> None:
        """Let the work take as long as it wants."""
        self._deadlines.end(self)

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        _trace: TracebackType | None,
    ) -> None:
        self._deadlines.end(self)
        if not self._expired:
            return
        # Somebody else may want the task to end as well: then it ends.
        mine_alone = self._task.uncancel() <= self._cancelling
        if mine_alone and kind is not None and issubclass(kind, asyncio.CancelledError):
            raise TimeoutError from error

"""A small cache of facts: least recently used go first, none is older than its time."""

import asyncio
import time
from collections import OrderedDict
from collections.abc import Awaitable, Callable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Lasting[Value]:
    """Holds values longer than the cache's own time while their changes are heard of for sure.

    Args:
        seconds: for how long at most.
        sure_until: tells until when nothing can have changed unheard (`time.monotonic()`).
        of: tells of which values every change is announced.
    """

    seconds: float
    sure_until: Callable[[], float]
    of: Callable[[Value], bool]


class FactCache[Key, Value]:
    """Loads each key once at a time; `forget` also voids what is being loaded meanwhile."""

    def __init__(self, *, seconds: float, most: int, lasting: Lasting[Value] | None = None) -> None:
        """Keep at most `most` values for `seconds` each, or as long as they are `lasting`."""
        self._seconds, self._most, self._lasting = seconds, most, lasting
        self._held: OrderedDict[Key, tuple[float, float, Value]] = OrderedDict()
        self._loading: dict[Key, asyncio.Task[Value]] = {}
        self._epoch = 0

    def peek(self, key: Key) -> Value | None:
        """Return a value that is fresh, without loading."""
        entry = self.peek_until(key)
        return None if entry is None else entry[1]

    def peek_until(self, key: Key) -> tuple[float, Value] | None:
        """Return when a fresh value grows old (`time.monotonic()`), and the value."""
        entry = self._held.get(key)
        if entry is None:
            return None
        until, at_most, value = entry
        if self._lasting is not None:
            until = max(until, min(at_most, self._lasting.sure_until()))
        if until <= time.monotonic():
            return None
        self._held.move_to_end(key)
        return until, value

    async def get(self, key: Key, load: Callable[[], Awaitable[Value]]) -> Value:
        """Return the value, loaded if need be; callers at the same time share one loading."""
        value = self.peek(key)
        if value is not None:
            return value
        task = self._loading.get(key)
        if task is None:
            task = asyncio.create_task(self._load(key, load))
            self._loading[key] = task
        # A caller who hangs up does not cancel the others' loading.
        return await asyncio.shield(task)

    async def _load(self, key: Key, load: Callable[[], Awaitable[Value]]) -> Value:
        epoch, begun = self._epoch, time.monotonic()
        try:
            value = await load()
        finally:
            if self._loading.get(key) is asyncio.current_task():
                del self._loading[key]
        if epoch == self._epoch:
            lasting = self._lasting
            most = lasting.seconds if lasting is not None and lasting.of(value) else 0.0
            self._held[key] = (begun + self._seconds, begun + most, value)
            if len(self._held) > self._most:
                self._held.popitem(last=False)
        return value

    def forget(self, belongs: Callable[[Key, Value], bool] | None = None) -> None:
        """Drop the values that `belongs` picks, all without it, and trust no loading under way."""
        self._epoch += 1
        self._loading.clear()
        if belongs is None:
            self._held.clear()
            return
        for key in [key for key, (_, _, value) in self._held.items() if belongs(key, value)]:
            del self._held[key]

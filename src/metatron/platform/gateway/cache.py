"""A small cache of facts: least recently used go first, none is older than its time."""

import asyncio
import time
from collections import OrderedDict
from collections.abc import Awaitable, Callable


class FactCache[Key, Value]:
    """Loads each key once at a time; `forget` also voids what is being loaded meanwhile."""

    def __init__(self, *, seconds: float, most: int) -> None:
        """Keep at most `most` values for `seconds` each."""
        self._seconds, self._most = seconds, most
        self._held: OrderedDict[Key, tuple[float, Value]] = OrderedDict()
        self._loading: dict[Key, asyncio.Task[Value]] = {}
        self._epoch = 0

    def peek(self, key: Key) -> Value | None:
        """Return a value that is fresh, without loading."""
        entry = self.peek_until(key)
        return None if entry is None else entry[1]

    def peek_until(self, key: Key) -> tuple[float, Value] | None:
        """Return when a fresh value grows old (`time.monotonic()`), and the value."""
        entry = self._held.get(key)
        if entry is None or entry[0] <= time.monotonic():
            return None
        self._held.move_to_end(key)
        return entry

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
        epoch = self._epoch
        try:
            value = await load()
        finally:
            if self._loading.get(key) is asyncio.current_task():
                del self._loading[key]
        if epoch == self._epoch:
            self._held[key] = (time.monotonic() + self._seconds, value)
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
        for key in [key for key, (_, value) in self._held.items() if belongs(key, value)]:
            del self._held[key]

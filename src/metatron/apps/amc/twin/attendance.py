"""Whether anybody still needs this process: somebody called lately, or something runs."""

import asyncio
import time
from collections.abc import Callable
from typing import Any

_OPEN = "select 1 from execution where status in ('PENDING', 'RUNNING') limit 1"


class Attendance:
    """ASGI middleware that notes when the last call was answered."""

    def __init__(self, app: Any) -> None:
        """Wrap the application."""
        self._app = app
        self._under_way = 0
        self._last = time.monotonic()

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """Hand a call on."""
        if scope["type"] == "lifespan":
            await self._app(scope, receive, send)
            return
        self._under_way += 1
        try:
            await self._app(scope, receive, send)
        finally:
            self._under_way -= 1
            self._last = time.monotonic()

    async def until_idle(self, seconds: float, then: Callable[[], None]) -> None:
        """Call `then` once nobody has called for `seconds` and no execution is open."""
        while True:
            left = self._last + seconds - time.monotonic()
            if left <= 0 and not self._under_way and not self._runs():
                then()
                return
            await asyncio.sleep(max(left, seconds / 10))

    def _runs(self) -> bool:
        desk = getattr(self._app.state, "desk", None)
        return desk is not None and desk.store.row(_OPEN) is not None

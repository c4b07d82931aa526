"""The local AMC ends by itself once nobody calls and nothing runs."""

import asyncio
from types import SimpleNamespace
from typing import Any

from metatron.apps.amc.twin.attendance import Attendance


class App:
    """Answers after a while; `open` says whether an execution is."""

    def __init__(self) -> None:
        self.open = False
        self.state = SimpleNamespace(desk=SimpleNamespace(store=self))
        self.seconds = 0.0

    def row(self, _sql: str) -> object:
        return {"1": 1} if self.open else None

    async def __call__(self, _scope: Any, _receive: Any, _send: Any) -> None:
        await asyncio.sleep(self.seconds)


async def _ends(attendance: Attendance, within: float) -> bool:
    ended = asyncio.Event()
    watch = asyncio.create_task(attendance.until_idle(0.1, ended.set))
    try:
        await asyncio.wait_for(ended.wait(), within)
    except TimeoutError:
        return False
    finally:
        watch.cancel()
    return True


async def test_it_ends_when_nobody_calls() -> None:
    assert await _ends(Attendance(App()), 5)


async def test_it_stays_while_something_runs_or_somebody_waits() -> None:
    app = App()
    attendance = Attendance(app)
    app.open = True
    assert not await _ends(attendance, 0.6)
    app.open, app.seconds = False, 1.0
    call = asyncio.create_task(attendance({"type": "http"}, None, None))
    assert not await _ends(attendance, 0.6)
    await call
    assert await _ends(attendance, 5)

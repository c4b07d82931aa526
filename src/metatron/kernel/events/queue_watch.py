"""Ends the loop that takes jobs when it has not looked for any for long, so that it is begun anew.

The library waits, before its loop ends for whatever reason, for every job under way: one that
hangs would keep all others from being begun.
"""

import asyncio
import io
import time
from collections.abc import Callable, Coroutine
from typing import Any

import structlog

from metatron.kernel.events.queue import LastingQueries

STALLED_SECONDS = 60.0
"""It looks every five seconds, however much is under way."""
_LOOK_SECONDS = 5.0
_TRIES = 3
_FRAMES = 8

log = structlog.get_logger(__name__)


async def watched(
    loop: Coroutine[Any, Any, None], looks: LastingQueries, *, is_stopping: Callable[[], bool]
) -> None:
    """Run the loop to its end, which for one that stalls is at once; what it raises is raised.

    What a stalled one has under way is cancelled, and run again like the work of a lost worker.
    """
    looks.looked_at = time.monotonic()
    task = asyncio.ensure_future(loop)
    try:
        while not task.done():
            await asyncio.wait({task}, timeout=min(_LOOK_SECONDS, STALLED_SECONDS))
            silent = time.monotonic() - looks.looked_at
            if silent > STALLED_SECONDS and not task.done() and not is_stopping():
                log.error("queue_stalled", seconds=round(silent), at=_place_of(task))
                return
        await task
    finally:
        await _end(task)


async def _end(task: "asyncio.Future[None]") -> None:
    """Cancel it until it ends: at first it may only begin to wait for what is under way."""
    for _ in range(_TRIES):
        if task.done():
            break
        task.cancel()
        await asyncio.wait({task}, timeout=_LOOK_SECONDS)


def _place_of(task: "asyncio.Future[None]") -> str:
    told = io.StringIO()
    if isinstance(task, asyncio.Task):
        task.print_stack(limit=_FRAMES, file=told)
    return told.getvalue()

"""Lets what people wait for go first, in the database as well.

A worker is of low priority, but the server's processes that do its statements are not its own:
here each of them is given the worker's priority, where the server runs on this machine and the
system allows it. Elsewhere nothing happens.
"""

import asyncio
import os
import random
from pathlib import Path
from typing import Any

from metatron.kernel.process import priority

AGAIN_SECONDS = 0.15
MOST_TRIES = 20
_nice = 0


def stand_behind(nice: int) -> None:
    """Lower the priority of this process, and of its connections opened from now on, by `nice`."""
    global _nice
    _nice = priority.stand_behind(nice)


def note(connection: Any) -> None:
    """Give the server's process behind an asyncpg connection this process's priority."""
    if not _nice:
        return
    pid = connection.get_server_pid()
    try:
        # Behind a pooler, or on another machine, the number is somebody else's.
        if _is_of_a_server(pid):
            os.setpriority(os.PRIO_PROCESS, pid, _nice)
            _lower_session(pid, MOST_TRIES)
    except OSError:
        return


def _is_of_a_server(pid: int) -> bool:
    return Path(f"/proc/{pid}/cmdline").read_bytes().startswith(b"postgres: ")


def _lower_session(pid: int, tries: int) -> None:
    """Lower the share of a server's process, soon when others change theirs at this moment."""
    if not priority.lower_session(pid, _nice) and tries:
        wait = AGAIN_SECONDS * random.uniform(1.0, 3.0)  # noqa: S311 - no secret
        asyncio.get_running_loop().call_later(wait, _try_again, pid, tries - 1)


def _try_again(pid: int, tries: int) -> None:
    try:
        # The number may belong to another process by now.
        if _is_of_a_server(pid):
            _lower_session(pid, tries)
    except OSError:
        return

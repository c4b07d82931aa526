"""Lets what people wait for go first, in the database as well.

A worker is of low priority, but the server's processes that do its statements are not its own:
here each of them is given the worker's priority, where the server runs on this machine and the
system allows it. Elsewhere nothing happens.
"""

import os
from pathlib import Path
from typing import Any

import asyncpg

_nice = 0


def stand_behind(nice: int) -> None:
    """Lower the priority of this process, and of its connections opened from now on, by `nice`."""
    global _nice
    _nice = os.nice(nice)


async def connect(dsn: str) -> "asyncpg.Connection[asyncpg.Record]":
    """Open a connection."""
    connection = await asyncpg.connect(dsn)
    note(connection)
    return connection


async def noted(connection: "asyncpg.Connection[asyncpg.Record]") -> None:
    """Do the same as `note`, for a pool to call."""
    note(connection)


def note(connection: Any) -> None:
    """Give the server's process behind an asyncpg connection this process's priority."""
    if not _nice:
        return
    pid = connection.get_server_pid()
    try:
        # Behind a pooler, or on another machine, the number is somebody else's.
        if Path(f"/proc/{pid}/cmdline").read_bytes().startswith(b"postgres: "):
            os.setpriority(os.PRIO_PROCESS, pid, _nice)
    except OSError:
        return

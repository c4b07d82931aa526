"""What the supervisor is told about one process."""

import signal
import socket
import sys
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from metatron.kernel.process.command import Command


@dataclass(frozen=True)
class Child:
    """A process to keep running.

    `ready` returns once the process serves, or raises `ProcessError`; without it a process counts
    as ready when it runs. `before_start` clears what an earlier run may have left; it runs in a
    thread before every start. `depends_on` names children that must be ready before the first
    start and that end after this one; when one of them crashes later, this one is left alone and
    has to reconnect by itself. Everything a `loud` child says reaches the console; of the others
    only errors do. A child with `wakes_on`, a listening socket, starts with the first connection to
    it and is handed the socket under its number; ended in good order, it sleeps until the next.
    """

    name: str
    command: Command
    ready: Callable[[], Awaitable[None]] | None = None
    before_start: Callable[[], None] | None = None
    depends_on: tuple[str, ...] = ()
    stop_signal: signal.Signals = signal.SIGTERM
    stop_seconds: float = 10.0
    loud: bool = False
    wakes_on: socket.socket | None = None


def python(*arguments: str) -> Command:
    """Return the command that runs this very Python with the arguments, e.g. `-m`, a module."""
    return Command(argv=(sys.executable, *arguments))

"""Progress lines on the console: one for each finished step, with its time and outcome."""

import asyncio
import contextlib
import sys
import threading
import time
from collections.abc import Iterator
from typing import TextIO

from metatron.kernel.process.failures import ProcessError

_SLOW_SECONDS = 2.0


class Progress:
    """Writes plain lines, for people and for logs alike; safe to use from several threads."""

    def __init__(self, out: TextIO | None = None) -> None:
        """Write to `out`, the standard error by default."""
        self._out = out
        self._lock = threading.Lock()
        self._is_quiet = False

    @contextlib.contextmanager
    def step(self, name: str) -> Iterator[None]:
        """Time the body and report how it went; a slow one is announced while it still runs."""
        begun, is_quiet = time.monotonic(), self._is_quiet
        announcer = threading.Timer(_SLOW_SECONDS, self._write, [f"  ..           {name} ..."])
        announcer.daemon = True
        if not is_quiet:
            announcer.start()
        outcome = "FAIL"
        try:
            yield
            outcome = "ok"
        except asyncio.CancelledError:
            outcome = "stop"
            raise
        finally:
            announcer.cancel()
            if outcome == "FAIL" or not is_quiet:
                self._write(f"  {outcome:<4} {time.monotonic() - begun:6.1f} s  {name}")

    @contextlib.contextmanager
    def quietly(self) -> Iterator[None]:
        """Tell of the steps in the body only what fails: the last line stays the last one read."""
        self._is_quiet = True
        try:
            yield
        finally:
            self._is_quiet = False

    def note(self, text: str) -> None:
        """Write one line that belongs to no step."""
        self._write(f"  {text}")

    def failure(self, error: ProcessError) -> None:
        """Write the refusal in its one line."""
        self._write(str(error))

    def _write(self, line: str) -> None:
        # A closed terminal is no reason to stop what runs.
        with self._lock, contextlib.suppress(OSError, ValueError):
            print(line, file=self._out or sys.stderr, flush=True)

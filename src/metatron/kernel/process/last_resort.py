"""The supervisor's end of the line to its warden, see `warden.py`."""

import asyncio
import contextlib
import os
import subprocess
import sys
from pathlib import Path

_WARDEN = Path(__file__).with_name("warden.py")
_GRACE_SECONDS = "5"
_AGAIN_SECONDS = 0.5
"""A warden that cannot live is not tried without a pause."""


class LastResort:
    """Names process groups to a warden that ends them should this process be killed.

    A warden that is killed itself is replaced. To be used within one running event loop.
    """

    def __init__(self) -> None:
        self._warden: subprocess.Popen[str] | None = None
        self._groups: set[int] = set()
        self._end: int | None = None
        self._again: asyncio.TimerHandle | None = None

    def post(self) -> None:
        """Start the warden, in a session of its own, out of reach of the terminal."""
        self._warden = subprocess.Popen(  # noqa: S603
            [sys.executable, "-I", "-S", str(_WARDEN), _GRACE_SECONDS],
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            text=True,
            start_new_session=True,
        )
        for group in self._groups:
            self._write("+", group)
        self._end = os.pidfd_open(self._warden.pid)
        asyncio.get_running_loop().add_reader(self._end, self._ended)

    def tell(self, change: str, group: int) -> None:
        """Add (`+`) or drop (`-`) a process group."""
        if change == "+":
            self._groups.add(group)
        else:
            self._groups.discard(group)
        self._write(change, group)

    def dismiss(self) -> None:
        """Let the warden go; at once when all groups were dropped."""
        self._let_go()
        if self._again is not None:
            self._again.cancel()

    def _write(self, change: str, group: int) -> None:
        if self._warden is not None and self._warden.stdin is not None:
            # Until the next warden the parent-death signal still stands.
            with contextlib.suppress(OSError):
                self._warden.stdin.write(f"{change}{group}\n")
                self._warden.stdin.flush()

    def _ended(self) -> None:
        self._let_go()
        self._again = asyncio.get_running_loop().call_later(_AGAIN_SECONDS, self.post)

    def _let_go(self) -> None:
        if self._end is not None:
            asyncio.get_running_loop().remove_reader(self._end)
            os.close(self._end)
            self._end = None
        if self._warden is not None:
            if self._warden.stdin is not None:
                with contextlib.suppress(OSError):
                    self._warden.stdin.close()
            self._warden.wait()
            self._warden = None

"""The supervisor's end of the line to its warden, see `warden.py`."""

import contextlib
import subprocess
import sys
from pathlib import Path

_WARDEN = Path(__file__).with_name("warden.py")
_GRACE_SECONDS = "5"


class LastResort:
    """Names process groups to a warden that ends them should this process be killed."""

    def __init__(self) -> None:
        self._warden: subprocess.Popen[str] | None = None

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

    def tell(self, change: str, group: int) -> None:
        """Add (`+`) or drop (`-`) a process group."""
        if self._warden is not None and self._warden.stdin is not None:
            # Without a warden the parent-death signal still stands.
            with contextlib.suppress(OSError):
                self._warden.stdin.write(f"{change}{group}\n")
                self._warden.stdin.flush()

    def dismiss(self) -> None:
        """Let the warden go; at once when all groups were dropped."""
        if self._warden is not None:
            with contextlib.suppress(OSError):
                self._warden.communicate()
            self._warden = None

"""What to run, as whom, and with which environment."""

import json
import os
import signal
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from metatron.kernel.process.accounts import Account

_LAUNCHER = Path(__file__).with_name("launch.py")


@dataclass(frozen=True)
class Command:
    """A program to start.

    `user` is the account to become (None: stay who we are). `directory` is handed over as an open
    descriptor, see `launch.DIRECTORY_DESCRIPTOR`. `death_signal` is what the kernel sends to the
    program when the starting process dies without a word (Linux).
    """

    argv: tuple[str, ...]
    env: Mapping[str, str] = field(default_factory=lambda: dict(os.environ))
    user: Account | None = None
    directory: Path | None = None
    working_directory: Path | None = None
    death_signal: signal.Signals = signal.SIGTERM

    def launched(self) -> list[str]:
        """Return the argument vector that starts this program bound to the calling process."""
        order: dict[str, int | str] = {
            "parent": os.getpid(),
            "death_signal": int(self.death_signal),
            "working_directory": str(self.working_directory or Path.cwd()),
        }
        if self.user is not None:
            order |= {"user_id": self.user.user_id, "group_id": self.user.group_id}
        if self.directory is not None:
            order["directory"] = str(self.directory)
        return [
            sys.executable,
            "-I",
            "-S",
            str(_LAUNCHER),
            json.dumps(order),
            *self.argv,
        ]

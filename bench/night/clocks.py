"""Wall clocks of the suite's own processes, stepped while they run; nobody else's is touched."""

import random
import shutil
import struct
import subprocess
import tempfile
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

PROCESSES = {"web": ("web", "web worker"), "worker": ("worker",)}
"""The kinds of clocks, and of the processes that have them."""
HOUR_SECONDS = 3_600
STEPS = ("an hour ahead", "an hour behind", "seconds back", "right again")
_SOURCE = Path(__file__).with_name("clock.c")
_SECONDS = struct.Struct("=q")


@dataclass(frozen=True, slots=True)
class Clocks:
    """Where the clocks are set; `missing` tells why they cannot be, nothing if they can."""

    folder: Path
    missing: str

    @property
    def environment(self) -> dict[str, str]:
        """Return what puts the clocks into processes that are started with it."""
        if self.missing:
            return {}
        return {"LD_PRELOAD": str(self.folder / "clock.so"), "NIGHT_CLOCKS": str(self.folder)}

    def ahead_seconds(self, kind: str) -> int:
        """Return how far a clock is ahead of the machine's."""
        found: int = _SECONDS.unpack((self.folder / kind).read_bytes())[0]
        return found

    def put(self, kind: str, ahead_seconds: int) -> None:
        """Step the clock of all processes of a kind, running ones and later ones."""
        # In place: the processes look at this very file.
        with (self.folder / kind).open("r+b") as file:
            file.write(_SECONDS.pack(ahead_seconds))

    def is_seen_by(self, pid: int, kind: str) -> bool:
        """Tell whether a process takes its time from here."""
        try:
            return str(self.folder / kind) in Path(f"/proc/{pid}/maps").read_text()
        except OSError:
            return False


def make_clocks() -> Clocks:
    """Compile and set all clocks right; the folder is the caller's to remove."""
    folder = Path(tempfile.mkdtemp(prefix="metatron-night-clocks-"))
    folder.chmod(0o755)
    for kind in PROCESSES:
        (folder / kind).write_bytes(_SECONDS.pack(0))
    compiler = shutil.which("cc")
    if compiler is None:
        return Clocks(folder, "there is no C compiler")
    made = subprocess.run(
        [compiler, "-O2", "-shared", "-fPIC", "-o", str(folder / "clock.so"), str(_SOURCE), "-ldl"],
        check=False, capture_output=True, text=True,
    )  # fmt: skip
    return Clocks(folder, f"it does not compile: {made.stderr[-300:]}" if made.returncode else "")


def step(kind: str, way: str) -> Callable[[Any, random.Random], Awaitable[str]]:
    """Return what steps the clock of a kind of process; it stays so until it is stepped again."""

    async def strike(scene: Any, chance: random.Random) -> str:
        clocks: Clocks = scene.stand.clocks
        before = clocks.ahead_seconds(kind)
        after = {
            "an hour ahead": HOUR_SECONDS,
            "an hour behind": -HOUR_SECONDS,
            "seconds back": before - chance.randint(2, 40),
            "right again": 0,
        }[way]
        clocks.put(kind, after)
        pids = [pid for each in PROCESSES[kind] for pid in scene.stand.pids(each)]
        seen = sum(clocks.is_seen_by(pid, kind) for pid in pids)
        if seen < len(pids):
            scene.load.book.finds(f"the clock of {kind} is seen by {seen} of {len(pids)} processes")
        return f"from {before:+} s to {after:+} s, of {seen} running"

    return strike

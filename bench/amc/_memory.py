"""Peaks of resident memory, from the kernel's own high-water marks."""

import contextlib
import threading
import time
from collections.abc import Iterator
from pathlib import Path

from bench._processes import tree

LOOK_SECONDS = 0.02


@contextlib.contextmanager
def peaks(root: int, word: str) -> Iterator[dict[int, float]]:
    """Note the highest megabytes of each process below `root` with `word` in its command line."""
    found: dict[int, float] = {}
    ended = threading.Event()

    def look() -> None:
        while not ended.wait(LOOK_SECONDS):
            for pid in tree(root):
                if word in command_of(pid):
                    found[pid] = max(found.get(pid, 0.0), peak_of(pid))

    looking = threading.Thread(target=look, daemon=True)
    looking.start()
    try:
        yield found
    finally:
        ended.set()
        looking.join()


def command_of(pid: int) -> str:
    """Return a process's command line; nothing when it has ended."""
    try:
        words = Path(f"/proc/{pid}/cmdline").read_bytes()
    except OSError:
        return ""
    return words.replace(b"\0", b" ").decode("utf-8", "replace")


def peak_of(pid: int) -> float:
    """Return the most megabytes a process had resident since it began, or since `forget`."""
    return _status(pid, "VmHWM:")


def resident_of(pid: int) -> float:
    """Return the megabytes a process has resident."""
    return _status(pid, "VmRSS:")


def forget(pid: int) -> None:
    """Let a process's high-water mark begin anew."""
    Path(f"/proc/{pid}/clear_refs").write_text("5")
    time.sleep(0.01)


def _status(pid: int, name: str) -> float:
    try:
        lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    except OSError:
        return 0.0
    return sum(int(line.split()[1]) for line in lines if line.startswith(name)) * 1024 / 1e6

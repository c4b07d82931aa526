"""Server processes that outlived the supervisor that started them."""

import contextlib
import os
import signal
import time
from pathlib import Path

from metatron.kernel.process.failures import ProcessError

_PID_FILE = "postmaster.pid"
# Fast shutdown, immediate shutdown, no choice left: seconds granted to each.
_ESCALATION = ((signal.SIGINT, 15.0), (signal.SIGQUIT, 5.0), (signal.SIGKILL, 5.0))


def stop_orphans(cluster: Path) -> None:
    """End every server process that still works in the cluster, cleanly if it lets us.

    To be called by the holder of the instance lock only: whatever runs then belongs to nobody.
    A pid file whose number now belongs to some other program is removed, because the server would
    refuse to start; a pid file of a dead server stays, since the server clears it up itself after
    it has made sure that nobody uses its shared memory.
    Raises `ProcessError` when a process survives everything.
    """
    for how, grace_seconds in _ESCALATION:
        running = processes_in(cluster)
        if not running:
            break
        postmaster = recorded_pid(cluster)
        # A postmaster ends its own backends; without one they are told one by one.
        for one in [one for one in running if one == postmaster] or running:
            with contextlib.suppress(ProcessLookupError):
                os.kill(one, how)
        _wait_until_gone(cluster, grace_seconds)
    survivors = processes_in(cluster)
    if survivors:
        raise ProcessError(
            f"PostgreSQL process {survivors[0]} still uses {cluster} and does not end",
            f"end process {survivors[0]}, or name another folder with --data DIR",
        )
    pid = recorded_pid(cluster)
    if pid is not None and _is_alive(pid):
        (cluster / _PID_FILE).unlink(missing_ok=True)


def recorded_pid(cluster: Path) -> int | None:
    """Return the process id in the cluster's pid file, None without a readable one."""
    try:
        return int((cluster / _PID_FILE).read_text().splitlines()[0])
    except (OSError, ValueError, IndexError):
        return None


def processes_in(cluster: Path) -> list[int]:
    """Return the ids of all processes whose working folder is the cluster (Linux), lowest first.

    The server works inside its cluster and nothing else does. Elsewhere, where there is no /proc,
    the recorded process is taken at its word while it lives.
    """
    if not Path("/proc/self/cwd").exists():
        pid = recorded_pid(cluster)
        return [pid] if pid is not None and _is_alive(pid) else []
    try:
        wanted = cluster.stat()
    except FileNotFoundError:
        return []
    found = []
    for entry in Path("/proc").iterdir():
        if not entry.name.isdecimal():
            continue
        with contextlib.suppress(OSError):
            if os.path.samestat((entry / "cwd").stat(), wanted) and _is_server(entry):
                found.append(int(entry.name))
    return sorted(found)


def _is_server(entry: Path) -> bool:
    return (entry / "comm").read_text().strip().startswith("postgres")


def _is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def _wait_until_gone(cluster: Path, seconds: float) -> None:
    end = time.monotonic() + seconds
    while processes_in(cluster) and time.monotonic() < end:
        time.sleep(0.02)

"""One throwaway server for all processes of a test run, ended when the last of them leaves."""

import asyncio
import contextlib
import fcntl
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from metatron.kernel.process.embedded_postgres import EmbeddedPostgres
from metatron.kernel.process.failures import ProcessError

_SOURCES = Path(__file__).parents[3]
_START_SECONDS = 60.0
_STOP_SECONDS = 30.0


def run_directory(run_id: str) -> Path:
    """Return the folder of a test run's server, the same in every process of that run."""
    return Path(tempfile.gettempdir()) / f"metatron-tests-{os.geteuid()}-{run_id}"


@contextlib.contextmanager
def shared_server(directory: Path) -> Iterator[EmbeddedPostgres]:
    """Enter the server that lives in `directory`, starting it when nobody did; roles are there.

    Every user holds a shared lock on `users`. A guardian process runs the server and waits for an
    exclusive one, which the kernel grants when the last user has left or died; then it ends the
    server and removes the folder. The server gives up safety against a power cut.
    Not to be entered inside a running event loop.
    Raises `ProcessError` when the server cannot be started.
    """
    users = _enter(directory)
    try:
        server = EmbeddedPostgres(directory, durable=False)
        starting = _lock(directory / "starting", fcntl.LOCK_EX)
        try:
            if not server.is_running():
                _start_guardian(directory)
                asyncio.run(server.ensure_roles())
        finally:
            os.close(starting)
        yield server
    finally:
        os.close(users)


def _enter(directory: Path) -> int:
    end = time.monotonic() + _STOP_SECONDS
    while time.monotonic() < end:
        # A guardian that is closing takes the folder away: what we hold must still be there.
        with contextlib.suppress(FileNotFoundError):
            directory.mkdir(mode=0o711, parents=True, exist_ok=True)
            users = _lock(directory / "users", fcntl.LOCK_SH)
            try:
                if os.path.samestat(os.fstat(users), (directory / "users").stat()):
                    return users
            except FileNotFoundError:
                pass
            os.close(users)
    raise ProcessError(f"the test server in {directory} does not end", f"remove {directory}")


def _lock(file: Path, how: int) -> int:
    descriptor = os.open(file, os.O_RDWR | os.O_CREAT, 0o600)
    fcntl.flock(descriptor, how)
    return descriptor


def _start_guardian(directory: Path) -> None:
    log = directory / "guardian.log"
    with log.open("ab") as out:
        guardian = subprocess.Popen(  # noqa: S603
            [sys.executable, "-m", "metatron.kernel.process.guardian", str(directory)],
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=out,
            start_new_session=True,
            env=os.environ | {"PYTHONPATH": str(_SOURCES)},
        )
    end = time.monotonic() + _START_SECONDS
    server = EmbeddedPostgres(directory)
    while not server.is_running():
        if guardian.poll() is not None or time.monotonic() > end:
            said = log.read_text().strip().splitlines() or ["nothing"]
            raise ProcessError(f"no test server: {said[-1]}", f"see {directory}")
        time.sleep(0.02)
    # The guardian outlives this process on purpose, so nobody is to wait for it.
    guardian.returncode = 0

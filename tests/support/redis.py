"""Debian's redis-server on a free port, in a folder of its own; it can be killed and be held."""

import os
import shutil
import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import redis

from tests.platform.payments.provider_process import free_port

PROGRAM = shutil.which("redis-server", path=f"{os.environ['PATH']}:/usr/bin:/usr/local/bin")
_READY_SECONDS = 15.0


class LocalRedis:
    """One server; what it wrote to its folder is there again when it starts anew."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.port = folder, free_port()
        self.url = f"redis://127.0.0.1:{self.port}/0"
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        assert PROGRAM, "redis-server is missing: apt-get install redis-server"
        argv = [
            PROGRAM, "--port", str(self.port), "--bind", "127.0.0.1", "--dir", str(self.folder),
            "--appendonly", "yes", "--appendfsync", "everysec", "--save", "",
            "--logfile", str(self.folder / "log"),
        ]  # fmt: skip
        self._process = subprocess.Popen(argv, stdout=subprocess.DEVNULL)
        ends = time.monotonic() + _READY_SECONDS
        while True:
            try:
                with self.client() as asked:
                    asked.ping()
            except redis.ConnectionError:
                assert self._process.poll() is None, "redis-server ended at once"
                assert time.monotonic() < ends, "redis-server does not answer"
                time.sleep(0.02)
            else:
                return

    def client(self) -> "redis.Redis":
        """A client that blocks, for looks of the test's own."""
        return redis.Redis.from_url(self.url, decode_responses=True, protocol=2, socket_timeout=5)

    def kill(self, *, forget: bool = False) -> None:
        """SIGKILL; with `forget` nothing is left of what it had."""
        assert self._process is not None
        self._process.kill()
        self._process.wait(20)
        if forget:
            shutil.rmtree(self.folder / "appendonlydir", ignore_errors=True)

    def hold(self) -> None:
        """It accepts connections and never answers."""
        assert self._process is not None
        self._process.send_signal(signal.SIGSTOP)

    def let_go(self) -> None:
        assert self._process is not None
        self._process.send_signal(signal.SIGCONT)


@contextmanager
def local_redis(folder: Path) -> Iterator[LocalRedis]:
    """Run one until the end of the block."""
    server = LocalRedis(folder)
    server.start()
    try:
        yield server
    finally:
        server.let_go()
        server.kill()

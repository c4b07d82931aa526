"""A Redis of the night's own, which is killed, held, flushed, and lost for a minute."""

import asyncio
import os
import random
import shutil
import signal
import subprocess
import time
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

from redis import Redis
from redis.exceptions import RedisError

from bench._running import free_port

PROGRAM = shutil.which("redis-server", path=f"{os.environ['PATH']}:/usr/bin:/usr/local/bin")
_READY_SECONDS = 30.0
LOST_SECONDS = 60.0
Strike = Callable[[Any, random.Random], Awaitable[str]]


class RedisServer:
    """One server; what it wrote to its folder is there again when it starts anew."""

    def __init__(self, folder: Path) -> None:
        """Choose a port; nothing runs yet."""
        folder.mkdir(mode=0o700, exist_ok=True)
        self._folder, self.port = folder, free_port()
        self._process: subprocess.Popen[bytes] | None = None
        self.is_away = False

    @property
    def url(self) -> str:
        """Return the address, past every wire."""
        return f"redis://127.0.0.1:{self.port}/0"

    @property
    def pids(self) -> list[int]:
        """Return the process, if it runs."""
        process = self._process
        return [process.pid] if process is not None and process.poll() is None else []

    async def start(self) -> None:
        """Start it, again and again as a service manager does: the disk may be full."""
        assert PROGRAM is not None, "nobody asks without a program"
        argv = [
            PROGRAM, "--port", str(self.port), "--bind", "127.0.0.1", "--dir", str(self._folder),
            "--appendonly", "yes", "--appendfsync", "everysec", "--save", "",
            "--logfile", str(self._folder / "log"),
        ]  # fmt: skip
        ends = time.monotonic() + _READY_SECONDS
        while time.monotonic() < ends:
            if not self.pids:
                self._process = subprocess.Popen(  # noqa: ASYNC220 - it is only started here
                    argv, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
                )
            if await asyncio.to_thread(self._answers):
                return
            await asyncio.sleep(0.1)
        raise TimeoutError("redis-server does not start")

    def client(self) -> "Redis":
        """Return a client that blocks, for looks of the night's own."""
        return Redis.from_url(self.url, decode_responses=True, protocol=2, socket_timeout=10)

    def _answers(self) -> bool:
        try:
            with self.client() as asked:
                return bool(asked.ping())
        except RedisError:
            return False

    def kill(self, *, forget: bool = False) -> None:
        """SIGKILL; with `forget` nothing is left of what it had."""
        if self._process is not None:
            self._process.kill()
            self._process.wait(20)
        if forget:
            shutil.rmtree(self._folder / "appendonlydir", ignore_errors=True)


def lose(*, seconds: float, forget: bool = False) -> Strike:
    """Return what kills it and starts it again after a time."""

    async def strike(scene: Any, _: random.Random) -> str:
        server: RedisServer = scene.stand.redis
        server.kill(forget=forget)
        server.is_away = True
        await asyncio.sleep(seconds)
        await server.start()
        server.is_away = False
        return f"away for {seconds:.0f} s" + (", with all it had" if forget else "")

    return strike


def hang(longest: float) -> Strike:
    """Return what holds it: it takes connections and says nothing."""

    async def strike(scene: Any, chance: random.Random) -> str:
        seconds = chance.uniform(1.0, longest)
        for pid in scene.stand.redis.pids:
            os.kill(pid, signal.SIGSTOP)
            try:
                await asyncio.sleep(seconds)
            finally:
                os.kill(pid, signal.SIGCONT)
        return f"{seconds:.1f} s"

    return strike


async def flush(scene: Any, _: random.Random) -> str:
    """Delete everything in it."""

    def delete() -> int:
        with scene.stand.redis.client() as asked:
            count = int(asked.dbsize())
            asked.flushall()
            return count

    return f"{await asyncio.to_thread(delete)} keys"

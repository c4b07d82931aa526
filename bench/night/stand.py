"""The suite under faults: `metatron up` on a disk of its own, with a wire in front of each part."""

import asyncio
import contextlib
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from pathlib import Path

from bench._processes import tree
from bench._running import ROOT, UNBOUNDED, free_port
from bench.night import redis_server
from bench.night.clocks import Clocks, make_clocks
from bench.night.disk import Disk
from bench.night.redis_server import RedisServer
from bench.night.wire import Streams, Wire
from metatron.kernel.process.embedded_postgres import EmbeddedPostgres
from metatron.kernel.process.orphans import recorded_pid
from metatron.kernel.process.server_roles import BACKUP
from metatron.kernel.process.socket_directory import SOCKET_FILE

_READY = re.compile(r"sign in \(once")
START_SECONDS = 180.0
STREAM_LENGTH = 1_000_000
"""More than a night announces: afterwards every event has to be there."""
RESTART_SECONDS = 2.0
_PORT = re.compile(r"--port (\d+)")
KINDS = {
    "web": " serve web",
    "worker": " metatron work",
    "payments": " serve payments-sandbox",
    "mailbox": " serve mailbox",
    "amazon": " serve amc-sandbox",
    "archiver": "pg_receivewal",
}
"""Part of the command line of each kind of process."""
ALWAYS = ("web", "web worker", "worker", "payments", "mailbox", "archiver", "postgres")
"""What runs whenever the suite does: the local Amazon sleeps until it is called."""


@dataclass(frozen=True, slots=True)
class Running:
    """One process."""

    pid: int
    parent: int
    command: str


@dataclass(slots=True)
class Stand:
    """Everything that runs here."""

    disk: Disk
    port: int
    server: EmbeddedPostgres
    clocks: Clocks
    redis: RedisServer | None = None
    wires: dict[str, Wire] = field(default_factory=dict)
    environment: dict[str, str] = field(default_factory=dict)
    up: "subprocess.Popen[bytes] | None" = None
    starts: int = 0

    @property
    def base_url(self) -> str:
        """Return the address of the suite."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def log(self) -> Path:
        """Return where the words of `metatron up` are kept."""
        return self.disk.folder / "up.log"

    async def start(self, *, patience: float = START_SECONDS) -> int:
        """Start the suite, again and again as a service manager does; returns the tries."""
        begun, tries = time.monotonic(), 0
        while time.monotonic() - begun < patience:
            tries += 1
            said = self.log.stat().st_size if self.log.exists() else 0
            with self.log.open("ab") as log:
                self.up = subprocess.Popen(  # noqa: ASYNC220 - it is only started here
                    [sys.executable, "-m", "metatron", "up", "--no-demo", "--data",
                     str(self.disk.data), "--port", str(self.port)],
                    cwd=ROOT, env=self.environment, stdin=subprocess.DEVNULL, stdout=log,
                    stderr=log, start_new_session=True,
                )  # fmt: skip
            self.starts += 1
            while self.up.poll() is None and time.monotonic() - begun < patience:
                if _READY.search(self.log.read_bytes()[said:].decode("utf-8", "replace")):
                    return tries
                await asyncio.sleep(0.1)
            await asyncio.sleep(RESTART_SECONDS)
        raise TimeoutError(f"the suite does not start: {self.log.read_text()[-2000:]}")

    async def stop(self) -> None:
        """End the suite as Ctrl-C does."""
        if self.up is None or self.up.poll() is not None:
            return
        self.up.send_signal(signal.SIGINT)
        try:
            await asyncio.to_thread(self.up.wait, 60)
        except subprocess.TimeoutExpired:
            self.up.kill()

    def processes(self) -> list[Running]:
        """Return what runs below `metatron up`, itself included."""
        assert self.up is not None
        return [found for pid in tree(self.up.pid) if (found := _look(pid)) is not None]

    def pids(self, kind: str, there: list[Running] | None = None) -> list[int]:
        """Return the processes of a kind: one of `KINDS`, postgres, web worker, up, redis.

        `there` is what `processes` returned a moment ago: looking costs milliseconds.
        """
        if kind == "up":
            assert self.up is not None
            return [self.up.pid] if self.up.poll() is None else []
        if kind == "postgres":
            pid = recorded_pid(self.server.cluster)
            return [pid] if pid is not None and _look(pid) is not None else []
        if kind == "redis":
            return [] if self.redis is None else self.redis.pids
        if kind.startswith("backend"):
            return self._backends(kind.partition(" ")[2])
        wanted = KINDS["web" if kind == "web worker" else kind]
        there = self.processes() if there is None else there
        found = [each for each in there if wanted in f" {each.command}"]
        ours = {each.pid for each in found}
        if kind in {"web", "web worker"}:
            return [each.pid for each in found if (each.parent in ours) == (kind == "web worker")]
        return sorted(ours)

    def missing(self) -> list[str]:
        """Return what should run and does not; a Redis that is kept away should not."""
        with_redis = self.redis is not None and not self.redis.is_away
        always = (*ALWAYS, "redis") if with_redis else ALWAYS
        there = self.processes()
        return [kind for kind in always if not self.pids(kind, there)]

    def _backends(self, title: str) -> list[int]:
        postmaster = self.pids("postgres")
        return [
            each.pid
            for each in self.processes()
            if each.parent in postmaster and each.command.startswith(f"postgres: {title}")
        ]

    def port_of(self, kind: str) -> int:
        """Return where a twin listens; raises `ConnectionRefusedError` while it does not run."""
        for each in self.processes():
            found = _PORT.search(each.command)
            if KINDS[kind] in f" {each.command}" and found:
                return int(found[1])
        raise ConnectionRefusedError(f"{kind} does not run")


def _look(pid: int) -> Running | None:
    try:
        command = Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ")
        stat = Path(f"/proc/{pid}/stat").read_text()
    except OSError:
        return None
    state, parent = stat.rpartition(")")[2].split()[:2]
    if state == "Z" or b"resource_tracker" in command:
        return None
    return Running(pid, int(parent), command.decode("utf-8", "replace").strip())


@contextlib.asynccontextmanager
async def standing(disk: Disk) -> AsyncIterator[Stand]:
    """Put the wires up and start the suite behind them; end all of it afterwards."""
    server = EmbeddedPostgres(disk.data)
    stand = Stand(disk, free_port(), server, make_clocks())
    try:
        await _put_up(stand)
        await stand.start()
        yield stand
    finally:
        await stand.stop()
        if stand.redis is not None:
            stand.redis.kill()
        shutil.rmtree(stand.clocks.folder, ignore_errors=True)
        for wire in stand.wires.values():
            wire.close()


async def _put_up(stand: Stand) -> None:
    """Every part is reached through a wire; the owner's connection alone goes straight."""
    folder = stand.disk.folder / "wires"
    folder.mkdir(mode=0o700)
    real = stand.server.socket_directory

    def over(wire: Path, dsn: str) -> str:
        return dsn.replace(str(real), str(wire))

    async def to_database() -> Streams:
        return await asyncio.open_unix_connection(real / SOCKET_FILE)

    stand.wires["database"] = Wire("database", to_database)
    await stand.wires["database"].listen_at(folder / SOCKET_FILE)
    ports = {kind: await _in_front_of(stand, kind) for kind in ("payments", "mailbox")}
    own = {"PYTHONDONTWRITEBYTECODE", "METATRON_REDIS_URL"}
    kept = {name: value for name, value in os.environ.items() if name not in own}
    stand.environment = kept | UNBOUNDED | stand.clocks.environment | {
        "PYTHONPATH": str(ROOT / "src"),
        "METATRON_TRUSTED_PROXIES": "127.0.0.1",
        "METATRON_DATABASE_URL": over(folder, stand.server.dsn("metatron_app")),
        "METATRON_DATABASE_SYSTEM_URL": over(folder, stand.server.dsn("metatron_system")),
        "METATRON_DATABASE_OWNER_URL": stand.server.dsn("metatron_owner"),
        "METATRON_DATABASE_BACKUP_URL": over(folder, stand.server.dsn(BACKUP, "postgres")),
        "METATRON_PAYMENTS_URL": f"http://127.0.0.1:{ports['payments']}",
        "METATRON_SMTP_URL": f"smtp://127.0.0.1:{ports['mailbox']}",
        "METATRON_MAILBOX_DIR": str(stand.disk.data / "mailbox"),
    }  # fmt: skip
    if redis_server.PROGRAM is not None:
        await _put_up_redis(stand)


async def _in_front_of(stand: Stand, kind: str) -> int:
    async def onward() -> Streams:
        return await asyncio.open_connection("127.0.0.1", stand.port_of(kind))

    stand.wires[kind] = Wire(kind, onward)
    return await stand.wires[kind].listen()


async def _put_up_redis(stand: Stand) -> None:
    """Start Redis on the small disk, put a wire in front of it, and lead the suite through it."""
    stand.redis = server = RedisServer(stand.disk.folder / "redis")
    await server.start()

    async def onward() -> Streams:
        return await asyncio.open_connection("127.0.0.1", server.port)

    stand.wires["redis"] = Wire("redis", onward)
    stand.environment |= {
        "METATRON_REDIS_URL": f"redis://127.0.0.1:{await stand.wires['redis'].listen()}/0",
        "METATRON_STREAM_SUBSCRIBERS": "campaigns,amc",
        "METATRON_STREAM_LENGTH": str(STREAM_LENGTH),
    }

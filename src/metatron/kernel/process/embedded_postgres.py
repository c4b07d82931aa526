"""PostgreSQL 18 inside the data folder, as a program of ours to start, watch and stop."""

import asyncio
import os
import shutil
import signal
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

from metatron.kernel.process import orphans, server_roles
from metatron.kernel.process.accounts import Account, can_reach, server_account
from metatron.kernel.process.binaries import binaries
from metatron.kernel.process.child import Child
from metatron.kernel.process.cluster import make_cluster
from metatron.kernel.process.command import Command
from metatron.kernel.process.failures import ProcessError
from metatron.kernel.process.instance_lock import InstanceLock
from metatron.kernel.process.launch import DIRECTORY_DESCRIPTOR
from metatron.kernel.process.secret_files import secret
from metatron.kernel.process.server_probe import takes_connections
from metatron.kernel.process.server_settings import write_settings
from metatron.kernel.process.socket_directory import (
    SOCKET_FILE,
    make_private,
    socket_directory,
)

SUPERUSER = "postgres"
_ROOM_BYTES = 300_000_000
_POLL_SECONDS = 0.02


def _say_nothing(_: str) -> None:
    """Take a notice nobody asked for."""


class EmbeddedPostgres:
    """One PostgreSQL server in `data_dir/postgres`, reached through a private socket.

    Any process may call `dsn`, `is_running` and `wait_ready`; the one that runs the server calls
    `prepare` first and then either hands `command()` to a supervisor or calls `start()`.
    """

    def __init__(
        self,
        data_dir: Path,
        *,
        durable: bool = True,
        notice: Callable[[str], None] = _say_nothing,
    ) -> None:
        """Describe a server; nothing is touched yet. `notice` gets one-line messages."""
        self.data_dir = data_dir.resolve()
        self.cluster = self.data_dir / "postgres"
        self.socket_directory = socket_directory(self.data_dir)
        self._secrets = self.data_dir / "secrets"
        self._durable = durable
        self._notice = notice
        self._lock = InstanceLock(self.data_dir)
        self._account: Account | None = None
        self._bin: Path | None = None
        self._socket_is_ours = False
        self._process: subprocess.Popen[bytes] | None = None

    def prepare(self) -> None:
        """Make the data folder ready for a start: idempotent, holds the folder until `release`.

        Raises `ProcessError` when another instance holds the folder or it cannot be written,
        when PostgreSQL cannot be run here, or when the disk is full.
        """
        if self.data_dir.exists() and not self.data_dir.is_dir():
            raise ProcessError(
                f"{self.data_dir} is a file, and the data need a folder",
                "name a folder with --data DIR; it is made when it is not there",
            )
        try:
            self.data_dir.mkdir(parents=True, exist_ok=True)
            self._require_room()
            self._lock.acquire()
            self._prepare_cluster()
        except OSError as error:
            self.release()
            raise ProcessError(
                f"the data folder {self.data_dir} cannot be used ({error.strerror or error})",
                "make room or make the folder writable, or name another one with --data DIR",
            ) from error
        except ProcessError:
            self.release()
            raise

    def _require_room(self) -> None:
        free = shutil.disk_usage(self.data_dir).free
        if free < _ROOM_BYTES:
            raise ProcessError(
                f"the disk of {self.data_dir} is full ({free // 1_000_000} MB free, "
                f"{_ROOM_BYTES // 1_000_000} MB needed)",
                "make room, or name a folder on another disk with --data DIR",
            )

    def _prepare_cluster(self) -> None:
        self._account = server_account(self._notice)
        self._bin = binaries(self._account)
        orphans.stop_orphans(self.cluster)
        make_private(self.socket_directory, self._account)
        self._socket_is_ours = True
        if not (self.cluster / "PG_VERSION").exists():
            self._notice("creating the database files")
            make_cluster(self._initdb(), self.socket_directory, secret(self._secrets, SUPERUSER))
        write_settings(self.cluster, self.socket_directory, durable=self._durable)

    def _initdb(self) -> Command:
        # A first start that was cut short leaves a cluster without its closing file.
        if self.cluster.exists():
            shutil.rmtree(self.cluster)
        self.cluster.mkdir(mode=0o700)
        if self._account is not None:
            os.chown(self.cluster, self._account.user_id, self._account.group_id)
        return self._program("initdb")

    def command(self) -> Command:
        """Return how to run the server in the foreground; `prepare` comes first."""
        return self._program("postgres")

    def _program(self, name: str) -> Command:
        assert self._bin is not None, "prepare() comes first"
        # An account that cannot walk to the cluster gets it as an open folder instead.
        handed_over = self._account is not None and not can_reach(self._account, self.cluster)
        where = f"/proc/self/fd/{DIRECTORY_DESCRIPTOR}" if handed_over else str(self.cluster)
        return Command(
            argv=(str(self._bin / name), "-D", where),
            env=_environment(),
            user=self._account,
            directory=self.cluster if handed_over else None,
            working_directory=self.socket_directory,
            death_signal=signal.SIGINT,
        )

    def child(self, name: str = "database") -> Child:
        """Return the server as a child for the supervisor; `prepare` comes first."""
        return Child(
            name=name,
            command=self.command(),
            ready=self.wait_ready,
            before_start=lambda: orphans.stop_orphans(self.cluster),
            stop_signal=signal.SIGINT,
            stop_seconds=30.0,
        )

    def is_running(self) -> bool:
        """Tell whether the server takes connections right now."""
        return takes_connections(self.socket_directory / SOCKET_FILE)

    async def wait_ready(self, timeout_seconds: float = 60.0) -> None:
        """Return as soon as the server takes connections.

        Raises `ProcessError` after `timeout_seconds`.
        """
        end = time.monotonic() + timeout_seconds
        while not await asyncio.to_thread(self.is_running):
            if time.monotonic() > end:
                raise self._not_ready()
            await asyncio.sleep(_POLL_SECONDS)

    async def ensure_roles(self) -> None:
        """Create the roles and the database `metatron` in the running server; idempotent."""
        roles = (*server_roles.ROLES, server_roles.BACKUP)
        passwords = {role: secret(self._secrets, role) for role in roles}
        await server_roles.ensure_roles(self.dsn(SUPERUSER, "postgres"), passwords)

    def dsn(self, role: str, database: str = server_roles.DATABASE) -> str:
        """Return the connection address of a role (one of `ROLES`, `BACKUP`, `postgres`)."""
        password = secret(self._secrets, role)
        return f"postgresql://{role}:{password}@/{database}?host={self.socket_directory}"

    def start(self, log: Path | None = None, timeout_seconds: float = 60.0) -> None:
        """Run the server below this process, without a supervisor, and wait until it is ready.

        Its words go to `log`, by default `data_dir/logs/database.log`.
        Raises `ProcessError` when it ends at once or takes longer than the timeout.
        """
        self.prepare()
        log = log or self.data_dir / "logs" / "database.log"
        log.parent.mkdir(parents=True, exist_ok=True)
        command = self.command()
        with log.open("ab") as out:
            self._process = subprocess.Popen(  # noqa: S603
                command.launched(),
                env=dict(command.env),
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=out,
                start_new_session=True,
            )
        end = time.monotonic() + timeout_seconds
        while not self.is_running():
            if self._process.poll() is not None or time.monotonic() > end:
                self.stop()
                raise self._not_ready(log)
            time.sleep(_POLL_SECONDS)

    def stop(self) -> None:
        """End the server that `start` ran, cleanly if it lets us, and give the folder back."""
        if self._process is not None:
            for how, grace_seconds in (
                (signal.SIGINT, 15),
                (signal.SIGQUIT, 5),
                (signal.SIGKILL, 5),
            ):
                self._process.send_signal(how)
                try:
                    self._process.wait(grace_seconds)
                    break
                except subprocess.TimeoutExpired:
                    continue
            self._process = None
        self.release()

    def release(self) -> None:
        """Let another instance use the data folder; the server must have ended."""
        if self._socket_is_ours:
            shutil.rmtree(self.socket_directory, ignore_errors=True)
            self._socket_is_ours = False
        self._lock.release()

    def _not_ready(self, log: Path | None = None) -> ProcessError:
        log = log or self.data_dir / "logs" / "database.log"
        return ProcessError("PostgreSQL does not answer", f"its own words are at the end of {log}")


def _environment() -> dict[str, str]:
    # None of our own settings and secrets; only what a hand-built Python needs to launch with.
    kept = {name: os.environ[name] for name in ("LD_LIBRARY_PATH",) if name in os.environ}
    return {"PATH": os.defpath, "LC_ALL": "C.UTF-8", "TZ": "UTC"} | kept

"""From a backup and the archived log to a data folder whose server has run once and ended well."""

import asyncio
import gzip
import os
import shutil
import tarfile
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from urllib.parse import quote

from metatron.kernel.process.accounts import Account, server_account
from metatron.kernel.process.embedded_postgres import EmbeddedPostgres
from metatron.kernel.process.failures import ProcessError
from metatron.kernel.process.progress import Progress
from metatron.kernel.process.server_roles import DATABASE
from metatron.platform.backups import server
from metatron.platform.backups.catalogue import Backup
from metatron.platform.backups.creation import BASE
from metatron.platform.backups.data_files import bring_back
from metatron.platform.backups.state import private_folder
from metatron.platform.backups.wal_archive import Piece, unpack

OWN_VERSION = 18
LONGEST_SECONDS = 6 * 3600.0
_HEADER = "# Written at every start"
_OPEN = "# For the time of a recovery; the folder lets nobody else in.\nlocal all all trust\n"
_IS_THERE = "select true from pg_roles where rolname = 'postgres'"
_REPLAYED = "select pg_last_xact_replay_timestamp()"
_ADMIT = "select format('alter role %I with superuser login password %L', $1::text, $2::text)"
_NOT_REACHED = "before configured recovery target was reached"


class ServerDoesNotStart(ProcessError):
    """What was unpacked is kept: its log tells why."""


class TargetNotReached(Exception):
    """The log ends before the instant that was asked for."""


@dataclass(frozen=True, slots=True)
class Log:
    """The archived log to play: its files, and where timelines branched off."""

    pieces: Sequence[Piece] = ()
    histories: Sequence[Path] = ()


def unpack_backup(backup: Backup, target: Path, log: Log) -> None:
    """Write files and cluster of a backup into the folder `target`, with the log to play.

    Raises:
        ProcessError: it was made with another version of PostgreSQL, or it is damaged.
    """
    version = backup.manifest.server_version
    if version != OWN_VERSION:
        raise ProcessError(
            f"the backup is of PostgreSQL {version}; what starts here is version {OWN_VERSION}",
            f"unpack {backup.folder / BASE} for a server of its own version",
        )
    private_folder(target)
    bring_back(backup.folder, backup.manifest, target)
    account = server_account(lambda _: None)
    cluster = target / "postgres"
    try:
        _extract(backup.folder / BASE / "base.tar.gz", cluster, account)
        _extract(backup.folder / BASE / "pg_wal.tar.gz", cluster / "pg_wal", account)
    except (tarfile.TarError, gzip.BadGzipFile, zlib.error, EOFError) as error:
        raise ProcessError(
            f"{backup.folder / BASE} is damaged ({error})", "use another backup"
        ) from error
    for piece in log.pieces:
        unpack(piece, cluster / "pg_wal" / piece.name)
    for history in log.histories:
        shutil.copyfile(history, cluster / "pg_wal" / history.name)
    for path in (cluster, *(cluster / "pg_wal").iterdir()):
        _give(path, account)


def _extract(archive: Path, target: Path, account: Account | None) -> None:
    target.mkdir(mode=0o700, exist_ok=True)

    def ours(member: tarfile.TarInfo, path: str) -> tarfile.TarInfo | None:
        safe = tarfile.data_filter(member, path)
        return safe and safe.replace(
            mode=0o700 if safe.isdir() else 0o600,
            uid=account.user_id if account else os.geteuid(),
            gid=account.group_id if account else os.getegid(),
            uname="",
            gname="",
            deep=False,
        )

    # What the server streams is gzip of several members, which "r|gz" does not know.
    with gzip.open(archive) as plain, tarfile.open(fileobj=plain, mode="r|") as packed:
        packed.extractall(  # noqa: S202 - filtered
            target, filter=ours, numeric_owner=True
        )
    _give(target, account)


def _give(path: Path, account: Account | None) -> None:
    if account is not None:
        os.chown(path, account.user_id, account.group_id)


class Recovery:
    """The server of an unpacked folder, from its first start to its readiness to be used.

    Args:
        folder: what `unpack_backup` has filled.
        superuser: the role the cluster was made with.
        database_name: what the installation's database is called there.
    """

    def __init__(self, folder: Path, *, superuser: str, database_name: str) -> None:
        """Describe; nothing runs yet."""
        self._server = EmbeddedPostgres(folder)
        self._superuser, self._database_name = superuser, database_name
        self._custom = self._server.cluster / "custom.conf"
        self._kept = self._server.cluster / "custom.conf.kept"
        self._log = folder / "logs" / "database.log"

    async def play(
        self, *, at: datetime | None, alone: bool, progress: Progress
    ) -> datetime | None:
        """Play the log up to an instant, or as far as it goes; leave the server running.

        Args:
            at: the last instant of what shall be there; None for all there is.
            alone: stop as soon as the copy is whole.
            progress: is told of the step.

        Returns:
            The instant of the newest transaction that was played, None without any.

        Raises:
            TargetNotReached: the log ends before `at`; the server has ended.
            ProcessError: the server does not come up.
        """
        self._prepare(at, alone=alone)
        with progress.step("recovery"):
            try:
                self._server.start(timeout_seconds=LONGEST_SECONDS)
            except ProcessError as error:
                raise self._failure() from error
        async with server.connected(self._dsn(self._superuser, "postgres")) as connection:
            played: datetime | None = await connection.fetchval(_REPLAYED)
        await self._take_over()
        return played

    def _prepare(self, at: datetime | None, *, alone: bool) -> None:
        cluster = self._server.cluster
        own = cluster / "postgresql.conf"
        if not own.exists() or not own.read_text().startswith(_HEADER):
            # Settings of a server that is not ours may name what is not here.
            (cluster / "postgresql.auto.conf").write_text("")
        self._server.prepare()
        access = self._server.socket_directory / "recovery.conf"
        access.write_text(_OPEN)
        target = ""
        if alone:
            target = "recovery_target = 'immediate'\n"
        elif at is not None:
            target = f"recovery_target_time = '{at.isoformat()}'\n"
        if self._custom.exists() and not self._kept.exists():
            self._custom.rename(self._kept)
        self._custom.write_text(
            f"hba_file = '{access}'\nhot_standby = off\nshared_buffers = '64MB'\n"
            # All there is to play lies in pg_wal already.
            "restore_command = 'false'\nrecovery_target_timeline = 'current'\n"
            f"recovery_target_action = 'promote'\n{target}"
        )
        (cluster / "recovery.signal").touch()
        account = server_account(lambda _: None)
        for path in cluster.glob("*.*"):
            _give(path, account)
        self._log.parent.mkdir(parents=True, exist_ok=True)
        self._log.write_text("")

    def _failure(self) -> Exception:
        said = [line for line in self._log.read_text(errors="replace").splitlines() if line]
        if any(_NOT_REACHED in line for line in said):
            return TargetNotReached()
        fatal = [line for line in said if "] FATAL" in line or "] PANIC" in line]
        last = (fatal or said or ["it said nothing"])[-1]
        return ServerDoesNotStart(f"the backup does not start ({last})", f"read {self._log}")

    async def _take_over(self) -> None:
        """Give superuser and roles the passwords of this folder, and the database its name."""
        secret = self._server.dsn("postgres").split(":", 2)[2].partition("@")[0]
        async with server.connected(self._dsn(self._superuser, "postgres")) as connection:
            if not await connection.fetchval(_IS_THERE):
                await connection.execute("create role postgres superuser login")
            await connection.execute(await connection.fetchval(_ADMIT, "postgres", secret))
            if self._database_name != DATABASE:
                await connection.execute(
                    await connection.fetchval(
                        "select format('alter database %I rename to %I', $1::text, $2::text)",
                        self._database_name,
                        DATABASE,
                    )
                )
        await self._server.ensure_roles()

    def _dsn(self, role: str, database: str) -> str:
        return f"postgresql://{quote(role)}@/{database}?host={self._server.socket_directory}"

    def superuser_dsn(self) -> str:
        """Return the address of the installation's database for one who may do everything."""
        return self._dsn(self._superuser, DATABASE)

    def stop(self, *, finished: bool) -> None:
        """End the server; when `finished`, its next start is an ordinary one."""
        self._server.stop()
        if finished:
            self._custom.unlink()
            if self._kept.exists():
                self._kept.rename(self._custom)


async def unpacked(backup: Backup, target: Path, log: Log, progress: Progress) -> None:
    """Unpack in a thread, as a step; see `unpack_backup`."""
    with progress.step("unpacking"):
        await asyncio.to_thread(unpack_backup, backup, target, log)

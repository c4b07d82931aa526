"""Making a backup: the server's files, then the data folder's, then the manifest, then its name."""

import asyncio
import json
import os
import shutil
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import unquote, urlsplit

from metatron.kernel.database.lost import DATABASE_ERRORS
from metatron.kernel.process.failures import ProcessError
from metatron.kernel.process.group_errand import run_group_errand
from metatron.kernel.process.progress import Progress
from metatron.platform.audit.interface import newest_checkpoints
from metatron.platform.backups import catalogue, server
from metatron.platform.backups.data_files import copy_into_backup
from metatron.platform.backups.installation import Installation
from metatron.platform.backups.manifest import (
    Content,
    Manifest,
    backup_name,
    digest_of,
    write_manifest,
)
from metatron.platform.backups.programs import command, program
from metatron.platform.backups.state import State, flush_folder, private_folder
from metatron.platform.backups.wal_archive import WalArchive

BASE = "base"
PROGRAM = "pg_basebackup"
_REVISIONS = "select version_num from kernel.alembic_version order by 1"


@dataclass(frozen=True, slots=True)
class Made:
    """A backup that was just made, and the names of those that went for it."""

    folder: Path
    manifest: Manifest
    pruned: list[str]


async def create_backup(
    here: Installation, *, to: Path | None = None, at_once: bool, progress: Progress
) -> Made:
    """Make one backup.

    Args:
        here: what is backed up; its server must run.
        to: a folder of backups other than the installation's own; nothing is pruned there.
        at_once: have the server write its pages out at once, rather than little by little over
            minutes.
        progress: is told of each step.

    Raises:
        ProcessError: the server is away, the disk is full, another command is at work. What was
            half made is gone then; older backups are untouched.
    """
    backups = to or here.backups
    with State(backups).at_work(alone=True):
        catalogue.sweep(backups)
        found = await server.facts(here.backup_dsn)
        _refuse_strange(found)
        making = backups / f"{catalogue.MAKING}{backup_name(found.now)}"
        try:
            manifest = await _fill(here, making, found, at_once=at_once, progress=progress)
            done = backups / manifest.name
            if done.exists():
                raise ProcessError(f"{done} exists already", "try again in a second")
            making.rename(done)
            flush_folder(backups)
        except OSError as error:
            raise ProcessError(
                f"the backup cannot be written to {backups} ({error.strerror or error})",
                "make room, or name another folder with --to DIR",
            ) from error
        finally:
            shutil.rmtree(making, ignore_errors=True)
        pruned = [] if to else await asyncio.to_thread(_tidy, here, found.system_id)
    return Made(done, manifest, pruned)


def _refuse_strange(found: server.Server) -> None:
    if found.has_tablespaces:
        raise ProcessError(
            "the server keeps tables in tablespaces of its own, which are not copied",
            "move them into pg_default, or back the server up with tools of its own",
        )


async def _fill(
    here: Installation,
    making: Path,
    found: server.Server,
    *,
    at_once: bool,
    progress: Progress,
) -> Manifest:
    private_folder(making)
    before = catalogue.newest(making.parent)
    with progress.step("database"):
        await _copy_server(here, making / BASE, found, at_once=at_once)
        finished_at = await server.server_now(here.backup_dsn)
        revisions = await _revisions(here)
    with progress.step("files of the data folder"):
        files = await asyncio.to_thread(
            copy_into_backup,
            here.data,
            making,
            leave=frozenset({here.backups.absolute(), making.parent.absolute()}),
            before=(before.folder, before.manifest) if before else None,
        )
    with progress.step("digests"):
        files |= await asyncio.to_thread(_digests, making)
        start, stop = _range_of(making / BASE)
        heads = await asyncio.to_thread(newest_checkpoints, making / "data")
    manifest = Manifest(
        name=backup_name(found.now),
        started_at=found.now,
        finished_at=finished_at,
        server_version=found.version,
        system_id=found.system_id,
        timeline=found.timeline,
        segment_bytes=found.segment_bytes,
        superuser=found.superuser,
        database_name=_database_name(here),
        wal_start=start,
        wal_stop=stop,
        revisions=tuple(revisions),
        heads=heads,
        files=files,
    )
    write_manifest(making, manifest)
    return manifest


async def _copy_server(
    here: Installation, target: Path, found: server.Server, *, at_once: bool
) -> None:
    path = program(PROGRAM, found.version)
    arguments = (
        *("--pgdata", str(target), "--format=tar", "--compress=client-gzip:1"),
        *("--wal-method=stream", "--manifest-checksums=SHA256", "--no-password"),
        f"--checkpoint={'fast' if at_once else 'spread'}",
    )
    try:
        await run_group_errand(
            command(path, *arguments, dsn=here.backup_dsn), log=here.data / "logs" / "backup.log"
        )
    except ProcessError as error:
        remedy = "make room, or name another folder with --to DIR"
        full = any(word in error.cause for word in ("space", "too large", "limit exceeded"))
        raise ProcessError(
            f"the database was not copied to {target.parent.parent} ({error.cause})",
            remedy if full else error.remedy,
        ) from error
    await asyncio.to_thread(_make_private, target)


def _make_private(folder: Path) -> None:
    for file in folder.iterdir():
        file.chmod(0o600)
    folder.chmod(0o700)


async def _revisions(here: Installation) -> list[str]:
    dsn = here.settings.database_system_url.get_secret_value()
    try:
        async with server.connected(dsn) as connection:
            return [row[0] for row in await connection.fetch(_REVISIONS)]
    except DATABASE_ERRORS as error:
        raise ProcessError(
            f"the database does not tell its revisions ({type(error).__name__})",
            "bring it up to date: metatron migrate",
        ) from error


def _database_name(here: Installation) -> str:
    dsn = here.settings.database_system_url.get_secret_value()
    return unquote(urlsplit(dsn).path.lstrip("/"))


def _digests(making: Path) -> dict[str, Content]:
    found = {}
    for path in sorted((making / BASE).iterdir()):
        size, digest = digest_of(path)
        found[f"{BASE}/{path.name}"] = Content(size, digest, path.stat().st_mtime_ns)
    for folder, _, _ in os.walk(making):
        flush_folder(Path(folder))
    return found


def _range_of(base: Path) -> tuple[str, str]:
    """Return from where to where the log must be played for the copy to be whole."""
    ranges = json.loads((base / "backup_manifest").read_text())["WAL-Ranges"]
    assert len(ranges) == 1, "a backup over several timelines is none of a primary server"
    return ranges[0]["Start-LSN"], ranges[0]["End-LSN"]


def _tidy(here: Installation, system_id: str) -> list[str]:
    State(here.backups).backup_was_made()
    pruned = catalogue.prune(here.backups, here.settings.backups_kept or 1)
    WalArchive(here.backups, system_id).compress()
    return pruned

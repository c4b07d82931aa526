"""The two ways back, as a command tells them."""

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from uuid import UUID

import typer

from metatron.kernel.clock import utc_now
from metatron.kernel.process.failures import ProcessError
from metatron.kernel.process.progress import Progress
from metatron.kernel.settings import Settings
from metatron.platform.backups.installation import Installation, installation_at
from metatron.platform.backups.restoration import restore_installation
from metatron.platform.backups.return_ways import Way, catch_up, find_way
from metatron.platform.backups.state import State
from metatron.platform.backups.tenant_restoration import restore_one_tenant
from metatron.platform.tenancy.interface import Compose


@dataclass(frozen=True, slots=True)
class Asked:
    """What a command was told: the installation's folder, the backups, the instant, a backup."""

    data: Path
    backups: Path
    at: datetime | None
    backup: str


def _installation(data: Path) -> Installation | None:
    """Return what was backed up, None when it is gone."""
    try:
        return installation_at(data)
    except ProcessError:
        return None


async def _is_whole(here: Installation | None, backups: Path) -> bool:
    """Wait for the archive; tell whether the folder has all that was written until now."""
    dsn = here.backup_dsn if here and here.settings.database_backup_url else None
    is_archived = await catch_up(dsn)
    return is_archived and here is not None and _is_same(backups, here.backups)


def _is_same(one: Path, other: Path) -> bool:
    return one.resolve() == other.resolve()


def _tell_what_lacks(way: Way, until: datetime) -> None:
    if way.at is not None and until < way.at:
        typer.echo(
            f"the archived log ends there, {(way.at - until).total_seconds():.0f} s before"
            f" {way.at.isoformat()}: if anything was written in between, it is not here"
        )


async def restore_folder(asked: Asked, to: Path, *, replace: bool) -> None:
    """Bring an installation back into a data folder and say how to start on it."""
    here = _installation(asked.data)
    now = utc_now()
    with State(asked.backups).at_work(alone=False):
        way = find_way(
            asked.backups,
            at=asked.at,
            name=asked.backup or None,
            now=now,
            is_whole=await _is_whole(here, asked.backups),
        )
        settings = here.settings if here else Settings()
        back = await restore_installation(
            way,
            to=to,
            living=here.data if here else None,
            replace=replace,
            secret_keys=settings.secret_keys.get_secret_value(),
            now=now,
            progress=Progress(),
        )
    typer.echo(f"from backup {way.backup.manifest.name}: everything up to {back.until.isoformat()}")
    _tell_what_lacks(way, back.until)
    if back.replaced is not None:
        typer.echo(f"what was there before: {back.replaced}")
    typer.echo(f"start on it with: bin/up --data {back.folder}")


async def restore_tenant_rows(asked: Asked, tenant_id: UUID, compose: Compose) -> None:
    """Put one organisation back in the running installation and say what changed."""
    here = installation_at(asked.data)
    now = utc_now()
    with State(asked.backups).at_work(alone=False):
        way = find_way(
            asked.backups,
            at=asked.at,
            name=asked.backup or None,
            now=now,
            is_whole=await _is_whole(here, asked.backups),
        )
        back = await restore_one_tenant(here, way, tenant_id, compose, now=now, progress=Progress())
    done = back.restored
    typer.echo(
        f"{tenant_id}: {done.rows} rows of {done.tables} tables are as at {back.until.isoformat()};"
        f" {done.replaced_rows} rows of today went to {back.aside}"
    )
    _tell_what_lacks(way, back.until)

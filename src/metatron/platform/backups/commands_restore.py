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
from metatron.platform.backups.return_ways import catch_up, find_way
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


async def restore_folder(asked: Asked, to: Path, *, replace: bool) -> None:
    """Bring an installation back into a data folder and say how to start on it."""
    here = _installation(asked.data)
    now = utc_now()
    with State(asked.backups).at_work(alone=False):
        await catch_up(here.backup_dsn if here and here.settings.database_backup_url else None)
        way = find_way(asked.backups, at=asked.at, name=asked.backup or None, now=now)
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
    if back.replaced is not None:
        typer.echo(f"what was there before: {back.replaced}")
    typer.echo(f"start on it with: bin/up --data {back.folder}")


async def restore_tenant_rows(asked: Asked, tenant_id: UUID, compose: Compose) -> None:
    """Put one organisation back in the running installation and say what changed."""
    here = installation_at(asked.data)
    now = utc_now()
    with State(asked.backups).at_work(alone=False):
        await catch_up(here.backup_dsn if here.settings.database_backup_url else None)
        way = find_way(asked.backups, at=asked.at, name=asked.backup or None, now=now)
        back = await restore_one_tenant(here, way, tenant_id, compose, now=now, progress=Progress())
    done = back.restored
    typer.echo(
        f"{tenant_id}: {done.rows} rows of {done.tables} tables are as at {back.until.isoformat()};"
        f" {done.replaced_rows} rows of today went to {back.aside}"
    )

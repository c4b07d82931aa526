"""One tenant back to an instant, in the running installation; everybody else notices nothing."""

import os
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from uuid import UUID

from metatron.kernel.context import system_context
from metatron.kernel.database.migrations import at_heads
from metatron.kernel.events.event import publish
from metatron.kernel.process.child import python
from metatron.kernel.process.command import Command
from metatron.kernel.process.errand import run_errand
from metatron.kernel.process.failures import ProcessError
from metatron.kernel.process.progress import Progress
from metatron.kernel.settings import Settings
from metatron.platform.audit.interface import seal_tenant, set_aside_checkpoints
from metatron.platform.backups.events import TenantRestored
from metatron.platform.backups.installation import Installation, settings_of_folder
from metatron.platform.backups.manifest import backup_name
from metatron.platform.backups.return_ways import Way, scratch
from metatron.platform.backups.state import private_folder
from metatron.platform.tenancy.interface import (
    Compose,
    Former,
    Restored,
    migration_folders,
    on_database,
    open_for_command,
    restore_tenant,
)

_PLACE = """
select t.id, p.database_name from tenancy.tenant t
left join tenancy.placement p on p.tenant_id = t.id and p.is_current where t.id = $1
"""


@dataclass(frozen=True, slots=True)
class TenantBack:
    """What was put back, up to which instant, and where the rows went that were there before."""

    restored: Restored
    until: datetime
    aside: Path


async def restore_one_tenant(
    here: Installation,
    way: Way,
    tenant_id: UUID,
    compose: Compose,
    *,
    now: datetime,
    progress: Progress,
) -> TenantBack:
    """Bring a tenant's rows back from a scratch folder in which the whole installation is restored.

    Its members, roles and keys stay as they are today; the log of what is cut off is kept in the
    file of today's rows. Uploaded files are not touched: their contents are never overwritten.

    Raises:
        ProcessError: the instant cannot be reached, or the tenant was not there yet.
        DomainError: it cannot be restored now, see `restore_tenant`; nothing has changed.
    """
    stamp = backup_name(now)
    keys = here.settings.secret_keys.get_secret_value()
    async with scratch(way, secret_keys=keys, progress=progress) as (folder, until):
        former = settings_of_folder(folder)
        with progress.step("the organisation as it was"):
            source = await _seal_former(former, way, tenant_id, compose)
        aside = here.backups / "tenants" / f"{tenant_id}-{stamp}.tar.gz"
        private_folder(aside.parent)
        async with open_for_command(here.settings, compose) as database:
            restored = await restore_tenant(
                database, tenant_id=tenant_id, former=source, aside=aside, progress=progress.note
            )
            set_aside_checkpoints(here.data, after=until, name=f"cut-{stamp}", tenant_id=tenant_id)
            context = system_context(tenant_id)
            event = TenantRestored(
                aggregate_id=tenant_id,
                restored_to=until,
                rows=restored.rows,
                replaced_rows=restored.replaced_rows,
            )
            async with database.transaction(context) as session:
                await publish(session, context, event, now=now)
    return TenantBack(restored, until, aside)


async def _seal_former(settings: Settings, way: Way, tenant_id: UUID, compose: Compose) -> Former:
    """Bring the restored databases to today's schema and seal the tenant's log there."""
    async with open_for_command(settings, compose) as old:
        row = await old.system.fetchrow(_PLACE, tenant_id)
        is_behind = not at_heads(way.backup.manifest.revisions, migration_folders())
    if row is None:
        raise ProcessError(f"there was no organisation {tenant_id} then", "name a later instant")
    if is_behind:
        await _migrate(settings)
    async with open_for_command(settings, compose) as old:
        await seal_tenant((await old.outboxes([tenant_id]))[-1], tenant_id)
    home = settings.database_owner_url.get_secret_value()
    place = row["database_name"]
    return Former(on_database(home, place) if place else home, home)


async def _migrate(settings: Settings) -> None:
    told = {
        "METATRON_DATA_DIR": str(settings.data_dir),
        "METATRON_DATABASE_URL": settings.database_url.get_secret_value(),
        "METATRON_DATABASE_SYSTEM_URL": settings.database_system_url.get_secret_value(),
        "METATRON_DATABASE_OWNER_URL": settings.database_owner_url.get_secret_value(),
        "METATRON_SECRET_KEYS": settings.secret_keys.get_secret_value(),
    }
    words = python("-m", "metatron", "migrate", "--all").argv
    log = settings.data_dir / "logs" / "migrations.log"
    await run_errand(Command(words, env=dict(os.environ) | told), log=log)

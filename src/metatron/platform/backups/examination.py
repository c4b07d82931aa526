"""Looks at a brought-back installation with the program's own eyes: books, audit log and files."""

from dataclasses import dataclass, field
from pathlib import Path
from uuid import UUID

from metatron.kernel.database.database import Database
from metatron.kernel.errors import Busy
from metatron.kernel.settings import Settings
from metatron.platform.audit.interface import tenants_in_logs, verify_tenant
from metatron.platform.backups.installation import settings_of_folder
from metatron.platform.files.interface import lost_contents, store_of
from metatron.platform.ledger.interface import check_books, tenants_with_books
from metatron.platform.tenancy.interface import Compose, open_for_command


@dataclass(slots=True)
class Examined:
    """How many tenants had books and logs, how many seals and contents hold, what does not fit."""

    books: int = 0
    logs: int = 0
    seals: int = 0
    contents: int = 0
    findings: list[str] = field(default_factory=list)


async def examine(folder: Path, compose: Compose) -> Examined:
    """Check all books, logs and files of the installation in a folder, whose server runs.

    Contents of files are looked for where the settings keep them: there, or in the bucket.
    """
    settings = settings_of_folder(folder)
    found = Examined()
    async with open_for_command(settings, compose) as database:
        await _look_at_books(database, found)
        tenants = await _look_at_logs(database, folder, found)
        await _look_at_files(database, settings, tenants, found)
    return found


async def _look_at_books(database: Database, found: Examined) -> None:
    for tenant_id in await tenants_with_books(database):
        found.books += 1
        for each in await check_books(database, tenant_id):
            broken = each.violation
            found.findings.append(
                f"books of {tenant_id}: {each.check} {broken.invariant} {broken.rule}"
                f" {broken.subject or '-'} {broken.detail}"
            )


async def _look_at_logs(database: Database, folder: Path, found: Examined) -> list[UUID]:
    tenants = await tenants_in_logs(await database.outboxes(), folder)
    for tenant_id in tenants:
        pool = (await database.outboxes([tenant_id]))[-1]
        report = await verify_tenant(pool, tenant_id, data_dir=folder)
        found.logs += 1
        found.seals += report.sealed
        found.findings += [
            f"log of {tenant_id}: {each.kind} at seal {each.sequence or '-'}: {each.detail}"
            for each in report.findings
        ]
    return tenants


async def _look_at_files(
    database: Database, settings: Settings, tenants: list[UUID], found: Examined
) -> None:
    store = store_of(settings)
    try:
        found.contents, lost = await lost_contents(database, store, tenants)
    except Busy as error:
        found.findings.append(f"files: their store cannot be asked: {error.__cause__ or error}")
        return
    finally:
        await store.close()
    for each in lost:
        has = "is not there" if each.found_bytes is None else f"has {each.found_bytes} bytes"
        found.findings.append(
            f"files of {each.tenant_id}: content {each.sha256} of file {each.file_id} {has}"
        )

"""Looks at a brought-back installation with the program's own eyes: its books and its audit log."""

from dataclasses import dataclass, field
from pathlib import Path

from metatron.kernel.database.database import Database
from metatron.platform.audit.interface import tenants_in_logs, verify_tenant
from metatron.platform.backups.installation import settings_of_folder
from metatron.platform.ledger.interface import check_books, tenants_with_books
from metatron.platform.tenancy.interface import Compose, open_for_command


@dataclass(slots=True)
class Examined:
    """How many tenants had books and logs, how many seals hold, and what does not fit."""

    books: int = 0
    logs: int = 0
    seals: int = 0
    findings: list[str] = field(default_factory=list)


async def examine(folder: Path, compose: Compose) -> Examined:
    """Check all books and all logs of the installation in a folder, whose server runs."""
    settings = settings_of_folder(folder)
    found = Examined()
    async with open_for_command(settings, compose) as database:
        await _look_at_books(database, found)
        await _look_at_logs(database, folder, found)
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


async def _look_at_logs(database: Database, folder: Path, found: Examined) -> None:
    for tenant_id in await tenants_in_logs(await database.outboxes(), folder):
        pool = (await database.outboxes([tenant_id]))[-1]
        report = await verify_tenant(pool, tenant_id, data_dir=folder)
        found.logs += 1
        found.seals += report.sealed
        found.findings += [
            f"log of {tenant_id}: {each.kind} at seal {each.sequence or '-'}: {each.detail}"
            for each in report.findings
        ]

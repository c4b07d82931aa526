"""The command `metatron audit`."""

import asyncio
from typing import Annotated
from uuid import UUID

import typer

from metatron.kernel.database.direct import open_pool
from metatron.kernel.settings import Settings
from metatron.platform.audit.checkpoints import CheckpointFiles
from metatron.platform.audit.interface import Report, verify_tenant
from metatron.platform.audit.verification import tenants_of

app = typer.Typer(no_args_is_help=True, help="The audit log.")


@app.callback()
def _group() -> None:
    """Keep `verify` a subcommand though it is the only one."""


@app.command("verify")
def verify_command(
    tenant: Annotated[UUID | None, typer.Option(help="One organisation; all without it.")] = None,
) -> None:
    """Check every sealed event and checkpoint; exit 1 when something does not fit."""
    reports = asyncio.run(_verify(Settings(), tenant))
    for report in reports:
        typer.echo(
            f"{report.tenant_id}  {'intact' if report.intact else 'TAMPERED WITH'}"
            f"  sealed {report.sealed}  unsealed {report.unsealed}"
            f"  checkpoints {report.checkpoints}"
        )
        for finding in report.findings:
            place = f"seal {finding.sequence}" if finding.sequence else "no seal"
            typer.echo(f"  {finding.kind}  {place}  event {finding.event_id}: {finding.detail}")
    if not all(report.intact for report in reports):
        raise typer.Exit(1)


async def _verify(settings: Settings, tenant: UUID | None) -> list[Report]:
    pool = await open_pool(settings.database_system_url.get_secret_value(), size=1)
    try:
        if tenant is not None:
            tenants = {tenant}
        else:
            # A chain cut to nothing is only known outside.
            known = await asyncio.to_thread(CheckpointFiles(settings.data_dir).tenants)
            tenants = await tenants_of(pool) | known
        return [
            await verify_tenant(pool, item, data_dir=settings.data_dir)
            for item in sorted(tenants, key=str)
        ]
    finally:
        await pool.close()

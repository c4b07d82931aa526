"""The command `metatron audit`."""

import asyncio
from typing import Annotated
from uuid import UUID

import typer

from metatron.kernel.database.direct import open_pool
from metatron.kernel.settings import Settings
from metatron.platform.audit.checkpoints import CheckpointFiles, CheckpointSigner
from metatron.platform.audit.interface import Report, verify_tenant
from metatron.platform.audit.keys import published_keys, retire_key
from metatron.platform.audit.verification import tenants_of

app = typer.Typer(no_args_is_help=True, help="The audit log.")


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


@app.command("keys")
def keys_command() -> None:
    """List the public keys that sign or have signed checkpoints, the newest first."""
    for key in published_keys(Settings().data_dir):
        began = key.began_at.isoformat() if key.began_at else "-"
        typer.echo(f"{key.fingerprint}\t{key.public.hex()}\t{began}")


@app.command("rotate")
def rotate_command() -> None:
    """Begin a new audit key and destroy the old one's private half; its public half stays."""
    data_dir = Settings().data_dir
    retire_key(data_dir)
    CheckpointSigner(data_dir)
    typer.echo(f"signing with {published_keys(data_dir)[0].fingerprint} from the next minute on")


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

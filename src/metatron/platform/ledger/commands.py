"""`metatron ledger check`: every rule over the live books."""

import asyncio
from collections.abc import Sized
from dataclasses import asdict
from typing import Annotated
from uuid import UUID

import orjson
import typer

from metatron.kernel.database.database import Database
from metatron.kernel.settings import Settings
from metatron.platform.ledger.checking import Finding, check_books, tenants_with_books
from metatron.platform.tenancy.interface import Compose, open_for_command, tenant_by_slug

app = typer.Typer(no_args_is_help=True, help="The books.")


@app.callback()
def _group() -> None:
    """Keep `check` a subcommand though it is the only one."""


@app.command("check")
def check_command(
    context: typer.Context,
    tenant: Annotated[str, typer.Option(help="Short name or id; all without it.")] = "",
    *,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object.")] = False,
) -> None:
    """Check the books of every organisation, wherever they live; exit 1 when a rule is broken."""
    tenants, findings = asyncio.run(_check(context.obj, tenant))
    if as_json:
        told = {"tenants": len(tenants), "findings": [_told(finding) for finding in findings]}
        typer.echo(orjson.dumps(told, default=str).decode())
    else:
        for finding in findings:
            broken = finding.violation
            typer.echo(
                f"{finding.tenant_id}  {finding.check} {broken.invariant}  {broken.rule}"
                f"  {broken.subject or '-'}  {broken.detail}"
            )
        typer.echo(f"{_counted(tenants, 'organisation')} checked, {_counted(findings, 'finding')}")
    if findings:
        raise typer.Exit(1)


def _counted(things: Sized, noun: str) -> str:
    return f"{len(things)} {noun}{'' if len(things) == 1 else 's'}"


def _told(finding: Finding) -> dict[str, object]:
    return {
        "tenant_id": finding.tenant_id,
        "check": finding.check,
        **asdict(finding.violation),
    }


async def _check(compose: Compose, tenant: str) -> tuple[list[UUID], list[Finding]]:
    async with open_for_command(Settings(), compose) as database:
        tenants = [await _id_of(database, tenant)] if tenant else await tenants_with_books(database)
        findings = []
        for each in tenants:
            findings += await check_books(database, each)
    return tenants, findings


async def _id_of(database: Database, tenant: str) -> UUID:
    try:
        return UUID(tenant)
    except ValueError:
        facts = await tenant_by_slug(database, tenant)
    if facts is None:
        raise typer.BadParameter(f"there is no tenant {tenant}")
    return facts.id

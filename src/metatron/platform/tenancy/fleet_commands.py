"""`metatron tenant migrate`, also behind `metatron migrate --all` and `--status`."""

from collections import Counter
from typing import Annotated

import typer

from metatron.kernel.database.database import Database
from metatron.platform.tenancy.command_doors import Compose, run_command
from metatron.platform.tenancy.fleet import fleet_state, migrate_fleet


def migrate_command(
    context: typer.Context,
    workers: Annotated[int, typer.Option(min=1, max=8)] = 4,
    *,
    every: Annotated[
        bool, typer.Option(help="Look into those the registry says are at head as well.")
    ] = False,
    status: Annotated[
        bool, typer.Option("--status", help="Change nothing; say how the databases stand.")
    ] = False,
) -> None:
    """Bring the databases of dedicated tenants to the newest schema; run it again to resume."""
    if status:
        show_status(context.obj)
    else:
        migrate_dedicated(context.obj, workers=workers, every=every)


def migrate_dedicated(compose: Compose, *, workers: int = 4, every: bool = False) -> None:
    """Migrate every dedicated database, one, then ten, then the rest; exit 1 unless all are."""

    async def migrate(database: Database) -> None:
        outcome = await migrate_fleet(database, workers=workers, every=every, progress=typer.echo)
        typer.echo(
            f"{len(outcome.migrated)} migrated,"
            f" {len(outcome.at_head) + outcome.passed_over} at head,"
            f" {len(outcome.failed)} failed, {len(outcome.locked)} locked,"
            f" {len(outcome.not_tried)} not tried"
        )
        for name, error in outcome.locked.items():
            typer.echo(f"left for later: {name}: {error}", err=True)
        if outcome.failed or outcome.locked:
            raise typer.Exit(1)

    run_command(compose, migrate)


def show_status(compose: Compose) -> None:
    """Print how many databases are in which state, then each that is not at head."""

    async def show(database: Database) -> None:
        states = await fleet_state(database)
        counts = Counter("at head" if each.is_at_head else "behind" for each in states)
        counts.update(each.state for each in states if each.state != "active")
        typer.echo(", ".join(f"{count} {name}" for name, count in sorted(counts.items())) or "none")
        for each in states:
            if each.is_at_head and each.state == "active":
                continue
            missing = ",".join(each.missing)
            typer.echo(
                "\t".join(
                    (
                        each.slug,
                        each.database_name,
                        each.state,
                        f"lacks {missing}" if missing else "at head",
                        f"{each.attempts} attempts",
                        (each.last_error or "").replace("\n", " "),
                    )
                )
            )

    run_command(compose, show)

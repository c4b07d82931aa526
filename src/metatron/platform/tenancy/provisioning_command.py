"""`metatron tenant provision`: many tenants from a file, or so many of a kind."""

import csv
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer

from metatron.kernel.clock import utc_now
from metatron.kernel.database.database import Database
from metatron.kernel.errors import InvalidInput
from metatron.platform.tenancy.command_doors import run_command
from metatron.platform.tenancy.provisioning import Provisioning
from metatron.platform.tenancy.wishes import COLUMNS, Wish, numbered, read_csv


def provision_command(
    context: typer.Context,
    *,
    file: Annotated[
        Path | None, typer.Option("--from", help=f"CSV with the columns {', '.join(COLUMNS)}.")
    ] = None,
    count: Annotated[int, typer.Option(min=0, help="Without a file: how many.")] = 0,
    slug: Annotated[str, typer.Option(help="Their short names: slug-0001 and on.")] = "tenant",
    owner_email: Annotated[
        str, typer.Option(help="Who owns them; {slug} stands for the short name.")
    ] = "owner@{slug}.example",
    tier: str = "free",
    dedicated: Annotated[
        bool, typer.Option("--dedicated/--pooled", help="Give each a database of its own.")
    ] = False,
    mails: Annotated[
        bool | None, typer.Option(help="Write to the owners; as a rule only those of a file.")
    ] = None,
    keys: Annotated[
        Path | None, typer.Option(help="Append short names and first API keys to this CSV.")
    ] = None,
    workers: Annotated[int, typer.Option(min=1, max=4)] = 4,
) -> None:
    """Bring many tenants into being; give the same command again to go on where it was ended."""
    if (file is None) == (count == 0):
        raise typer.BadParameter("name a file with --from, or how many with --count")
    try:
        if file is not None:
            wishes = read_csv(file)
        else:
            placement = "dedicated" if dedicated else "pooled"
            wishes = numbered(count, Wish(slug, "{slug}", owner_email, "", tier, placement))
    except InvalidInput as error:
        raise typer.BadParameter(f"{error.errors[0].field}: {error.detail}") from error

    async def provision(database: Database) -> None:
        with _keeping(keys) as keep_key:
            run = Provisioning(
                database,
                now=utc_now(),
                mails=file is not None if mails is None else mails,
                keep_key=keep_key,
                progress=typer.echo,
            )
            done = await run.run(wishes, workers=workers)
        said = ", ".join(f"{number} {outcome}" for outcome, number in sorted(done.counts.items()))
        typer.echo(said)
        for name, error in done.failed.items():
            typer.echo(f"{name}: {error}", err=True)
        if done.failed:
            raise typer.Exit(1)

    run_command(context.obj, provision)


@contextmanager
def _keeping(path: Path | None) -> Iterator[Callable[[str, str], None] | None]:
    """Give what appends to the file of keys, which nobody else may read."""
    if path is None:
        yield None
        return
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    with os.fdopen(descriptor, "a", newline="", encoding="utf-8") as out:
        writer = csv.writer(out)

        def keep(slug: str, key: str) -> None:
            writer.writerow((slug, key))
            # The key's text is nowhere else from here on.
            out.flush()

        yield keep

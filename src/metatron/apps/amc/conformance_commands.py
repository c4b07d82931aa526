"""`metatron amc conformance` and `metatron amc cassettes`: one AMC held against another."""

import asyncio
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Annotated, Any

import orjson
import typer

from metatron.apps.amc.saying import CommandFailed, said_in_one_line

Cassette = Annotated[Path, typer.Argument(help="What --record wrote.")]


def add_to(app: typer.Typer) -> None:
    """Give `metatron amc` these commands."""
    app.command("conformance")(conformance_command)
    app.command("cassettes")(cassettes_command)


def conformance_command(  # noqa: PLR0917 - each is an option of the command
    instance: Annotated[str, typer.Option(help="AMC instance id.")],
    account: Annotated[str, typer.Option(help="AMC account id, ENTITY...")],
    client_id: Annotated[str, typer.Option(help="Client id of Login with Amazon.")],
    marketplace: Annotated[str, typer.Option(help="Marketplace id.")] = "ATVPDKIKX0DER",
    base_url: Annotated[str, typer.Option(help="A local AMC; without it Amazon itself.")] = "",
    region: Annotated[str, typer.Option(help="Amazon's region: na, eu or fe.")] = "na",
    *,
    against: Annotated[
        Path | None, typer.Option(help="What --json printed of another side: tell differences.")
    ] = None,
    record: Annotated[
        Path | None, typer.Option(help="Write whole exchanges to this file, and ask nothing else.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object.")] = False,
) -> None:
    """Ask an AMC what Amazon's texts leave open, and print what it answers.

    With --against only what is answered otherwise is printed, and it ends with 1 if anything is.
    With --record a workflow, a run of one day and a schedule are made and taken away again; the
    file holds no name, id, link, instant or figure of them: `metatron amc cassettes` compares two.
    The sign-in's secrets come from AMC_CLIENT_SECRET and AMC_REFRESH_TOKEN.
    """
    from metatron.apps.amc.amazon.client import Scope  # noqa: PLC0415
    from metatron.apps.amc.amazon.identifiers import AmcAccountId, AmcInstanceId  # noqa: PLC0415
    from metatron.apps.amc.conforming import Target, ask, exchanges  # noqa: PLC0415

    with said_in_one_line():
        scope = Scope(AmcAccountId(account), marketplace, AmcInstanceId(instance))
        target = Target.of(scope, client_id, base_url=base_url, region=region)
        if target is None:
            raise CommandFailed(
                "region, AMC_CLIENT_SECRET or AMC_REFRESH_TOKEN is wrong or missing",
                "set both variables; regions are na, eu and fe",
            )
        if record is not None:
            _write(_asked(exchanges, target), record)
            return
        replies = _asked(ask, target)
        if against is not None:
            raise typer.Exit(_tell_differences(replies, against))
    if as_json:
        typer.echo(orjson.dumps({"replies": [each.as_json() for each in replies]}).decode())
        return
    for each in replies:
        typer.echo(f"{each.name:36} {each.answer}" + (f" ({each.said})" if each.said else ""))


def cassettes_command(here: Cassette, there: Cassette) -> None:
    """Tell where the exchanges of two AMCs differ: statuses, fields, and the forms of values.

    Ends with 1 if they do.
    """
    from metatron.apps.amc.amazon import cassettes  # noqa: PLC0415

    with said_in_one_line():
        sides = []
        for file in (here, there):
            try:
                sides.append(cassettes.read(file.read_bytes()))
            except cassettes.NoCassette as error:
                raise CommandFailed(f"{file}: {error}", "take what --record wrote") from error
        found = cassettes.differences(*sides)
        typer.echo("\n".join(found) or "nothing differs")
        raise typer.Exit(int(bool(found)))


def _asked[Asked, Answer](
    ask: Callable[[Asked], Coroutine[Any, Any, Answer]], target: Asked
) -> Answer:
    from metatron.apps.amc.amazon.errors import AmazonError  # noqa: PLC0415

    try:
        return asyncio.run(ask(target))
    except AmazonError as error:
        raise CommandFailed(str(error), "look at address, client and token") from error


def _write(exchanges: list[Any], to: Path) -> None:
    from metatron.apps.amc.amazon import cassettes  # noqa: PLC0415

    to.write_bytes(cassettes.written(exchanges))
    typer.echo(f"{len(exchanges)} exchanges: {to}")


def _tell_differences(replies: list[Any], against: Path) -> int:
    """Print what another side answers otherwise; returns how the command ends."""
    from metatron.apps.amc.conforming import answers_in, differences  # noqa: PLC0415

    try:
        found = differences(replies, answers_in(against.read_bytes()))
    except ValueError as error:
        raise CommandFailed(f"{against}: {error}", "take what --json printed") from error
    typer.echo("\n".join(found) or "no answer differs")
    return int(bool(found))

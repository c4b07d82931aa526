"""The `metatron` command. Each command imports what it needs when it runs: start-up stays short."""

import asyncio
import importlib
import os
import sys
from pathlib import Path
from typing import Annotated, Any

import typer

from metatron import lasting
from metatron.services import HTTP_SERVICES

app = typer.Typer(no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False)
serve = typer.Typer(no_args_is_help=True, help="Serve one process.")
operators = typer.Typer(no_args_is_help=True, help="The people who run the platform.")
app.add_typer(serve, name="serve")
app.add_typer(operators, name="operator")


@operators.callback()
def _operators() -> None:
    """Keep `link` a subcommand though it is the only one."""


GROUPS: dict[str, str] = {
    "amc": "metatron.apps.amc.commands",
    "audit": "metatron.platform.audit.command",
    "backup": "metatron.platform.backups.commands",
    "check": "metatron.checks",
    "events": "metatron.event_commands",
    "files": "metatron.platform.files.commands",
    "keys": "metatron.platform.identity.commands",
    "ledger": "metatron.platform.ledger.commands",
    "services": "metatron.service_commands",
    "tenant": "metatron.platform.tenancy.commands",
}
"""Groups of commands that live with their module: each names a Typer called `app`."""


@app.command("up")
def up_command(
    data: Annotated[Path, typer.Option(help="Folder of everything that lasts.")] = Path(".data"),
    port: Annotated[int, typer.Option(min=1, max=65535)] = 3000,
    host: Annotated[str, typer.Option(help="Address to listen on.")] = "127.0.0.1",
    *,
    demo: Annotated[bool, typer.Option(help="Seed a demo organisation.")] = True,
) -> None:
    """Run everything on this machine."""
    lasting.run_up(data, port, host, demo=demo)


@app.command()
def migrate(
    *,
    everywhere: Annotated[
        bool, typer.Option("--all", help="Then the databases of dedicated tenants too.")
    ] = False,
    status: Annotated[
        bool, typer.Option("--status", help="Change nothing; say how dedicated databases stand.")
    ] = False,
) -> None:
    """Bring the database of METATRON_DATABASE_OWNER_URL to the newest schema."""
    from metatron.kernel.settings import Settings  # noqa: PLC0415
    from metatron.platform.tenancy import fleet_commands  # noqa: PLC0415
    from metatron.processes import migrate as migrate_database  # noqa: PLC0415

    if status:
        fleet_commands.show_status(_composition)
        return
    asyncio.run(migrate_database(Settings()))
    if everywhere:
        fleet_commands.migrate_dedicated(_composition)


@operators.command("link")
def operator_link(
    email: Annotated[str, typer.Option(help="Whose link; the first operator's without it.")] = "",
    data: Annotated[Path, typer.Option(help="Folder of everything that lasts.")] = Path(".data"),
    port: Annotated[int, typer.Option(min=1, max=65535)] = 3000,
) -> None:
    """Print a one-time sign-in link of an operator, on the machine that runs everything."""
    from metatron.operator_link import print_link  # noqa: PLC0415

    if not asyncio.run(print_link(data.resolve(), email=email, port=port)):
        raise typer.Exit(1)


@app.command()
def seed(*, demo: Annotated[bool, typer.Option(help="Seed a demo organisation.")] = True) -> None:
    """Give a new installation its first people; print a one-time sign-in link."""
    from metatron.kernel.settings import Settings  # noqa: PLC0415
    from metatron.seed import welcome  # noqa: PLC0415

    typer.echo(asyncio.run(welcome(Settings(), demo=demo)))


@app.command("demo")
def demo_command(
    *,
    members: Annotated[
        bool, typer.Option("--members", help="Let its members commit to the live campaign.")
    ] = False,
    amazon: Annotated[
        bool, typer.Option("--amazon", help="Connect it to Amazon's local stand-in.")
    ] = False,
) -> None:
    """Play the demo organisation's campaigns; print the path of the live one's public page."""
    from metatron.kernel.settings import Settings  # noqa: PLC0415

    if amazon:
        from metatron.demo_amazon import connect_demo  # noqa: PLC0415

        typer.echo(asyncio.run(connect_demo(Settings())))
        return
    from metatron.demo import people_demo, stage_demo  # noqa: PLC0415

    typer.echo(asyncio.run((people_demo if members else stage_demo)(Settings())))


@app.command("work")
def work_command(
    port: Annotated[
        int | None, typer.Option(min=1, max=65535, help="Answer for its health at this port.")
    ] = None,
    *,
    apart: Annotated[
        bool, typer.Option("--apart", help="As a service of its own: nothing of identity.")
    ] = False,
) -> None:
    """Run the worker: relay, jobs and schedules."""
    lasting.run_worker(port, apart=apart)


@serve.command("web")
def serve_web(workers: Annotated[int | None, typer.Option(min=1, max=64)] = None) -> None:
    """Serve the API and the page."""
    lasting.run_web(workers)


def _add(name: str) -> None:
    def serve_service(
        workers: Annotated[int | None, typer.Option(min=1, max=64)] = None,
        port: Annotated[int | None, typer.Option(min=1, max=65535)] = None,
    ) -> None:
        lasting.run_service(name, workers, port)

    serve.command(name, help=f"Serve {name} alone, beside the other services.")(serve_service)


for _each in HTTP_SERVICES:
    _add(_each.name)


@serve.command("mailbox")
def serve_mailbox(port: Annotated[int, typer.Option(min=1, max=65535)] = 2525) -> None:
    """Serve the local mail twin: an SMTP server that keeps mails in METATRON_MAILBOX_DIR."""
    lasting.run_mailbox(port)


@serve.command("payments-sandbox")
def serve_payments_sandbox(
    port: Annotated[int, typer.Option(min=1, max=65535)],
    data: Annotated[Path, typer.Option(help="Folder of the provider's books.")],
    webhook_url: Annotated[str | None, typer.Option()] = None,
) -> None:
    """Serve the local escrow provider."""
    lasting.run_payments_sandbox(port, data, webhook_url)


_OVERLAPPING = "Runs of a day that may read the same data of the same time."
_UNPROVEN = "Sides of what Amazon's texts leave open."


@serve.command("amc-sandbox")
def serve_amc_sandbox(
    port: Annotated[int, typer.Option(min=1, max=65535)],
    data: Annotated[Path, typer.Option(help="Folder of its books, keys, data and results.")],
    redirect_uri: Annotated[list[str] | None, typer.Option(help="Where sign-ins lead.")] = None,
    *,
    preset: Annotated[str, typer.Option(help="100k, 1M, 10M or 100M events.")] = "100k",
    most_overlapping: Annotated[
        int, typer.Option(min=1, envvar="METATRON_AMC_MOST_OVERLAPPING", help=_OVERLAPPING)
    ] = 50,
    unproven: Annotated[
        str, typer.Option(envvar="METATRON_AMC_UNPROVEN", metavar="JSON", help=_UNPROVEN)
    ] = "{}",
    descriptor: Annotated[
        int | None, typer.Option(min=3, help="A socket that listens on the port already.")
    ] = None,
    idle_seconds: Annotated[
        float | None, typer.Option(min=1, help="End after so long without a call.")
    ] = None,
) -> None:
    """Serve the local Amazon Marketing Cloud."""
    from metatron.kernel.process.plain_imports import import_plain  # noqa: PLC0415

    import_plain()
    from metatron.apps.amc.twin.app import serve as serve_twin  # noqa: PLC0415
    from metatron.apps.amc.twin.keys import load_settings  # noqa: PLC0415
    from metatron.apps.amc.twin.local_engine import LocalEngine  # noqa: PLC0415
    from metatron.apps.amc.twin.settings import Unproven  # noqa: PLC0415
    from metatron.kernel.settings import Settings  # noqa: PLC0415

    try:
        sides = Unproven.read(unproven)
    except ValueError as error:
        raise typer.BadParameter(str(error), param_hint="--unproven") from error
    url = f"http://127.0.0.1:{port}"
    settings = load_settings(
        data,
        public_url=url,
        redirect_uris=tuple(redirect_uri or ()),
        client_secret=Settings().amazon_stand_in_secret.get_secret_value() or None,
        most_overlapping=most_overlapping,
        unproven=sides,
    )
    engine = LocalEngine(data / "events", preset=preset)
    asyncio.run(
        serve_twin(settings, engine, port=port, descriptor=descriptor, idle_seconds=idle_seconds)
    )


def main() -> None:
    """Run the command line, with the group of commands it asks for (all of them for help)."""
    asked = sys.argv[1] if len(sys.argv) > 1 else "--help"
    if asked in GROUPS:
        from metatron.adopted import adopt  # noqa: PLC0415

        adopt(asked)
    for name, module in GROUPS.items():
        if asked in {name, "--help"}:
            app.add_typer(importlib.import_module(module).app, name=name)
    try:
        app(obj=_composition, prog_name=started_as(sys.argv[0]))
    except (ConnectionError, FileNotFoundError) as error:
        if asked not in {"audit", "events", "files", "keys", "ledger", "tenant"}:
            raise
        typer.echo(
            f"cause: the database does not answer ({error}); remedy: start bin/up, or name what to"
            " look into with METATRON_DATA_DIR or METATRON_DATABASE_URL",
            err=True,
        )
        raise SystemExit(1) from error


def started_as(program: str) -> str | None:
    """Return the name that usage lines show: what was typed; None leaves `python -m metatron`."""
    if "METATRON_STARTED_AS" in os.environ:  # by the scripts in bin/
        return os.environ["METATRON_STARTED_AS"]
    name = Path(program).name
    return None if name == "__main__.py" else name


def _composition() -> Any:
    """Say which modules there are and who makes people, to commands that live below this."""
    from metatron.platform.identity.interface import ensure_person  # noqa: PLC0415
    from metatron.processes import all_modules  # noqa: PLC0415

    return all_modules(), ensure_person

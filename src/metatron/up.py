"""`metatron up`: everything on one machine, from an empty data folder to a sign-in link.

This process imports little: it stands beside the others for as long as they run.
"""

import asyncio
import base64
import contextlib
import json
import os
import socket
from collections.abc import Coroutine
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

from metatron.kernel.process.child import Child, python
from metatron.kernel.process.embedded_postgres import EmbeddedPostgres
from metatron.kernel.process.ports import require_free_port
from metatron.kernel.process.progress import Progress
from metatron.kernel.process.readiness import accepts, answers
from metatron.kernel.process.secret_files import secret
from metatron.kernel.process.server_roles import BACKUP
from metatron.kernel.process.supervisor import Supervisor
from metatron.welcome import (
    Installation,
    complete_demo,
    ensure_schema,
    sign_in_link,
    stage_demo,
    staged_demo,
)

WEB_DIST = Path(__file__).parents[2] / "web" / "dist"

_OF_THE_SANDBOX = (
    "METATRON_PAYMENTS_URL",
    "METATRON_PAYMENTS_SECRET",
    "METATRON_PAYMENTS_WEBHOOK_SECRETS",
)
AMAZON_IDLE_SECONDS = "120"
LOCAL_RATE_LIMITS = {
    "public": (6_000, 200_000),
    "auth": (6_000, 200_000),
    "webhook": (12_000, 400_000),
}
"""Calls a minute and an hour: all the people of a suite on one machine share one address, and the
local provider is one caller. Limits by tier and by person stay as they are."""


@dataclass(frozen=True, slots=True)
class Options:
    """What `bin/up` was told."""

    data: Path
    port: int
    demo: bool
    host: str = "127.0.0.1"


@dataclass(frozen=True, slots=True)
class Ports:
    """Ports of the local twins, chosen anew at each start."""

    payments: int
    mailbox: int
    amazon: int

    @classmethod
    def choose(cls, amazon: socket.socket) -> Self:
        """Find free ports; both sockets are held until both are known, `amazon` for good."""
        with socket.socket() as first, socket.socket() as second:
            for probe in (first, second):
                probe.bind(("127.0.0.1", 0))
            return cls(*(each.getsockname()[1] for each in (first, second, amazon)))


async def up(options: Options, progress: Progress) -> None:
    """Run until Ctrl-C.

    Raises:
        ProcessError: something outside our control is in the way; it names cause and remedy.
    """
    require_free_port(options.port, options.host)
    database = EmbeddedPostgres(options.data, notice=progress.note)
    with progress.step("database files"):
        database.prepare()
    held = contextlib.ExitStack()
    try:
        async with Supervisor(options.data / "logs", progress) as supervisor:
            await supervisor.start(database.child())
            await database.ensure_roles()
            amazon = held.enter_context(socket.create_server(("127.0.0.1", 0), backlog=64))
            ports = Ports.choose(amazon)
            environment = _environment(options, ports, database)
            os.environ.update(environment)
            here = _installation(options, environment)
            await ensure_schema(here, progress)
            # People wait for the page; what works in the background comes after it.
            greeting = asyncio.create_task(sign_in_link(here, progress, demo=options.demo))
            try:
                await supervisor.start(_web(options))
                link = await greeting
            finally:
                greeting.cancel()
            background = (*_background(options, ports), *_amazon(options, amazon, environment))
            shown = staged_demo(here) if options.demo else None
            is_new = options.demo and shown is None
            if is_new:
                # Its campaigns are played before anybody comes: they move the demo's clock.
                await supervisor.start(*background)
                shown = await stage_demo(here, progress)
            progress.note(f"ready: {here.public_url}")
            if shown is not None:
                progress.note(f"a campaign anybody may look at: {shown}")
            progress.note(f"sign in (once, within 15 minutes): {link}")
            if not is_new:
                with progress.quietly():
                    await supervisor.start(*background)
            await _beside(supervisor, complete_demo(here, shown) if options.demo else None)
    finally:
        held.close()
        database.release()


async def _beside(supervisor: Supervisor, errand: Coroutine[Any, Any, None] | None) -> None:
    """Watch the children; meanwhile run an errand that ends with them."""
    task = asyncio.create_task(errand) if errand is not None else None
    try:
        await supervisor.wait()
    finally:
        if task is not None:
            task.cancel()
            await asyncio.wait([task])


def _environment(options: Options, ports: Ports, database: EmbeddedPostgres) -> dict[str, str]:
    """Return the settings of all children; what the caller has set already wins."""
    folder = options.data / "secrets"
    fernet = folder / "secret-keys"
    if not fernet.exists():
        _write_secret(fernet, base64.urlsafe_b64encode(os.urandom(32)).decode())
    ours = {
        "METATRON_DATA_DIR": str(options.data),
        "METATRON_HOST": options.host,
        "METATRON_PORT": str(options.port),
        "METATRON_PUBLIC_URL": f"http://localhost:{options.port}",
        "METATRON_WEB_DIST": str(WEB_DIST),
        "METATRON_DATABASE_URL": database.dsn("metatron_app"),
        "METATRON_DATABASE_SYSTEM_URL": database.dsn("metatron_system"),
        "METATRON_DATABASE_OWNER_URL": database.dsn("metatron_owner"),
        "METATRON_DATABASE_BACKUP_URL": database.dsn(BACKUP, "postgres"),
        "METATRON_SECRET_KEYS": fernet.read_text().strip(),
        "METATRON_SIGNING_KEY_DIR": str(options.data / "keys"),
        "METATRON_SMTP_URL": f"smtp://127.0.0.1:{ports.mailbox}",
        "METATRON_MAILBOX_DIR": str(options.data / "mailbox"),
        "METATRON_PAYMENTS_URL": f"http://127.0.0.1:{ports.payments}",
        "METATRON_PAYMENTS_SECRET": secret(folder, "payments"),
        "METATRON_PAYMENTS_WEBHOOK_SECRETS": secret(folder, "payments-webhook"),
        "METATRON_AMAZON_STAND_IN_URL": f"http://127.0.0.1:{ports.amazon}",
        "METATRON_AMAZON_STAND_IN_SECRET": secret(folder, "amazon-stand-in"),
        "METATRON_RATE_LIMITS": json.dumps(LOCAL_RATE_LIMITS),
        "MALLOC_ARENA_MAX": "2",
    }
    if "METATRON_SMTP_URL" in os.environ:
        del ours["METATRON_MAILBOX_DIR"]
    if "METATRON_DATABASE_URL" in os.environ:
        # Another server is in use: a copy of ours would be no backup of it.
        del ours["METATRON_DATABASE_BACKUP_URL"]
    if not _plays_the_provider():
        # Another provider has an address and keys of its own; ours would lead it to the sandbox.
        for name in _OF_THE_SANDBOX:
            del ours[name]
    return {name: os.environ.get(name, value) for name, value in ours.items()}


def _plays_the_provider() -> bool:
    return os.environ.get("METATRON_PAYMENTS_PROVIDER", "sandbox") == "sandbox"


def _write_secret(path: Path, value: str) -> None:
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.write(value)


def _installation(options: Options, environment: dict[str, str]) -> Installation:
    return Installation(
        options.data,
        owner_dsn=environment["METATRON_DATABASE_OWNER_URL"],
        application_dsn=environment["METATRON_DATABASE_URL"],
        public_url=environment["METATRON_PUBLIC_URL"],
    )


def _web(options: Options) -> Child:
    return Child(
        "web",
        python("-m", "metatron", "serve", "web"),
        ready=answers(f"http://127.0.0.1:{options.port}/health/live"),
        depends_on=("database",),
    )


def _background(options: Options, ports: Ports) -> tuple[Child, ...]:
    webhook = f"http://127.0.0.1:{options.port}/api/v1/webhooks/payments/sandbox"
    payments = python(
        *("-m", "metatron", "serve", "payments-sandbox", "--port", str(ports.payments)),
        *("--data", str(options.data / "payments-sandbox"), "--webhook-url", webhook),
    )
    mailbox = python("-m", "metatron", "serve", "mailbox", "--port", str(ports.mailbox))
    sandbox = Child("payments-sandbox", payments, ready=accepts(ports.payments))
    return (
        Child("mailbox", mailbox, ready=accepts(ports.mailbox)),
        *((sandbox,) if _plays_the_provider() else ()),
        Child("worker", python("-m", "metatron", "work"), depends_on=("database",)),
        *_archive(),
    )


def _archive() -> tuple[Child, ...]:
    """Return what archives the server's log, unless backups are off or the server is not known."""
    wanted = os.environ.get("METATRON_BACKUPS_KEPT") != "0"
    if not wanted or not os.environ.get("METATRON_DATABASE_BACKUP_URL"):
        return ()
    command = python("-m", "metatron", "backup", "archive")
    return (Child("archive", command, depends_on=("database",)),)


def _amazon(
    options: Options, listening: socket.socket, environment: dict[str, str]
) -> tuple[Child, ...]:
    """Return the local Amazon, which starts when it is first called; most never call it."""
    if os.environ.get("METATRON_AMAZON_CLIENT_ID"):
        return ()
    port = listening.getsockname()[1]
    command = python(
        *("-m", "metatron", "serve", "amc-sandbox", "--port", str(port)),
        *("--descriptor", str(listening.fileno())),
        *("--data", str(options.data / "amc-sandbox"), "--idle-seconds", AMAZON_IDLE_SECONDS),
        *("--redirect-uri", f"{environment['METATRON_PUBLIC_URL'].rstrip('/')}/amc/connected"),
    )
    ready = answers(f"http://127.0.0.1:{port}/health/live")
    return (Child("amc-sandbox", command, ready=ready, wakes_on=listening),)

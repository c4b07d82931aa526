"""An installation of the tests' own, in a data folder as `bin/up` makes it, with its archive."""

import asyncio
import contextlib
import json
import os
import shutil
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import UUID

import asyncpg
import pytest
from sqlalchemy import text
from typer.testing import CliRunner, Result

from metatron.cli import _composition
from metatron.kernel.clock import utc_now
from metatron.kernel.context import Context, anonymous_context, system_context
from metatron.kernel.database.database import Database
from metatron.kernel.events.event import Event, publish
from metatron.kernel.ids import new_id
from metatron.kernel.process.command import Command
from metatron.kernel.process.embedded_postgres import SUPERUSER, EmbeddedPostgres
from metatron.kernel.secrets import new_key
from metatron.kernel.settings import Settings
from metatron.platform.audit.sealer import Sealer
from metatron.platform.backups import server
from metatron.platform.backups.archiver import prepare_archive
from metatron.platform.backups.commands import app
from metatron.platform.backups.installation import Installation, settings_of_folder
from metatron.platform.tenancy import copying, site
from metatron.platform.tenancy.interface import create_organisation, open_for_command
from metatron.processes import all_modules, migrate
from tests.platform.ledger.books import Books, transfer

ROOT = Path(__file__).parents[3]


class Noted(Event):
    name = "kernel.thing_noted.v1"
    words: str = ""


async def backup(*words: str, data: Path | None = None) -> Result:
    """Run `metatron backup` with words, on a data folder."""
    told = [*words, *(("--data", str(data)) if data else ())]
    return await asyncio.to_thread(
        CliRunner().invoke, app, told, obj=_composition, catch_exceptions=False
    )


def started(*words: str, data: Path, **environment: str) -> "subprocess.Popen[str]":
    """Start `metatron backup` as a process of its own."""
    return subprocess.Popen(
        [sys.executable, "-m", "metatron", "backup", *words, "--data", str(data)],
        env=os.environ | {"PYTHONPATH": str(ROOT / "src")} | environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def copy_growing(folder: Path, to: Path) -> None:
    """Copy a folder in which files are finished, and so renamed, meanwhile."""

    def as_long_as_it_is(source: str, target: str) -> str:
        with contextlib.suppress(FileNotFoundError):
            return shutil.copy2(source, target)
        return target

    shutil.copytree(folder, to, copy_function=as_long_as_it_is)


@dataclass
class Firm:
    """An organisation with money and a log."""

    database: Database
    context: Context
    held: UUID = field(default_factory=new_id)

    @property
    def id(self) -> UUID:
        return self.context.tenant_id

    @property
    def books(self) -> Books:
        return Books(self.database, self.context)

    async def pay(self, amount: int) -> None:
        """Move money onto the account `held`, and say so in the log."""
        source = await self.books.opened()
        assert await self.books.book(transfer(source, self.held, amount=amount)) == ["created"]
        async with self.database.transaction(self.context) as session:
            event = Noted(aggregate_id=new_id(), words=f"paid {amount}")
            await publish(session, self.context, event, now=utc_now())

    async def pay_into_a_new_account(self, amount: int) -> None:
        source, target = await self.books.opened(), await self.books.opened()
        assert await self.books.book(transfer(source, target, amount=amount)) == ["created"]

    async def events(self) -> list[str]:
        """The names in the log, oldest first."""
        async with self.database.transaction(self.context) as session:
            rows = await session.execute(text("select name from kernel.event order by position"))
            return [row[0] for row in rows]

    async def balance(self, database: Database | None = None) -> int:
        """What was paid onto the account, in minor units."""
        books = Books(database or self.database, self.context)
        return (await books.balance(self.held))[3]


@dataclass
class Living:
    """The installation: its server, its doors, its sealer."""

    server: EmbeddedPostgres
    settings: Settings
    database: Database
    gone: list[UUID] = field(default_factory=list)

    @property
    def data(self) -> Path:
        return self.server.data_dir

    @property
    def here(self) -> Installation:
        return Installation(self.settings)

    def is_meant(self) -> None:
        """Let this process mean this installation again, after it has looked at another."""
        site.prepare_site(self.settings)

    async def firm(self) -> Firm:
        facts = await create_organisation(
            self.database,
            name="A firm",
            slug=None,
            owner_user_id=new_id(),
            actor=anonymous_context(),
        )
        made = Firm(self.database, system_context(facts.id))
        made.held = await made.books.opened()
        await made.pay(100)
        return made

    async def signed(self) -> None:
        """Seal and sign all that has happened, as the worker does each second and minute."""
        sealer = Sealer(self.database.outboxes, self.data)
        for _ in range(50):
            await sealer.seal()
            left = await self.database.system.fetchval(
                "select count(*) from kernel.event e where not exists (select from audit.seal s"
                " where s.tenant_id = e.tenant_id and s.event_id = e.id)"
            )
            if not left:
                break
            await asyncio.sleep(0.05)
        await sealer.checkpoint()

    async def now(self) -> datetime:
        return await server.server_now(self.settings.database_system_url.get_secret_value())

    @contextlib.asynccontextmanager
    async def superuser(self) -> AsyncIterator[Any]:
        connection = await asyncpg.connect(self.server.dsn(SUPERUSER))
        await connection.execute("set session_replication_role = replica")
        yield connection
        await connection.close()

    async def destroy(self, firm: Firm) -> None:
        """Delete all rows of a firm, as nobody but a superuser can."""
        self.gone.append(firm.id)
        staying = {t for m in all_modules() for t in (*m.home_tables, *m.global_tables)}
        async with self.superuser() as superuser:
            for table in await copying.tenant_tables(superuser, staying):
                await superuser.execute(f"delete from {table} where tenant_id = $1", firm.id)


async def contents(settings: Settings, tenant_id: UUID) -> dict[str, copying.Content]:
    """Count and hash of a tenant's rows in every table that moves with it."""
    staying = {t for m in all_modules() for t in (*m.home_tables, *m.global_tables)}
    connection = await asyncpg.connect(settings.database_owner_url.get_secret_value())
    try:
        async with connection.transaction(isolation="repeatable_read"):
            await copying.bind(connection, tenant_id)
            found = {}
            for table in await copying.tenant_tables(connection, staying):
                rows = await connection.fetch(copying._COLUMNS, table)
                found[table] = await copying.content_of(connection, table, [r[0] for r in rows])
    finally:
        await connection.close()
    return {table: each for table, each in found.items() if each.rows}


@contextlib.asynccontextmanager
async def opened(folder: Path) -> AsyncIterator[tuple[Settings, Database]]:
    """A data folder's server and doors, as its owner would start on it."""
    found = EmbeddedPostgres(folder)
    found.start()
    try:
        settings = settings_of_folder(folder)
        async with open_for_command(settings, _composition) as database:
            yield settings, database
    finally:
        found.stop()


@contextlib.contextmanager
def archiving(here: Installation) -> Iterator[None]:
    """The archive follows the server meanwhile."""
    argv, env = asyncio.run(prepare_archive(here))
    process = subprocess.Popen(Command(tuple(argv), env=env).launched(), env=env)
    try:
        yield
    finally:
        process.terminate()
        process.wait(20)


@pytest.fixture(scope="session")
def data(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    folder = tmp_path_factory.mktemp("living") / "data"
    running = EmbeddedPostgres(folder, durable=False)
    running.prepare()
    # The nightly backup lets the server take minutes to write its pages out.
    (folder / "postgres" / "custom.conf").write_text("checkpoint_completion_target = 0\n")
    running.start()
    try:
        asyncio.run(running.ensure_roles())
        keys = folder / "secrets" / "secret-keys"
        keys.write_text(new_key())
        (folder / "notes").mkdir()
        (folder / "notes" / "a").write_text(json.dumps("kept"))
        settings = settings_of_folder(folder)
        asyncio.run(migrate(settings))
        with archiving(Installation(settings)):
            yield folder
    finally:
        running.stop()


@pytest.fixture(scope="session")
async def founded(data: Path) -> AsyncIterator[Living]:
    settings = settings_of_folder(data)
    async with open_for_command(settings, _composition) as database:
        yield Living(EmbeddedPostgres(data), settings, database)


@pytest.fixture
def living(founded: Living, monkeypatch: pytest.MonkeyPatch) -> Iterator[Living]:
    """The installation, which this process means for the time of a test."""
    monkeypatch.setattr(site, "_site", site._site)
    founded.is_meant()
    yield founded
    while founded.gone:
        # Otherwise its log would rightly be called cut, in every later rehearsal.
        (founded.data / "checkpoints" / f"{founded.gone.pop()}.jsonl").unlink(missing_ok=True)

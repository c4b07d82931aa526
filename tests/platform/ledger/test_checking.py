"""`metatron ledger check` and the nightly run: sound books are quiet, damage is told."""

import asyncio
import json

import asyncpg
import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession
from typer.testing import CliRunner, Result

from metatron.cli import _composition
from metatron.kernel.clock import utc_now
from metatron.kernel.context import Context, system_context
from metatron.kernel.database.database import Database
from metatron.kernel.ids import new_id
from metatron.kernel.process.embedded_postgres import SUPERUSER, EmbeddedPostgres
from metatron.kernel.settings import Settings
from metatron.platform.ledger import checking
from metatron.platform.ledger.commands import app
from metatron.platform.ledger.interface import TransferFlags, Violation, register_check
from metatron.platform.ledger.module import MODULE
from tests.platform.ledger.books import Books, transfer

Own = tuple[Settings, Database]
ENVIRONMENT = {
    "METATRON_DATABASE_URL": "database_url",
    "METATRON_DATABASE_SYSTEM_URL": "database_system_url",
    "METATRON_DATABASE_OWNER_URL": "database_owner_url",
    "METATRON_SECRET_KEYS": "secret_keys",
}


@pytest.fixture
def own(committed_database: Own, monkeypatch: pytest.MonkeyPatch) -> Own:
    settings, _ = committed_database
    for name, field in ENVIRONMENT.items():
        monkeypatch.setenv(name, getattr(settings, field).get_secret_value())
    monkeypatch.setattr(checking, "_CHECKS", dict(list(checking._CHECKS.items())[:1]))
    return committed_database


async def check(*arguments: str) -> Result:
    return await asyncio.to_thread(
        CliRunner().invoke, app, ["check", *arguments], obj=_composition, catch_exceptions=False
    )


async def some_books(database: Database) -> Books:
    books = Books(database, system_context(new_id()))
    a, b = await books.opened(), await books.opened()
    assert await books.book(transfer(a, b), transfer(a, b, flags=TransferFlags.PENDING))
    return books


async def damage(server: EmbeddedPostgres, books: Books) -> None:
    async with books.database.transaction(books.context) as session:
        name = (await session.execute(text("select current_database()"))).scalar_one()
    connection = await asyncpg.connect(server.dsn(SUPERUSER, name))
    await connection.execute("set session_replication_role = replica")
    await connection.execute(
        "update ledger.entry set debits_posted = 7 where tenant_id = $1 and debits_posted > 0",
        books.context.tenant_id,
    )
    await connection.close()


async def test_the_command(own: Own, server: EmbeddedPostgres) -> None:
    _, database = own
    sound, wrong = await some_books(database), await some_books(database)
    quiet = await check()
    assert (quiet.exit_code, quiet.output.strip()) == (0, "2 organisations checked, 0 findings")

    await damage(server, wrong)
    told = await check()
    assert told.exit_code == 1
    assert f"{wrong.context.tenant_id}  ledger 2" in told.output
    assert str(sound.context.tenant_id) not in told.output
    one = await check("--tenant", str(sound.context.tenant_id))
    assert (one.exit_code, one.output.strip()) == (0, "1 organisation checked, 0 findings")

    as_json = await check("--json", "--tenant", str(wrong.context.tenant_id))
    assert as_json.exit_code == 1
    answer = json.loads(as_json.output)
    assert answer["tenants"] == 1
    assert {finding["invariant"] for finding in answer["findings"]} == {2}
    assert (await check("--tenant", "nobody")).exit_code == 2


async def test_the_nightly_run(own: Own, server: EmbeddedPostgres) -> None:
    _, database = own
    sound, wrong = await some_books(database), await some_books(database)
    await damage(server, wrong)
    assert "ledger.check_books" in [schedule.job for schedule in MODULE.schedules]
    await checking.check_all(database, system_context(), now=utc_now())
    for books, announced in ((sound, 0), (wrong, 1)):
        async with database.transaction(books.context) as session:
            asked = await session.execute(text("select name from kernel.outbox"))
            assert asked.scalars().all() == ["ledger.check_tenant"]
        await checking.check_tenant(database, books.context, now=utc_now())
        async with database.transaction(books.context) as session:
            events = (await session.execute(text("select name, payload from kernel.event"))).all()
        assert [event.name for event in events] == ["ledger.books_found_wrong.v1"] * announced
    assert events[0].payload["findings"] == len(await wrong.violations())


async def test_checks_of_other_modules(own: Own) -> None:
    _, database = own
    books = await some_books(database)
    subject = new_id()
    levels = []

    async def odd(session: AsyncSession, context: Context) -> list[Violation]:
        levels.append((await session.execute(text("show transaction_isolation"))).scalar_one())
        assert context.tenant_id == books.context.tenant_id
        return [Violation(5, "it is odd", subject, "as said")]

    async def broken(session: AsyncSession, _context: Context) -> list[Violation]:
        await session.execute(text("select 1 / 0"))
        return []

    register_check("broken", broken)
    register_check("odd", odd)
    findings = await checking.check_books(database, books.context.tenant_id)
    assert [(each.check, each.violation.invariant) for each in findings] == [
        ("broken", 0), ("odd", 5),
    ]  # fmt: skip
    assert levels == ["repeatable read"]

"""Tenants are apart, rows do not change, and the checks find what was forced."""

from datetime import timedelta

import asyncpg
import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from metatron.kernel.clock import utc_now
from metatron.kernel.context import system_context
from metatron.kernel.database.database import Database
from metatron.kernel.ids import new_id
from metatron.kernel.process.embedded_postgres import SUPERUSER, EmbeddedPostgres
from metatron.kernel.settings import Settings
from metatron.platform.ledger.interface import (
    AccountFilter,
    TransferFlags,
    TransferRefused,
    account_transfers,
    create_transfers,
    demand_created,
    lookup_accounts,
    lookup_transfers,
)
from metatron.platform.ledger.jobs import expire_due
from tests.platform.ledger.books import Books, account, linked, post, transfer

WRITES = [
    "insert into ledger.{0} select * from ledger.{0}",
    "update ledger.{0} set tenant_id = tenant_id",
    "delete from ledger.{0}",
    "truncate ledger.{0}",
]
INNER = [
    "ledger.book(null, null)",
    "ledger.move(null, null)",
    "ledger.follow_clock()",
    "ledger.lock_accounts(null, null)",
]
TABLES = ["account", "transfer", "entry", "entry_event", "resolution", "deadline", "failed_id"]


async def test_ids_of_another_tenant_are_unknown(books: Books) -> None:
    others = Books(books.database, system_context(new_id()))
    a, b = await books.opened(), await books.opened()
    theirs, also_theirs = await others.opened(), await others.opened()
    hold = transfer(theirs, also_theirs, flags=TransferFlags.PENDING)
    assert await others.book(hold) == ["created"]
    assert await books.book(transfer(theirs, b)) == ["debit_account_not_found"]
    assert await books.book(transfer(a, theirs)) == ["credit_account_not_found"]
    assert await books.book(post(hold, 1)) == ["pending_transfer_not_found"]
    assert await books.book(transfer(a, b), post(hold, 1)) == [
        "created",
        "pending_transfer_not_found",
    ]
    async with books.database.transaction(books.context) as session:
        assert await lookup_accounts(session, books.context, ids=[theirs]) == [None]
        assert await lookup_transfers(session, books.context, ids=[hold.id]) == [None]
        filters = [AccountFilter(account_id=theirs)]
        assert await account_transfers(session, books.context, filters=filters) == [[]]
    # The same ids may be used by both; nothing leaks through the keys.
    assert await books.open(account(id=theirs)) == ["created"]
    assert await books.book(transfer(a, theirs, id=hold.id)) == ["created"]
    assert await books.expire(utc_now() + timedelta(days=9999)) == []
    assert await others.violations() == []


@pytest.mark.parametrize("table", TABLES)
async def test_the_application_writes_through_the_functions_only(books: Books, table: str) -> None:
    a, b = await books.opened(), await books.opened()
    assert await books.book(transfer(a, b)) == ["created"]
    for command in WRITES:
        session = await books.database.session(books.context)
        async with session:
            with pytest.raises(DBAPIError, match="permission denied"):
                await session.execute(text(command.format(table)))


@pytest.mark.parametrize("call", INNER)
async def test_inner_functions_are_out_of_reach(books: Books, call: str) -> None:
    session = await books.database.session(books.context)
    async with session:
        with pytest.raises(DBAPIError, match="permission denied"):
            await session.execute(text("select " + call))


async def test_no_tenant_no_booking(books: Books) -> None:
    pool = books.database.router.home.direct.pool
    with pytest.raises(asyncpg.PostgresError, match="no tenant"):
        await pool.execute("select ledger.create_accounts('{}', '{}', '{}', '{}')")
    assert await pool.fetchval("select count(*) from ledger.account") == 0


async def test_an_untold_story_is_refused_by_the_function_too(books: Books) -> None:
    a, b = await books.opened(), await books.opened()
    session = await books.database.session(books.context)
    async with session:
        with pytest.raises(DBAPIError, match="tells why"):
            await session.execute(
                text(
                    "select ledger.create_transfers(array[cast(:id as uuid)],"
                    " array[cast(:a as uuid)], array[cast(:b as uuid)],"
                    " '{1}', '{978}', '{1}', '{\"\"}', '{x}', '{x}')"
                ),
                {"id": new_id(), "a": a, "b": b},
            )


async def owner(settings: Settings, books: Books) -> "asyncpg.Connection[asyncpg.Record]":
    dsn = settings.database_owner_url.get_secret_value()
    connection = await asyncpg.connect(dsn)
    await connection.execute(
        "select set_config('app.tenant_id', $1, false)", str(books.context.tenant_id)
    )
    return connection


@pytest.mark.parametrize("table", ["transfer", "entry", "entry_event", "resolution", "failed_id"])
@pytest.mark.parametrize(
    "command",
    ["update ledger.{} set tenant_id = tenant_id", "delete from ledger.{}", "truncate ledger.{}"],
)
async def test_not_even_the_owner_changes_history(
    books: Books, settings: Settings, table: str, command: str
) -> None:
    a, b, poor = await books.opened(), await books.opened(), await books.opened(2)
    hold = transfer(a, b, flags=TransferFlags.PENDING, event_at=utc_now())
    assert await books.book(hold, post(hold, 1), transfer(poor, a))
    connection = await owner(settings, books)
    try:
        with pytest.raises(asyncpg.PostgresError, match="append-only"):
            await connection.execute(command.format(table))
    finally:
        await connection.close()


async def test_an_account_keeps_its_identity(books: Books, settings: Settings) -> None:
    await books.opened()
    connection = await owner(settings, books)
    try:
        for command in ("update ledger.account set flags = 0", "delete from ledger.account",
                        "update ledger.account set currency = 'USD'"):  # fmt: skip
            with pytest.raises(asyncpg.PostgresError, match="append-only"):
                await connection.execute(command)
    finally:
        await connection.close()


DAMAGE: list[tuple[str, set[int]]] = [
    ("update ledger.account set debits_posted = 1 where debits_posted > 0", {1, 2}),
    ("update ledger.account set debits_pending = 1 where debits_pending > 0", {1, 2, 4}),
    ("update ledger.account set version = version + 1 where version > 0", {2}),
    ("update ledger.account set currency = 'USD' where debits_posted > 0", {1, 15}),
    ("update ledger.account set flags = 2 where debits_posted > 0", {3}),
    ("update ledger.account set flags = 4 where credits_posted > 0", {3}),
    ("delete from ledger.account where debits_posted > 0", {1, 15}),
    ("update ledger.transfer set amount = amount + 1 where flags = 0", {2}),
    ("update ledger.transfer set amount = 1000 where flags = 4", {2, 4}),
    ("update ledger.transfer set why = ' '", {0}),
    ("update ledger.transfer set code = 9 where flags = 4", {4}),
    ("update ledger.transfer set pending_id = id where flags = 4", {4}),
    ("delete from ledger.transfer where flags = 0", {2, 15}),
    ("update ledger.entry set version = version + 7 where version = 3", {2}),
    ("update ledger.entry set debits_posted = -1 where version = 1", {2, 3}),
    ("update ledger.entry set timestamp = 1 where version = 2", {1, 2}),
    ("delete from ledger.entry where version = 1", {1, 2}),
    ("delete from ledger.resolution", {4}),
    ("update ledger.resolution set status = 'voided'", {4}),
    ("update ledger.resolution set status = 'expired', transfer_id = null", {4}),
    ("delete from ledger.deadline", {4}),
    ("insert into ledger.failed_id select tenant_id, id, 'x', 1 from ledger.transfer", {10}),
]  # fmt: skip


@pytest.mark.parametrize(("command", "expected"), DAMAGE, ids=[command for command, _ in DAMAGE])
async def test_damage_is_found(
    database: Database,
    server: EmbeddedPostgres,
    settings: Settings,
    command: str,
    expected: set[int],
) -> None:
    books = Books(database, system_context(new_id()))
    a, b = await books.opened(), await books.opened()
    hold = transfer(a, b, amount=50, flags=TransferFlags.PENDING)
    waiting = transfer(a, b, amount=5, flags=TransferFlags.PENDING, timeout=600)
    assert await books.book(transfer(a, b), hold, waiting) == ["created"] * 3
    assert await books.book(post(hold, 20)) == ["created"]
    assert await books.violations() == []
    async with database.transaction(books.context) as session:
        name = (await session.execute(text("select current_database()"))).scalar_one()
    # A superuser without triggers: nothing in the database stands in the way of the damage.
    connection = await asyncpg.connect(server.dsn(SUPERUSER, name))
    try:
        await connection.execute("set session_replication_role = replica")
        tenant = str(books.context.tenant_id)
        where = " and " if " where " in command else " where "
        limited = f"{command}{where}tenant_id = '{tenant}'"
        assert not (await connection.execute(limited)).endswith(" 0")
    finally:
        await connection.close()
    assert {violation.invariant for violation in await books.violations()} == expected


async def test_the_job_releases_and_announces(books: Books) -> None:
    a, b = await books.opened(), await books.opened()
    now = utc_now()
    hold = transfer(a, b, amount=9, flags=TransferFlags.PENDING, timeout=60, user_data_128=a)
    assert await books.book(hold, now=now) == ["created"]
    async with books.database.transaction(books.context) as session:
        asked = await session.execute(
            text("select name, run_at from kernel.outbox where kind = 'job'")
        )
        assert list(asked) == [("ledger.expire_pending", now + timedelta(seconds=60))]
        await expire_due(session, books.context, now=now + timedelta(seconds=60))
    async with books.database.transaction(books.context) as session:
        [event] = await session.execute(
            text("select name, aggregate_id, payload from kernel.event")
        )
    assert (event.name, event.aggregate_id) == ("ledger.transfer_expired.v1", hold.id)
    assert event.payload["amount_minor"] == 9
    assert await books.balance(a) == (0, 0, 0, 0)


async def test_a_refusal_names_what_broke_the_chain(books: Books) -> None:
    a, b = await books.opened(2), await books.opened()
    good, bad = linked(transfer(b, b), transfer(b, a))[1], transfer(a, b)
    chain = linked(good, bad)
    with pytest.raises(TransferRefused) as refused:  # noqa: PT012 - raised inside the block
        async with books.database.transaction(books.context) as session:
            results = await create_transfers(
                session, books.context, transfers=[*chain, transfer(a, b, amount=101)]
            )
            demand_created(chain, results[:2])
            demand_created([bad], results[2:])
    assert refused.value.extra["result"] == "exceeds_credits"
    # Rolled back with the transaction: nothing moved.
    assert await books.balance(a) == (0, 0, 0, 0)

"""The chain over the books: any row changed, removed or inserted after its seal is named."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Any
from uuid import UUID

import asyncpg
import pytest
from sqlalchemy import text

from metatron.kernel.clock import utc_now
from metatron.kernel.context import system_context
from metatron.kernel.database.database import Database
from metatron.kernel.ids import new_id
from metatron.kernel.process.embedded_postgres import SUPERUSER, EmbeddedPostgres
from metatron.platform.ledger import sealing, seals
from metatron.platform.ledger.checking import check_books
from metatron.platform.ledger.interface import TransferFlags, create_transfers
from metatron.platform.ledger.sealing import seal_books
from tests.platform.ledger.books import Books, transfer
from tests.platform.ledger.test_checking import Own

HELD = TransferFlags.PENDING
_SEALED_TO = "select sealed_to from ledger.seal_horizon"


@pytest.fixture
def database(committed_database: Own) -> Database:
    return committed_database[1]


async def seal(database: Database) -> None:
    """Seal all that is booked by now: what others have under way on this server delays it."""
    booked_to = await database.system.fetchval("select last_value from ledger.booking_clock")
    for number in range(2_000):
        await seal_books(database, system_context(), now=utc_now())
        if number > 0 and await database.system.fetchval(_SEALED_TO) >= booked_to:
            return
        await asyncio.sleep(0.02)
    under_way = await database.system.fetch(
        "select * from pg_stat_activity where backend_xid is not null"
    )
    raise AssertionError(f"not sealed; under way: {[dict(each) for each in under_way]}")


async def look_three_times(database: Database) -> None:
    """What three rounds of the sweeper do while a booking is in flight; it holds up all sealing.

    Of every worker's tests on this server too, so it is not for long.
    """
    for _ in range(3):
        await seal_books(database, system_context(), now=utc_now())


async def booked(database: Database, count: int = 6) -> tuple[Books, list[UUID]]:
    books = Books(database, system_context(new_id()))
    a, b = await books.opened(), await books.opened()
    transfers = [transfer(a, b, amount=number + 1) for number in range(count)]
    for each in transfers:
        assert await books.book(each) == ["created"]
    return books, [each.id for each in transfers]


@asynccontextmanager
async def owner(server: EmbeddedPostgres, database: Database) -> AsyncIterator[Any]:
    """A hand past all our code, past triggers and policies."""
    async with database.transaction(system_context(new_id())) as session:
        name = (await session.execute(text("select current_database()"))).scalar_one()
    connection = await asyncpg.connect(server.dsn(SUPERUSER, name))
    await connection.execute("set session_replication_role = replica")
    yield connection
    await connection.close()


async def seals_of(books: Books) -> list[Any]:
    async with books.database.transaction(books.context) as session:
        return list(await session.execute(text("select * from ledger.seal order by sequence")))


async def broken(books: Books) -> list[tuple[str, UUID | None]]:
    """Return what the check says of the chain: the rule and the row."""
    found = await check_books(books.database, books.context.tenant_id)
    told = [each.violation for each in found if each.violation.invariant == 16]
    return [(each.rule, each.subject) for each in told]


async def test_what_is_booked_is_sealed_once(database: Database) -> None:
    books, _ = await booked(database)
    others, _ = await booked(database, 2)
    await seal(database)
    await seal(database)
    assert [each.rows for each in await seals_of(books)] == [6]
    assert [each.rows for each in await seals_of(others)] == [2]
    hold = transfer(*[await books.opened() for _ in range(2)], flags=HELD, timeout=60)
    assert await books.book(hold) == ["created"]
    await seal(database)
    later = utc_now() + timedelta(hours=1)
    assert len(await books.expire(later)) == 1
    await seal(database)
    assert [(each.sequence, each.rows) for each in await seals_of(books)] == [
        (1, 6),
        (2, 1),
        (3, 1),
    ]
    assert await broken(books) == await broken(others) == []
    async with database.transaction(books.context) as session:
        names = (await session.scalars(text("select name from kernel.event"))).all()
    assert names.count("ledger.books_sealed.v1") == 3


async def test_a_quiet_database_is_not_written_to(database: Database) -> None:
    await booked(database)
    await seal(database)
    await seal(database)
    rows = "select xmin::text from ledger.seal_horizon"
    before = await database.system.fetchval(rows)
    await seal(database)
    assert await database.system.fetchval(rows) == before


async def test_large_rounds_take_several_seals(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(seals, "MOST_ROWS", 2)
    monkeypatch.setattr(sealing, "MOST_ROWS", 2)
    books, _ = await booked(database, 5)
    await seal(database)
    assert [each.rows for each in await seals_of(books)] == [2, 2, 1]
    assert await broken(books) == []


async def test_a_booking_in_flight_is_waited_for(database: Database) -> None:
    """Its time is older than others' that were committed before it: no seal may pass it by."""
    books, _ = await booked(database, 1)
    slow = Books(database, system_context(new_id()))
    a, b = await slow.opened(), await slow.opened()
    await seal(database)
    begun, go_on = asyncio.Event(), asyncio.Event()

    async def book_slowly() -> None:
        async with database.transaction(slow.context) as session:
            await create_transfers(session, slow.context, transfers=[transfer(a, b)])
            begun.set()
            await go_on.wait()

    waiting = asyncio.create_task(book_slowly())
    await begun.wait()
    quick = transfer(*[await books.opened() for _ in range(2)])
    assert await books.book(quick) == ["created"]
    await look_three_times(database)
    assert [each.rows for each in await seals_of(books)] == [1], "nothing later is sealed meanwhile"
    go_on.set()
    await waiting
    await seal(database)
    assert [each.rows for each in await seals_of(slow)] == [1]
    assert await broken(books) == await broken(slow) == []


@pytest.mark.parametrize(
    "change",
    ["amount = amount + 1", "why = 'Another reason'", "user_data_64 = 7", "code = code + 1",
     "debit_account_id = credit_account_id", "event_at = now()", "flags = flags | 2"],
)  # fmt: skip
async def test_a_changed_row_is_named(
    database: Database, server: EmbeddedPostgres, change: str
) -> None:
    books, ids = await booked(database)
    await seal(database)
    async with owner(server, database) as hand:
        await hand.execute(f"update ledger.transfer set {change} where id = $1", ids[3])
    assert await broken(books) == [("a sealed row is unchanged", ids[3])]


async def test_removed_and_inserted_rows_are_told(
    database: Database, server: EmbeddedPostgres
) -> None:
    books, ids = await booked(database)
    await seal(database)
    async with owner(server, database) as hand:
        row = dict(await hand.fetchrow("select * from ledger.transfer where id = $1", ids[2]))
        await hand.execute("delete from ledger.transfer where id = $1", ids[2])
        assert await broken(books) == [("a sealed row is there", None)]
        row["id"] = smuggled = new_id()
        names, places = ", ".join(row), ", ".join(f"${n}" for n in range(1, len(row) + 1))
        await hand.execute(
            f"insert into ledger.transfer ({names}) values ({places})", *row.values()
        )
        assert await broken(books) == [("a sealed row is unchanged", smuggled)]
        row["id"], row["timestamp"] = again, _ = new_id(), row["timestamp"] + 1
        await hand.execute(
            f"insert into ledger.transfer ({names}) values ({places})", *row.values()
        )
        assert ("nothing is inserted", again) in await broken(books)


async def test_a_chain_cut_or_made_anew_does_not_fit_its_announcement(
    database: Database, server: EmbeddedPostgres
) -> None:
    books, _ = await booked(database)
    await seal(database)
    assert await books.book(transfer(*[await books.opened() for _ in range(2)])) == ["created"]
    await seal(database)
    tenant_id = books.context.tenant_id
    async with owner(server, database) as hand:
        first, second = await hand.fetch(
            "select * from ledger.seal where tenant_id = $1 order by sequence", tenant_id
        )
        await hand.execute(
            "delete from ledger.seal where tenant_id = $1 and sequence = 2", tenant_id
        )
        assert await broken(books) == [("the newest seals are there", None)]
        regrown = dict(second) | {"sealed_at": second["sealed_at"] + timedelta(seconds=1)}
        regrown["hash"] = seals.seal_hash(regrown)
        places = ", ".join(f"${n}" for n in range(1, len(regrown) + 1))
        await hand.execute(
            f"insert into ledger.seal ({', '.join(regrown)}) values ({places})", *regrown.values()
        )
        assert await broken(books) == [("the seals are those announced", None)]
        await hand.execute(
            "delete from ledger.seal where tenant_id = $1 and sequence = 1", tenant_id
        )
        assert ("no seal is missing", None) in await broken(books)
    assert first["sequence"] == 1

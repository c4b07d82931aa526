"""Calls of a month: counted in memory while there is room, one by one near the end."""

import asyncio
from datetime import UTC, date, datetime
from uuid import UUID

import asyncpg
import pytest

from metatron.kernel.database.database import Database
from metatron.kernel.ids import new_id
from metatron.platform.gateway import months
from metatron.platform.gateway.months import Months
from metatron.platform.tenancy.interface import LimitReached
from tests.support.people import Door

NOW = datetime(2031, 12, 20, tzinfo=UTC).timestamp()


def _own(calls: int) -> tuple[tuple[str, int | None], ...]:
    return (("calls_per_minute", 2), ("calls_per_month", calls))


async def _stored(database: Database, tenant_id: UUID) -> dict[date, int]:
    rows = await database.system.fetch(
        "select month, calls from gateway.month_calls where tenant_id = $1", tenant_id
    )
    return {row["month"]: row["calls"] for row in rows}


async def _taken(counters: list[Months], tenant_id: UUID, calls: int, asked: int) -> int:
    passed = 0
    for number in range(asked):
        try:
            await counters[number % len(counters)].hit(tenant_id, "free", _own(calls), now=NOW)
        except LimitReached:
            continue
        passed += 1
    return passed


async def test_two_processes_keep_one_bound_to_the_call(door: Door) -> None:
    database, tenant = door.database, new_id()
    counters = [Months(database.system) for _ in range(2)]
    assert await _taken(counters, tenant, 25, 60) == 25
    assert await _stored(database, tenant) == {date(2031, 12, 1): 25}


async def test_with_room_calls_cost_no_statement_and_none_is_lost(
    door: Door, monkeypatch: pytest.MonkeyPatch
) -> None:
    database, tenant = door.database, new_id()
    counter = Months(database.system)
    monkeypatch.setattr(months, "unix_now", lambda: NOW)
    await counter.hit(tenant, "free", _own(1_000), now=NOW)  # hears how many there were
    assert counter.has_room(tenant, "free", _own(1_000), now=NOW)
    for _ in range(300):
        counter.note(tenant, now=NOW)
    assert await _stored(database, tenant) == {date(2031, 12, 1): 1}
    await counter.flush()
    assert await _stored(database, tenant) == {date(2031, 12, 1): 301}
    assert not counter.has_room(tenant, "free", _own(320), now=NOW), "twenty calls are a minute's"
    assert not counter.has_room(tenant, "free", _own(1_000), now=NOW + 61), "that was long ago"
    assert counter.has_room(tenant, "free", (("calls_per_month", None),), now=NOW + 61)


async def test_a_month_ends_and_what_was_counted_in_it_stays_its_own(door: Door) -> None:
    database, tenant = door.database, new_id()
    counter = Months(database.system)
    assert await _taken([counter], tenant, 3, 5) == 3
    with pytest.raises(LimitReached) as refused:
        await counter.hit(tenant, "free", _own(3), now=NOW)
    january = NOW + int(refused.value.headers["Retry-After"])
    assert datetime.fromtimestamp(january, UTC) == datetime(2032, 1, 1, tzinfo=UTC)
    for _ in range(2):
        counter.note(tenant, now=NOW)
    await counter.hit(tenant, "free", _own(3), now=january)
    await counter.flush()
    assert await _stored(database, tenant) == {date(2031, 12, 1): 5, date(2032, 1, 1): 1}


class _Away:
    """A pool whose database is away."""

    async def fetch(self, *_arguments: object) -> None:
        raise asyncpg.InterfaceError("away")

    fetchval = fetch


async def test_without_the_database_nobody_is_refused_and_counts_are_kept(door: Door) -> None:
    database, tenant = door.database, new_id()
    counter = Months(_Away())  # type: ignore[arg-type]
    for _ in range(4):
        await counter.hit(tenant, "free", _own(3), now=NOW)
    with pytest.raises(asyncpg.InterfaceError):
        await counter.flush()
    counter.note(tenant, now=NOW)
    counter._system = database.system
    await asyncio.gather(counter.flush(), counter.flush())
    assert await _stored(database, tenant) == {date(2031, 12, 1): 5}

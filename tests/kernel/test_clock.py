"""The clock of a process is the database's, whatever the machine's own clock says."""

import asyncio
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
import structlog.testing

from metatron.kernel import clock, ids
from metatron.kernel.clock import set_clock, unix_now, utc_now
from metatron.kernel.context import Context
from metatron.kernel.database.database import Database
from metatron.kernel.database.time_signal import follow_time, read_time
from metatron.kernel.errors import Unauthenticated
from metatron.kernel.events.event import publish
from metatron.kernel.events.feed import Feed
from metatron.kernel.ids import new_id
from metatron.kernel.settings import Settings
from metatron.platform.gateway.gate import IdentityGate
from tests.kernel.streams.conftest import Counted

HOUR = 3_600.0


class Machine:
    """A wall clock that can be stepped; the steady one goes on as it does."""

    def __init__(self) -> None:
        self.ahead = 0.0
        self.real = time.time

    def time(self) -> float:
        return self.real() + self.ahead


@pytest.fixture
def machine(monkeypatch: pytest.MonkeyPatch) -> Iterator[Machine]:
    made = Machine()
    monkeypatch.setattr(clock.time, "time", made.time)
    yield made
    monkeypatch.undo()
    set_clock(time.time(), at=time.monotonic())


@pytest.mark.parametrize("ahead", [HOUR, -HOUR, -7.0])
async def test_a_step_of_the_machines_clock_changes_nothing(
    database: Database, machine: Machine, ahead: float
) -> None:
    await read_time(database.system)
    machine.ahead = ahead
    before = unix_now()
    assert abs(before - machine.real()) < 1
    found = await read_time(database.system)
    assert found is not None
    assert abs(found - ahead) < 1, "it is told by how much"
    assert abs(unix_now() - before) < 1
    now = await database.system.fetchval("select clock_timestamp()")
    assert abs(utc_now() - now) < timedelta(seconds=1)


async def test_a_process_begins_with_the_databases_time(
    settings: Settings, machine: Machine
) -> None:
    clock.forget_clock()
    machine.ahead = HOUR
    assert abs(unix_now() - machine.real() - HOUR) < 1
    opened = await Database.open(settings)
    try:
        assert abs(unix_now() - machine.real()) < 1
    finally:
        await opened.close()


async def test_it_is_read_again_and_a_wrong_machine_is_told_once(
    database: Database, machine: Machine
) -> None:
    machine.ahead = -HOUR
    set_clock(machine.time(), at=time.monotonic())
    assert abs(unix_now() - machine.real() + HOUR) < 1
    with structlog.testing.capture_logs() as told:
        task = asyncio.create_task(follow_time(database.system, every_seconds=0.02))
        await asyncio.sleep(0.3)
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
    assert abs(unix_now() - machine.real()) < 1
    said = [each for each in told if each["event"] == "machine_clock_is_wrong"]
    assert [round(each["ahead_seconds"], -2) for each in said] == [-HOUR]


async def test_an_answer_that_took_long_does_not_set_the_clock(database: Database) -> None:
    set_clock(0.0, at=time.monotonic())
    assert await read_time(database.system, longest_seconds=0.0) is None
    assert unix_now() < HOUR
    assert await read_time(database.system) is not None
    assert abs(unix_now() - time.time()) < 1


def test_ids_have_the_databases_time_and_keep_their_sequence(machine: Machine) -> None:
    """The library's ids stay in the future when the machine's clock has been there and is back."""
    for wrong in (0.0, HOUR, -HOUR, 0.0):
        set_clock(time.time() + wrong, at=time.monotonic())
        made = [new_id() for _ in range(5_000)]
        assert made == sorted(made)
        assert all(each.version == 7 for each in made)
        seconds = (made[-1].int >> 80) / 1_000
        assert abs(seconds - time.time() - wrong) < 3
    assert abs(ids._shift) < 3_000


@pytest.mark.parametrize("ahead", [HOUR, -HOUR])
async def test_live_pages_hear_of_what_a_process_with_another_clock_announced(
    database: Database, machine: Machine, tenant: Context, ahead: float
) -> None:
    since: list[float] = []

    async def read(_tenant: object, after: object, _most: int) -> list[object]:
        since.append((after.int >> 80) / 1_000)  # type: ignore[attr-defined]
        return []

    await read_time(database.system)
    machine.ahead = ahead
    async with database.transaction(tenant) as session:
        event = Counted(aggregate_id=tenant.tenant_id, number=1)
        event_id = await publish(session, tenant, event, now=utc_now())
    feed = Feed(read)  # type: ignore[arg-type]
    await feed.watch(tenant.tenant_id, session_id=None, actor_id=None, after=None)
    announced = (event_id.int >> 80) / 1_000
    assert since[0] < announced < since[0] + 60


@pytest.mark.parametrize("ahead", [HOUR, -HOUR])
async def test_a_token_is_judged_by_the_databases_time(
    database: Database, settings: Settings, machine: Machine, ahead: float
) -> None:
    """What is asked for the token's times is what the gate takes for now."""
    gate = IdentityGate(database, settings)
    asked: list[float] = []

    def judge(_token: str, *, now: float) -> None:
        asked.append(now)
        raise Unauthenticated

    await read_time(database.system)
    machine.ahead = ahead
    gate.passes._keys.user_at_once = judge  # type: ignore[method-assign, assignment]
    assert gate.passes.of_bearer(b"Bearer a.b.c") is None
    assert abs(asked[0] - machine.real()) < 1
    assert datetime.fromtimestamp(asked[0], UTC) <= utc_now()

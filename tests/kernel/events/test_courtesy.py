"""While people wait for late answers the worker stands back, and never stands still."""

import asyncio
from uuid import uuid4

import pytest

from metatron.kernel.context import Context
from metatron.kernel.events import courtesy
from metatron.kernel.events.courtesy import Courtesy
from metatron.kernel.events.relay import Relay
from metatron.kernel.events.runner import Runner
from metatron.kernel.late_answers import LATE_SECONDS, LateAnswers
from tests.kernel.events.conftest import Workshop

LONG = 60.0


class Yard:
    """Entries of the test, which begin when they may and end when they are told."""

    def __init__(self, gate: Courtesy) -> None:
        self.gate = gate
        self.began: list[int] = []
        self.ends: dict[int, asyncio.Event] = {}
        self.tasks: dict[int, asyncio.Task[None]] = {}

    def send(self, *numbers: int) -> None:
        for number in numbers:
            self.ends[number] = asyncio.Event()
            self.tasks[number] = asyncio.create_task(self._work(number))

    async def _work(self, number: int) -> None:
        async with self.gate.turn():
            self.began.append(number)
            await self.ends[number].wait()

    async def until_begun(self, *numbers: int) -> None:
        async with asyncio.timeout(10):
            while self.began != list(numbers):  # noqa: ASYNC110 - others do it
                await asyncio.sleep(0.002)

    async def end(self) -> None:
        for task in self.tasks.values():
            task.cancel()
        await asyncio.gather(*self.tasks.values(), return_exceptions=True)


@pytest.fixture
def slow(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    """Let nothing happen by the passing of time, but where a test says so."""
    for name in ("HOLD_SECONDS", "LONGEST_TURN_SECONDS", "LONGEST_REST_SECONDS"):
        monkeypatch.setattr(courtesy, name, LONG)
    monkeypatch.setattr(courtesy, "REST", 0.0)
    return monkeypatch


@pytest.mark.usefixtures("slow")
async def test_all_go_at_once_when_nobody_waits() -> None:
    yard = Yard(Courtesy())
    yard.send(1, 2, 3)
    await yard.until_begun(1, 2, 3)
    await yard.end()


@pytest.mark.usefixtures("slow")
async def test_one_at_a_time_in_their_sequence_while_people_wait() -> None:
    gate = Courtesy()
    gate.hear()
    yard = Yard(gate)
    yard.send(1, 2, 3)
    await yard.until_begun(1)
    await asyncio.sleep(0.02)
    assert yard.began == [1]
    yard.ends[1].set()
    await yard.until_begun(1, 2)
    await asyncio.sleep(0.02)
    assert yard.began == [1, 2]
    yard.ends[2].set()
    await yard.until_begun(1, 2, 3)
    await yard.end()


async def test_a_rest_follows(slow: pytest.MonkeyPatch) -> None:
    slow.setattr(courtesy, "REST", 1e6)
    gate = Courtesy()
    gate.hear()
    yard = Yard(gate)
    yard.send(1, 2)
    await yard.until_begun(1)
    yard.ends[1].set()
    await yard.tasks[1]
    await asyncio.sleep(0.02)
    assert yard.began == [1]
    await yard.end()


async def test_neither_long_work_nor_long_rests_stop_it(slow: pytest.MonkeyPatch) -> None:
    slow.setattr(courtesy, "REST", 1e6)
    slow.setattr(courtesy, "LONGEST_TURN_SECONDS", 0.01)
    slow.setattr(courtesy, "LONGEST_REST_SECONDS", 0.01)
    gate = Courtesy()
    gate.hear()
    yard = Yard(gate)
    yard.send(*range(5))
    yard.ends[2].set()
    await yard.until_begun(*range(5))
    assert gate.people_wait
    await yard.end()


async def test_all_go_on_once_nobody_waits_any_more(slow: pytest.MonkeyPatch) -> None:
    slow.setattr(courtesy, "HOLD_SECONDS", 0.05)
    gate = Courtesy()
    gate.hear()
    yard = Yard(gate)
    yard.send(1, 2, 3)
    await yard.until_begun(1, 2, 3)
    assert not gate.people_wait
    # The next time begins anew.
    slow.setattr(courtesy, "HOLD_SECONDS", LONG)
    for number in (1, 2, 3):
        yard.ends[number].set()
    await asyncio.gather(*yard.tasks.values())
    gate.hear()
    yard.send(4, 5)
    await yard.until_begun(1, 2, 3, 4)
    await yard.end()


@pytest.mark.usefixtures("slow")
async def test_whoever_is_cancelled_keeps_nobody_off() -> None:
    gate = Courtesy()
    gate.hear()
    yard = Yard(gate)
    yard.send(1, 2, 3, 4)
    await yard.until_begun(1)
    yard.tasks[2].cancel()
    yard.ends[1].set()
    await yard.until_begun(1, 3)
    # Cancelled at the very moment at which its turn comes.
    yard.ends[3].set()
    await yard.tasks[3]
    yard.tasks[4].cancel()
    yard.send(5)
    await yard.until_begun(1, 3, 5)
    await yard.end()


@pytest.mark.usefixtures("slow")
async def test_a_worker_that_ends_does_what_it_has_in_hand() -> None:
    gate = Courtesy()
    gate.hear()
    yard = Yard(gate)
    yard.send(1, 2, 3)
    await yard.until_begun(1)
    gate.stop()
    await yard.until_begun(1, 2, 3)
    yard.send(4)
    await yard.until_begun(1, 2, 3, 4)
    await yard.end()


def test_one_late_answer_is_none_and_many_are_told() -> None:
    told: list[None] = []
    answers = LateAnswers(lambda: told.append(None))
    for _ in range(3):
        answers.note(LATE_SECONDS * 2)
    assert not told
    for _ in range(7):
        answers.note(LATE_SECONDS * 2)
    assert len(told) > 4
    before = len(told)
    for _ in range(200):
        answers.note(LATE_SECONDS / 2)
    answers.note(LATE_SECONDS * 2)
    assert len(told) == before


async def test_what_is_said_in_one_process_is_heard_by_the_worker(
    workshop: Workshop, tenant: Context
) -> None:
    gate = Courtesy()
    registry = workshop.registry()
    relay = Relay(workshop.database.system, registry, courtesy=gate)
    runner = Runner(workshop.database, registry, courtesy=gate)
    tasks = [asyncio.create_task(part.run()) for part in (relay, runner)]
    try:
        record = uuid4()
        await workshop.happen(tenant, record)

        async def both() -> bool:
            return await workshop.marks(tenant, record) == ["test.first", "test.second"]

        await workshop.until(both)
        assert not gate.people_wait
        workshop.database.waker.say_late()
        record = uuid4()
        await workshop.happen(tenant, record)
        async with asyncio.timeout(10):
            while not gate.people_wait:  # noqa: ASYNC110 - the notice does it
                await asyncio.sleep(0.005)
        await workshop.until(both)
    finally:
        runner.stop()
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

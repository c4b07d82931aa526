"""The relay's pace: a chain of steps goes on at once, a steady trickle is gathered."""

import asyncio
import time
from uuid import UUID

import asyncpg
from hypothesis import given
from hypothesis import strategies as st

from metatron.kernel.clock import utc_now
from metatron.kernel.context import Context
from metatron.kernel.events.event import publish
from metatron.kernel.events.pace import PER_ROUND, ROUNDS_AT_ONCE, ROUNDS_PER_SECOND, Pace
from metatron.kernel.events.relay import Relay
from metatron.kernel.ids import new_id
from tests.kernel.events.conftest import Marked, Workshop

SECONDS = 2.0


def test_after_a_rest_a_chain_of_steps_does_not_wait() -> None:
    pace = Pace()
    rests = [pace.after(1, now=100.0) for _ in range(int(ROUNDS_AT_ONCE))]
    assert max(rests) < 1 / ROUNDS_PER_SECOND
    assert pace.after(1, now=100.0) == 1 / ROUNDS_PER_SECOND


def test_full_rounds_do_not_rest() -> None:
    pace = Pace()
    assert {pace.after(PER_ROUND, now=1.0) for _ in range(100)} == {0.0}


@given(st.lists(st.tuples(st.floats(0, 0.05), st.integers(1, PER_ROUND - 1)), min_size=50))
def test_no_more_rounds_than_there_may_be(looks: list[tuple[float, int]]) -> None:
    """However soon the next rows are there after each rest."""
    pace, now = Pace(), 50.0
    for idle, moved in looks:
        now += idle + pace.after(moved, now=now)
    assert len(looks) <= ROUNDS_AT_ONCE + (now - 50.0) * ROUNDS_PER_SECOND + 1


class CountingRelay(Relay):
    """Notes what each round moved, of those that moved something."""

    moved: list[int]

    async def drain(
        self, source: "asyncpg.Pool[asyncpg.Record]", full: list[UUID] | None = None
    ) -> int:
        count = await super().drain(source, full)
        if count:
            self.moved.append(count)
        return count


async def test_a_steady_trickle_is_gathered(workshop: Workshop, tenant: Context) -> None:
    relay = CountingRelay(workshop.database.system, workshop.registry())
    relay.moved = []
    running = asyncio.create_task(relay.run())
    began, sent = time.monotonic(), 0
    while time.monotonic() - began < SECONDS:
        async with workshop.database.transaction(tenant) as session:
            # Nobody follows these: the queue stays empty.
            left = Marked(aggregate_id=new_id(), by="nobody", at=utc_now())
            await publish(session, tenant, left, now=utc_now())
        sent += 1
    async with asyncio.timeout(20):
        while sum(relay.moved) < sent:  # noqa: ASYNC110 - the relay is at it
            await asyncio.sleep(0.01)
    took = time.monotonic() - began
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)
    assert sum(relay.moved) == sent
    # One more may have begun in the moment in which it is asked.
    assert len(relay.moved) <= ROUNDS_AT_ONCE + took * ROUNDS_PER_SECOND + 1

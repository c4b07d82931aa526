"""One timer for all requests ends each of them in time, and nothing else."""

import asyncio
import time

import pytest

from metatron.kernel.http.deadlines import Deadlines


async def work(deadlines: Deadlines, seconds: float) -> float:
    begun = time.monotonic()
    try:
        with deadlines.one():
            await asyncio.sleep(seconds)
    except TimeoutError:
        return -(time.monotonic() - begun)
    return time.monotonic() - begun


@pytest.mark.alone
async def test_the_slow_end_and_the_quick_do_not() -> None:
    deadlines = Deadlines(0.2)
    took = await asyncio.gather(*(work(deadlines, seconds) for seconds in (5, 0.01, 5, 0.1)))
    assert [seconds < 0 for seconds in took] == [True, False, True, False]
    assert 0.19 < -took[0] < 1.0
    assert asyncio.current_task().cancelling() == 0  # type: ignore[union-attr]


async def test_it_starts_to_look_again() -> None:
    deadlines = Deadlines(0.1)
    for _ in range(2):
        assert await work(deadlines, 5) < 0
        await asyncio.sleep(0.05)


async def test_who_is_cancelled_by_others_stays_cancelled() -> None:
    deadlines = Deadlines(5)
    task = asyncio.create_task(work(deadlines, 5))
    await asyncio.sleep(0.01)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task


async def test_work_that_ends_as_its_time_is_over_is_done() -> None:
    deadlines = Deadlines(0.1)
    with deadlines.one():
        time.sleep(0.3)  # noqa: ASYNC251 - the loop is kept from looking
    await asyncio.sleep(0.05)
    assert asyncio.current_task().cancelling() == 0  # type: ignore[union-attr]


async def test_an_error_of_the_work_is_passed_on() -> None:
    with pytest.raises(ZeroDivisionError), Deadlines(5).one():
        raise ZeroDivisionError

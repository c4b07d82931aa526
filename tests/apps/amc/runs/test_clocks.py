"""Clocks that jump while Amazon is asked: a run is asked for once all the same."""

from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import text

from metatron.apps.amc.amazon.errors import LostAnswer
from metatron.apps.amc.connections.access import AmcApi
from metatron.apps.amc.runs import following, submitting
from metatron.kernel.clock import utc_now
from metatron.kernel.database.session import session_now
from tests.apps.amc.runs.stage import Stage

AHEAD = timedelta(hours=1)
type First = Callable[[Callable[[], Awaitable[Any]]], Awaitable[Any]]


@pytest.fixture
def first_asking(monkeypatch: pytest.MonkeyPatch) -> Callable[[First], None]:
    """Lets something befall the first request for a run."""
    create, befallen = AmcApi.__value__.create_execution, []

    def befalls(what: First) -> None:
        async def asked(self: Any, draft: Any) -> Any:
            if befallen:
                return await create(self, draft)
            befallen.append(True)
            return await what(lambda: create(self, draft))

        monkeypatch.setattr(AmcApi.__value__, "create_execution", asked)

    return befalls


async def lost(ask: Callable[[], Awaitable[Any]]) -> Any:
    """The request arrives, the answer does not."""
    await ask()
    raise LostAnswer("reset")


@pytest.fixture
def our_clock_is_ahead(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(following, "utc_now", lambda: utc_now() + AHEAD)


@pytest.mark.usefixtures("our_clock_is_ahead")
async def test_a_lost_answer_is_adopted_by_a_clock_ahead(
    stage: Stage, first_asking: Callable[[First], None]
) -> None:
    first_asking(lost)
    run = await stage.ended(await stage.ask())
    assert run.state == "succeeded"
    assert len(stage.executions_of(run)) == 1


@pytest.mark.usefixtures("our_clock_is_ahead")
async def test_a_run_is_followed_by_a_clock_ahead(stage: Stage) -> None:
    run = await stage.ended(await stage.ask())
    assert run.state == "succeeded"


async def test_advancing_the_clock_ends_no_turn(
    stage: Stage, first_asking: Callable[[First], None]
) -> None:
    async def meanwhile(ask: Callable[[], Awaitable[Any]]) -> Any:
        await stage.database.system.execute(
            "insert into kernel.tenant_clock (tenant_id, offset_seconds) values ($1, 86400)",
            stage.tenant_id,
        )
        await _another_looks(stage)
        return await ask()

    first_asking(meanwhile)
    run_id = await stage.ask()
    await stage.look()
    await _another_looks(stage)
    assert len(stage.executions_of(await stage.run(run_id))) == 1


async def test_what_was_taken_up_long_ago_is_not_sent(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The process stood still for longer than its turn: another asks by now, perhaps."""
    claim, stood = submitting._claim, []

    async def stands_still(*given: Any) -> Any:
        run = await claim(*given)
        if not stood:
            stood.append(run)
            monkeypatch.setattr(submitting, "monotonic", lambda: real() + 60.0)
        return run

    real = submitting.monotonic
    monkeypatch.setattr(submitting, "_claim", stands_still)
    run_id = await stage.ask()
    await stage.look()
    assert stood
    run = await stage.run(run_id)
    assert (run.state, run.attempts) == ("queued", 0)
    assert stage.executions_of(run) == []
    monkeypatch.undo()
    assert (await stage.ended(run_id)).state == "succeeded"


async def _another_looks(stage: Stage) -> None:
    async with stage.database.transaction(stage.owner) as session:
        now = await session_now(session)
        query = text("select tick_id from amc.turn where tenant_id = :t and instance_id = :i")
        found = await session.execute(query, {"t": stage.tenant_id, "i": stage.instance_id})
        tick_id = found.scalar_one()
    await following.follow(
        stage.database, stage.owner, instance_id=stage.instance_id, tick_id=tick_id, now=now
    )

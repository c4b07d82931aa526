"""Faults of time: clocks that are wrong, jobs that come late, ticks of a deadline.

The whole list, and which test lives through which, stands in docs/incidents.md.
"""

import asyncio
import time
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import text

from metatron.apps.campaigns.errors import DeadlinePassed
from metatron.kernel import clock
from metatron.kernel.context import system_context
from metatron.kernel.database.database import Database
from metatron.kernel.errors import DomainError
from tests.apps.campaigns.clocked import ClockedStage
from tests.apps.campaigns.stage import Stage
from tests.apps.campaigns.test_incidents import sound


async def test_a_commitment_that_waited_over_the_deadline_is_refused(database: Database) -> None:
    """Commit against the tick of the deadline: what counts is the instant it gets its turn."""
    stage = ClockedStage(database)
    campaign = await stage.live(deadline_at=stage.now + timedelta(days=2))
    left = campaign.deadline_at - stage.now - timedelta(seconds=1)
    await stage.set_ahead(seconds=int(left.total_seconds()))
    context = system_context(stage.tenant_id)
    async with database.transaction(context) as session:
        lock = text("select from campaigns.campaign where id = :id for update")
        await session.execute(lock, {"id": campaign.id})
        waiting = asyncio.create_task(stage.commit(campaign, 1))
        await asyncio.sleep(2.5)
    with pytest.raises(DeadlinePassed):
        await waiting
    assert await stage.commitments_of(campaign) == []


@pytest.mark.parametrize("hours", [1, -1])
async def test_an_app_clock_that_is_an_hour_off_changes_nothing(
    database: Database, monkeypatch: pytest.MonkeyPatch, hours: int
) -> None:
    """Also a step back of NTP: this process's clock decides nothing."""
    stage = ClockedStage(database)
    campaign = await stage.live(deadline_at=stage.now + timedelta(days=2))

    wrong = time.time() + hours * 3_600 - time.monotonic()
    monkeypatch.setattr(clock, "_ahead_seconds", wrong)
    assert abs(clock.utc_now() - datetime.now(UTC)) > timedelta(minutes=50)
    placed = await stage.commit(campaign, 6)
    await stage.answer_all()
    assert abs(placed.placed_at - datetime.now(UTC)) < timedelta(minutes=5)
    left = campaign.deadline_at - placed.placed_at - timedelta(minutes=30)
    await stage.pass_time(seconds=int(left.total_seconds()))
    assert (await stage.fresh(campaign)).state == "live"
    await stage.commit(campaign, 4)
    await stage.answer_all()
    await stage.pass_time(minutes=31)
    with pytest.raises(DomainError):
        await stage.commit(campaign, 1)
    assert (await stage.fresh(campaign)).state == "awaiting_supplier"
    await sound(stage)


async def test_a_runner_that_was_down_over_the_deadline_decides_with_its_facts(
    database: Database,
) -> None:
    stage = ClockedStage(database)
    reached = await stage.live(deadline_at=stage.now + timedelta(days=2))
    missed = await stage.live(deadline_at=stage.now + timedelta(days=2))
    kept = await stage.commit(reached, 6)
    await stage.commit(reached, 4)
    await stage.commit(missed, 6)
    await stage.answer_all()
    await stage.set_ahead(days=5)  # nobody runs a job
    for campaign in (reached, missed):
        assert (await stage.fresh(campaign)).state == "live"
        with pytest.raises(DeadlinePassed):
            await stage.commit(campaign, 4)
    with pytest.raises(DomainError):
        await stage.withdraw(kept)
    await stage.answer_all()
    assert (await stage.fresh(reached)).outcome == "goal_reached"
    assert (await stage.fresh(reached)).state == "awaiting_supplier"
    assert (await stage.fresh(missed)).state == "failed"
    assert {each.state for each in await stage.commitments_of(missed)} == {"refunded"}
    await sound(stage)


async def test_midnight_of_another_zone_is_one_instant(stage: Stage) -> None:
    """In Auckland a day begins twelve or thirteen hours before it does in UTC."""
    midnight = datetime(2041, 3, 10, tzinfo=ZoneInfo("Pacific/Auckland"))
    campaign = await stage.live(deadline_at=midnight)
    assert (await stage.fresh(campaign)).deadline_at == datetime(2041, 3, 9, 11, tzinfo=UTC)
    stage.now = datetime(2041, 3, 9, 10, 59, 59, tzinfo=UTC)
    await stage.commit(campaign, 1)
    stage.now = datetime(2041, 3, 9, 11, tzinfo=UTC)
    with pytest.raises(DeadlinePassed):
        await stage.commit(campaign, 1)

"""Schedules fire once each instant, catch up by their policy, and rest when they fail."""

import asyncio
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy.exc import IntegrityError

from metatron.apps.amc.library.errors import WorkflowInUse
from metatron.apps.amc.library.restoring import archive_workflow
from metatron.apps.amc.library.saving import create_workflow
from metatron.apps.amc.recurring import firing, outcomes, setting
from metatron.apps.amc.recurring.tables import Schedule
from metatron.kernel.clock import utc_now
from metatron.kernel.context import Context, system_context
from metatron.kernel.errors import InvalidInput
from tests.apps.amc.runs.stage import REACH, RIGHTS, Stage

DAILY = {"kind": "every_days", "days": 1, "anchor_on": "2026-01-01", "at": "06:00"}
WEEK = {"kind": "rolling", "days": 7, "lag_days": 2}


async def a_schedule(stage: Stage, sql: str = REACH.format("none"), **changes: Any) -> Schedule:
    async with stage.database.transaction(stage.owner) as session:
        workflow = await create_workflow(
            session, stage.owner, about={"name": "Reach"},
            text={"sql": sql, "parameters": [], "privacy": "REMOVE_ROWS"}, now=utc_now(),
        )  # fmt: skip
    wanted = {
        "name": "Daily reach", "workflow_id": workflow.id, "instance_id": stage.instance_id,
        "values": {}, "window_rule": WEEK, "rhythm": DAILY, "time_zone": "UTC",
        "catch_up": "last", "auto_pause_after": 2,
    }  # fmt: skip
    async with stage.database.transaction(stage.owner) as session:
        return await setting.make_schedule(
            session, stage.owner, wanted=wanted | changes, now=utc_now()
        )


async def now_of(stage: Stage, schedule: Schedule) -> Schedule:
    async with stage.database.transaction(stage.owner) as session:
        found = await session.get(Schedule, (stage.tenant_id, schedule.id))
        assert found is not None
        return found


async def fire(stage: Stage, schedule: Schedule, at: datetime, now: datetime) -> None:
    context = system_context(stage.tenant_id)
    async with stage.database.transaction(context) as session:
        await firing.fire(
            session, context, schedule_id=schedule.id, fire_at=at, maker=maker(stage), now=now
        )


def maker(stage: Stage) -> Context:
    """The system in the name of the stage's owner, who holds every right."""
    context = system_context(stage.tenant_id)
    return replace(context, actor_id=stage.owner.actor_id, permissions=RIGHTS)


async def firings(stage: Stage) -> list[tuple[datetime, str]]:
    rows = await stage.change(
        "select fire_at, outcome from amc.firing where tenant_id = :t order by fire_at"
    )
    return [(row.fire_at, row.outcome) for row in rows]


async def test_four_workers_fire_once(stage: Stage) -> None:
    schedule = await a_schedule(stage)
    at = schedule.next_fire_at
    assert at is not None
    await asyncio.gather(*(fire(stage, schedule, at, at) for _ in range(4)))
    assert await firings(stage) == [(at, "run")]
    later = await now_of(stage, schedule)
    assert later.next_fire_at == at + timedelta(days=1)
    assert sum((await stage.states()).values()) == 1
    assert await stage.waiting(setting.FIRE_JOB) == 2, "the old one and the next"


async def test_each_run_reads_the_window_of_its_instant(stage: Stage) -> None:
    schedule = await a_schedule(stage, catch_up="all")
    at = schedule.next_fire_at
    assert at is not None
    await fire(stage, schedule, at, at + timedelta(days=2, hours=1))
    rows = (
        await stage.change(
            "select window_start, window_end from amc.run where tenant_id = :t order by window_end"
        )
    ).all()
    assert [(end - start).days for start, end in rows] == [7, 7, 7]
    midnight = at.replace(hour=0, tzinfo=None)
    assert rows[0].window_end == midnight - timedelta(days=2)
    assert rows[2].window_end == midnight


@pytest.mark.parametrize(
    ("policy", "late", "outcomes"),
    [
        ("skip", timedelta(minutes=1), ["run"]),
        ("skip", timedelta(hours=3), ["skipped"]),
        ("last", timedelta(days=2), ["skipped", "skipped", "run"]),
        ("all", timedelta(days=2), ["run", "run", "run"]),
    ],
)
async def test_a_worker_that_was_down(
    stage: Stage, policy: str, late: timedelta, outcomes: list[str]
) -> None:
    schedule = await a_schedule(stage, catch_up=policy)
    at = schedule.next_fire_at
    assert at is not None
    await fire(stage, schedule, at, at + late)
    assert [outcome for _, outcome in await firings(stage)] == outcomes
    later = await now_of(stage, schedule)
    assert later.next_fire_at is not None
    assert later.next_fire_at > at + late


async def test_years_of_absence_are_not_made_up_for(stage: Stage) -> None:
    schedule = await a_schedule(stage, catch_up="all", auto_pause_after=None)
    at = schedule.next_fire_at
    assert at is not None
    now = at + timedelta(days=3 * 365)
    await fire(stage, schedule, at, now)
    assert len(await firings(stage)) == firing.MOST_CAUGHT_UP
    later = await now_of(stage, schedule)
    assert later.next_fire_at is not None
    assert later.next_fire_at > now


async def test_one_that_rests_while_it_catches_up_asks_for_nothing_more(stage: Stage) -> None:
    schedule = await a_schedule(stage, catch_up="all")
    await stage.change("update amc.instance set active = false where tenant_id = :t")
    at = schedule.next_fire_at
    assert at is not None
    await fire(stage, schedule, at, at + timedelta(days=3))
    assert [each for _, each in await firings(stage)] == [
        "refused",
        "refused",
        "skipped",
        "skipped",
    ]
    assert (await now_of(stage, schedule)).state == "paused"


async def test_failures_in_a_row_make_it_rest(stage: Stage) -> None:
    schedule = await a_schedule(stage)
    context = system_context(stage.tenant_id)
    for is_success in (False, True, False, False):
        async with stage.database.transaction(context) as session:
            await outcomes.note_outcome(
                session, context, schedule_id=schedule.id, is_success=is_success, now=utc_now()
            )
    found = await now_of(stage, schedule)
    assert (found.state, found.pause_reason) == ("paused", "too_many_failures")
    assert (found.succeeded, found.failed, found.failures_in_a_row) == (1, 3, 2)
    assert await stage.waiting(outcomes.TELL_JOB) == 1
    await fire(stage, schedule, datetime(2027, 1, 1, tzinfo=UTC), utc_now())
    assert await firings(stage) == []


async def test_a_run_that_cannot_be_asked_for_is_a_failure_with_its_reason(stage: Stage) -> None:
    schedule = await a_schedule(stage)
    await stage.change("update amc.instance set active = false where tenant_id = :t")
    at = schedule.next_fire_at
    assert at is not None
    await fire(stage, schedule, at, at)
    [row] = await stage.change("select outcome, reason from amc.firing where tenant_id = :t")
    assert row.outcome == "refused"
    assert "switched off" in row.reason
    assert (await now_of(stage, schedule)).failures_in_a_row == 1


async def test_the_end_of_a_run_is_counted(stage: Stage) -> None:
    schedule = await a_schedule(stage)
    at = schedule.next_fire_at
    assert at is not None
    await fire(stage, schedule, at, utc_now())
    [row] = await stage.change("select run_id from amc.firing where tenant_id = :t")
    run = await stage.ended(row.run_id)
    assert run.state == "succeeded", run.state_reason
    await stage.step()
    assert (await now_of(stage, schedule)).succeeded == 1


async def test_a_trial_counts_nowhere_and_moves_nothing(stage: Stage) -> None:
    schedule = await a_schedule(stage)
    async with stage.database.transaction(stage.owner) as session:
        run = await firing.try_out(session, stage.owner, schedule_id=schedule.id, now=utc_now())
    assert (await stage.ended(run.id)).state == "succeeded"
    await stage.step()
    found = await now_of(stage, schedule)
    assert (found.succeeded, found.failed) == (0, 0)
    assert found.next_fire_at == schedule.next_fire_at
    assert await firings(stage) == []


async def test_an_extra_run_moves_nothing(stage: Stage) -> None:
    schedule, now = await a_schedule(stage), utc_now()
    async with stage.database.transaction(stage.owner) as session:
        for minutes in (4, 24 * 60 + 1):
            with pytest.raises(InvalidInput):
                await firing.ask_for_extra(
                    session, stage.owner, schedule_id=schedule.id,
                    at=now + timedelta(minutes=minutes), now=now,
                )  # fmt: skip
    at, context = now + timedelta(minutes=6), system_context(stage.tenant_id)
    async with stage.database.transaction(context) as session:
        await firing.fire_extra(
            session, context, schedule_id=schedule.id, fire_at=at, maker=maker(stage), now=at
        )
    assert await firings(stage) == [(at, "run")]
    assert (await now_of(stage, schedule)).next_fire_at == schedule.next_fire_at


async def test_schedules_rest_with_their_connection(stage: Stage) -> None:
    schedule, context = await a_schedule(stage), system_context(stage.tenant_id)
    [row] = await stage.change("select id from amc.connection where tenant_id = :t")
    states = []
    for is_healthy in (False, True):
        async with stage.database.transaction(context) as session:
            await outcomes.connection_moved(
                session, context, connection_id=row.id, is_healthy=is_healthy, now=utc_now()
            )
        found = await now_of(stage, schedule)
        states.append((found.state, found.pause_reason))
    assert states == [("paused", "connection_ended"), ("active", None)]


async def test_a_schedule_somebody_paused_stays_paused(stage: Stage) -> None:
    schedule, context = await a_schedule(stage), system_context(stage.tenant_id)
    async with stage.database.transaction(stage.owner) as session:
        await setting.pause_schedule(session, stage.owner, schedule_id=schedule.id, now=utc_now())
    [row] = await stage.change("select id from amc.connection where tenant_id = :t")
    async with stage.database.transaction(context) as session:
        await outcomes.connection_moved(
            session, context, connection_id=row.id, is_healthy=True, now=utc_now()
        )
    assert (await now_of(stage, schedule)).state == "paused"


async def test_a_workflow_that_a_schedule_runs_is_not_archived(stage: Stage) -> None:
    schedule = await a_schedule(stage)
    with pytest.raises(WorkflowInUse):
        async with stage.database.transaction(stage.owner) as session:
            await archive_workflow(
                session, stage.owner, workflow_id=schedule.workflow_id, if_match=None,
                now=utc_now(),
            )  # fmt: skip


async def test_the_database_allows_one_firing_an_instant(stage: Stage) -> None:
    schedule = await a_schedule(stage)
    at = schedule.next_fire_at
    assert at is not None
    await fire(stage, schedule, at, at)
    with pytest.raises(IntegrityError):
        await stage.change(
            "insert into amc.firing select tenant_id, schedule_id, fire_at, kind, 'skipped', null,"
            " null, fired_at from amc.firing where tenant_id = :t"
        )


async def test_another_zone_moves_the_instants(stage: Stage) -> None:
    cron = {"kind": "cron", "expression": "0 6 * * *"}
    schedule = await a_schedule(stage, rhythm=cron, time_zone="Europe/Berlin")
    before = schedule.next_fire_at
    assert before is not None
    assert before.astimezone(ZoneInfo("Europe/Berlin")).hour == 6
    async with stage.database.transaction(stage.owner) as session:
        changed = await setting.change_schedule(
            session, stage.owner, schedule_id=schedule.id,
            fields={"time_zone": "America/New_York"}, if_match=None, now=utc_now(),
        )  # fmt: skip
        after = changed.next_fire_at
    assert after is not None
    assert after.astimezone(ZoneInfo("America/New_York")).hour == 6
    assert after != before
    # The job of the old zone's instant is delivered all the same, and changes nothing.
    await fire(stage, schedule, before, before)
    assert await firings(stage) == []
    await fire(stage, schedule, after, after)
    assert await firings(stage) == [(after, "run")]
    following = (await now_of(stage, schedule)).next_fire_at
    assert following is not None
    assert following.astimezone(ZoneInfo("America/New_York")).hour == 6

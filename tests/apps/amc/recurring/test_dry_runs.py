"""A new schedule is tried dry before it fires: what AMC refuses never fires."""

from metatron.apps.amc.recurring import dry_runs, firing, outcomes
from metatron.apps.amc.recurring.tables import Schedule
from metatron.apps.amc.runs.tables import Run
from metatron.kernel.clock import utc_now
from tests.apps.amc.recurring.test_firing import a_schedule, fire, firings, now_of
from tests.apps.amc.runs.stage import REACH, Stage


async def tried(stage: Stage, schedule: Schedule) -> Run | None:
    async with stage.database.transaction(stage.owner) as session:
        return await dry_runs.try_dry(session, stage.owner, schedule, now=utc_now())


async def test_what_amc_takes_fires(stage: Stage) -> None:
    schedule = await a_schedule(stage)
    asked = await tried(stage, schedule)
    assert asked is not None
    assert (asked.dry_run, asked.origin, asked.origin_id) == (True, "trial", schedule.id)
    run = await stage.ended(asked.id)
    assert run.state == "succeeded", run.state_reason
    await stage.step()
    found = await now_of(stage, schedule)
    assert (found.state, found.succeeded, found.next_fire_at) == (
        "active", 0, schedule.next_fire_at,
    )  # fmt: skip


async def test_what_amc_refuses_rests_before_it_fires(stage: Stage) -> None:
    refused = stage.script("refused", failure="AMC002: there is no column campagn")
    schedule = await a_schedule(stage, refused)
    at = schedule.next_fire_at
    assert at is not None
    asked = await tried(stage, schedule)
    assert asked is not None
    assert (await stage.ended(asked.id)).state == "failed"
    await stage.step()
    found = await now_of(stage, schedule)
    assert (found.state, found.pause_reason, found.failed) == ("paused", "dry_run_failed", 0)
    assert await stage.waiting(outcomes.TELL_JOB) == 1
    await fire(stage, schedule, at, at)
    assert await firings(stage) == []


async def test_what_has_run_there_needs_none(stage: Stage) -> None:
    schedule = await a_schedule(stage)
    async with stage.database.transaction(stage.owner) as session:
        asked = await firing.try_out(session, stage.owner, schedule_id=schedule.id, now=utc_now())
    assert (await stage.ended(asked.id)).state == "succeeded"
    assert await tried(stage, schedule) is None
    other = await a_schedule(stage, REACH.format("other"))
    assert await tried(stage, other) is not None

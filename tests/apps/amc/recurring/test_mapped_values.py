"""A schedule keeps what was typed; its client's mapping is read anew at each firing."""

from datetime import timedelta
from typing import Any

from metatron.apps.amc.library.saving import create_workflow
from metatron.apps.amc.recurring import firing, setting
from metatron.apps.amc.recurring.tables import Schedule
from metatron.kernel.clock import utc_now
from tests.apps.amc.recurring.test_firing import DAILY, WEEK, fire
from tests.apps.amc.runs.stage import Stage
from tests.apps.amc.runs.test_mapped_values import ASINS, SQL, WORD, mapped
from tests.support.kept_secret import keep_secret


async def a_schedule(stage: Stage, values: dict[str, Any]) -> Schedule:
    now = utc_now()
    async with stage.database.transaction(stage.owner) as session:
        workflow = await create_workflow(
            session, stage.owner, about={"name": "Sold"},
            text={"sql": SQL, "parameters": [ASINS, WORD], "privacy": "REMOVE_ROWS"}, now=now,
        )  # fmt: skip
        wanted = {
            "name": "Daily", "workflow_id": workflow.id, "instance_id": stage.instance_id,
            "values": values, "window_rule": WEEK, "rhythm": DAILY, "time_zone": "UTC",
            "catch_up": "last", "auto_pause_after": 2,
        }  # fmt: skip
        return await setting.make_schedule(session, stage.owner, wanted=wanted, now=now)


async def values_of_runs(stage: Stage) -> list[tuple[Any, Any]]:
    rows = await stage.change(
        "select values, value_sources from amc.run where tenant_id = :t order by created_at, id"
    )
    return [(row.values["asins"], row.value_sources["asins"]) for row in rows]


async def test_products_mapped_later_enter_the_next_firing(stage: Stage) -> None:
    await mapped(stage, stage.instance_id, "Lumen", "B000000001")
    schedule = await a_schedule(stage, {"word": "Beta"})
    at = schedule.next_fire_at
    assert at is not None
    await fire(stage, schedule, at, at)
    await mapped(stage, stage.instance_id, "Lumen", "B000000001", "B000000002")
    await fire(stage, schedule, at + timedelta(days=1), at + timedelta(days=1))
    async with stage.database.transaction(stage.owner) as session:
        trial = await firing.try_out(
            session, stage.owner, schedule_id=schedule.id, now=at + timedelta(days=1, hours=1)
        )
    assert trial.value_sources == {"asins": "mapping:Lumen", "word": "given"}
    assert await values_of_runs(stage) == [
        (["B000000001"], "mapping:Lumen"),
        (["B000000001", "B000000002"], "mapping:Lumen"),
        (["B000000001", "B000000002"], "mapping:Lumen"),
    ]


async def test_what_was_typed_for_a_schedule_wins(stage: Stage) -> None:
    await mapped(stage, stage.instance_id, "Lumen", "B000000001")
    # Whatever is given for a parameter is a secret of whoever gave it, in every log.
    asin = keep_secret("value of a parameter", "B0ZEBRA471")
    schedule = await a_schedule(stage, {"asins": [asin]})
    at = schedule.next_fire_at
    assert at is not None
    await fire(stage, schedule, at, at)
    assert await values_of_runs(stage) == [([asin], "given")]

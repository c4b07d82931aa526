"""Segments are collected once each, whatever happens to those who collect them."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from metatron.apps.amc.collections import changing, collecting, keeping, outcomes, sweeping
from metatron.apps.amc.collections.tables import Segment
from metatron.apps.amc.library.errors import WorkflowInUse
from metatron.apps.amc.library.restoring import archive_workflow
from metatron.kernel.clock import utc_now
from metatron.kernel.database.session import session_now
from metatron.kernel.errors import InvalidInput
from tests.apps.amc.collections.gathered import (
    ROWS,
    a_collection,
    a_workflow,
    ago,
    figures,
    gather,
    lose_everything,
    month_back,
    past,
    runs,
    segments,
    states,
    until,
)
from tests.apps.amc.runs.stage import REACH, Stage
from tests.support.kept_secret import keep_secret

PLAIN = REACH.format("none")


async def test_each_segment_has_a_run_and_figures(stage: Stage) -> None:
    sql = stage.script("figures", rows=ROWS)
    collection_id = await a_collection(stage, await a_workflow(stage, sql))
    found = await until(stage, collection_id, "settled", "provisional")
    asked = await runs(stage)
    assert [run.window_start.date() for run in asked] == [month_back(2), month_back(1)]
    assert {(run.origin, run.origin_id) for run in asked} == {("run_set", collection_id)}
    assert [each.kept_run_id for each in found] == [run.id for run in asked]
    assert [each.row_count for each in found] == [2, 2]
    told = await figures(stage, found[0].id)
    assert told == {
        "clicks": (40, 2, 10, 30), "impressions": (200, 2, 100, 100),
        "total_cost": (Decimal("7.75"), 2, Decimal("2.25"), Decimal("5.50")),
        "reach": (100, 2, 40, 60),
    }  # fmt: skip


async def test_a_result_without_rows_has_figures_without_values(stage: Stage) -> None:
    sql = stage.script("nothing", rows=ROWS[:1])
    collection_id = await a_collection(stage, await a_workflow(stage, sql))
    found = await until(stage, collection_id, "settled", "provisional")
    assert [each.row_count for each in found] == [0, 0]
    assert await figures(stage, found[0].id) == {}


async def test_four_workers_ask_once_each_and_five_at_most(stage: Stage) -> None:
    day = (utc_now() - timedelta(days=20)).date()
    wanted = {"unit": "day", "from": day, "to": day + timedelta(days=9)}
    collection_id = await a_collection(stage, await a_workflow(stage, PLAIN), segments=wanted)
    asked = await asyncio.gather(*(gather(stage, collection_id) for _ in range(4)))
    assert sorted(asked) == [0, 0, 0, collecting.MOST_UNDER_WAY]
    found = await segments(stage, collection_id)
    assert [each.state for each in found] == ["running"] * 5 + ["waiting"] * 4
    assert len({each.run_id for each in found[:5]}) == 5
    await until(stage, collection_id, "settled")
    windows = [(run.window_start, run.window_end) for run in await runs(stage)]
    assert len(windows) == len(set(windows)) == 9


async def test_two_collections_over_one_key_collect_once(stage: Stage) -> None:
    workflow_id = await a_workflow(stage, PLAIN)
    one = await a_collection(stage, workflow_id)
    once = {"unit": "once", "from": month_back(1), "to": month_back(0)}
    other = await a_collection(stage, workflow_id, segments=once, name="The last month")
    await until(stage, one, "settled", "provisional")
    [shared] = await segments(stage, other)
    assert shared.id == (await segments(stage, one))[1].id
    assert shared.state in {"settled", "provisional"}
    late = await a_collection(stage, workflow_id)
    assert [each.id for each in await segments(stage, late)] == [
        each.id for each in await segments(stage, one)
    ]
    assert await gather(stage, late) == 0
    assert len(await runs(stage)) == 2
    for changes in ({"time_zone": "Asia/Tokyo"}, {"privacy": "REMOVE_VALUES"}):
        another = await a_collection(stage, workflow_id, segments=once, **changes)
        assert await states(stage, another) == ["waiting"], changes


async def test_two_who_make_the_same_at_once_share_it(stage: Stage) -> None:
    workflow_id = await a_workflow(stage, PLAIN)
    everywhere = list(stage.instances.values())
    made = await asyncio.gather(
        *(a_collection(stage, workflow_id, instance_ids=everywhere) for _ in range(4))
    )
    sets = [{each.id for each in await segments(stage, one)} for one in made]
    assert all(each == sets[0] for each in sets)
    assert len(sets[0]) == 2 * len(everywhere)


class Dead(Exception):
    """A worker dies."""


def killed_at(monkeypatch: pytest.MonkeyPatch, module: Any, step: str) -> None:
    """Let the first worker that has taken a step die right after it."""
    real: Callable[..., Awaitable[Any]] = getattr(module, step)
    deaths: list[str] = []

    async def dying(*given: Any, **named: Any) -> Any:
        outcome = await real(*given, **named)
        if not deaths:
            deaths.append(step)
            raise Dead(step)
        return outcome

    monkeypatch.setattr(module, step, dying)


@pytest.mark.parametrize("step", ["ask", "_claim", "extend"])
async def test_who_dies_while_asking_leaves_nothing_behind(
    stage: Stage, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    collection_id = await a_collection(stage, await a_workflow(stage, PLAIN))
    killed_at(monkeypatch, collecting, step)
    with pytest.raises(Dead):
        await gather(stage, collection_id)
    assert await states(stage, collection_id) == ["waiting", "waiting"]
    assert await runs(stage) == []
    await until(stage, collection_id, "settled", "provisional")
    assert len(await runs(stage)) == 2


@pytest.mark.parametrize("step", ["_make", "_keep", "announce", "call_collecting"])
async def test_who_dies_while_keeping_figures_is_followed_by_another(
    stage: Stage, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    sql = stage.script("kept", rows=ROWS)
    collection_id = await a_collection(stage, await a_workflow(stage, sql))
    await gather(stage, collection_id)
    await stage.until(lambda found: found == {"succeeded": 2})
    await lose_everything(stage)
    [segment, _] = await segments(stage, collection_id)
    job = {"segment_id": segment.id, "run_id": segment.run_id}
    killed_at(monkeypatch, keeping, step)
    with pytest.raises(Dead):
        await keeping.keep_figures(stage.database, stage.owner, **job, now=utc_now())  # type: ignore[arg-type]
    assert await figures(stage, segment.id) == {}
    for _ in range(2):  # a job that is delivered again
        await keeping.keep_figures(stage.database, stage.owner, **job, now=utc_now())  # type: ignore[arg-type]
    assert len(await figures(stage, segment.id)) == 4
    told = await stage.change(
        "select count(*) from kernel.event where tenant_id = :t"
        " and name = 'amc.segment_finished.v1'"
    )
    assert told.scalar_one() == 1


async def test_what_was_lost_is_found_by_the_sweep(stage: Stage) -> None:
    collection_id = await a_collection(stage, await a_workflow(stage, PLAIN))
    await lose_everything(stage)
    await sweeping.sweep(stage.database)
    assert await states(stage, collection_id) == ["running", "running"]
    await stage.until(lambda found: found == {"succeeded": 2})
    await lose_everything(stage)
    await sweeping.sweep(stage.database)
    assert await stage.waiting(outcomes.KEEP_JOB) == 0, "its job may still be on its way"
    await past(stage, "succeeded")
    await sweeping.sweep(stage.database)
    assert await stage.waiting(outcomes.KEEP_JOB) == 2
    await until(stage, collection_id, "settled", "provisional")
    assert len(await runs(stage)) == 2


async def test_one_failure_does_not_end_the_rest(stage: Stage) -> None:
    everywhere = sorted(stage.instances.values())[:2]
    workflow_id = await a_workflow(stage, PLAIN)
    collection_id = await a_collection(stage, workflow_id, instance_ids=everywhere)
    await stage.change(
        "update amc.instance set active = false where tenant_id = :t and id = :i", i=everywhere[0]
    )
    at = utc_now()
    for tries, pause in enumerate((1, 2, 4), 1):
        await gather(stage, collection_id, now=at)
        broken = (await segments(stage, collection_id))[:2]
        assert [(each.state, each.tries) for each in broken] == [("waiting", tries)] * 2
        assert {each.due_at for each in broken} == {at + timedelta(minutes=pause)}
        assert await gather(stage, collection_id, now=at) == 0, "not before its time"
        at += timedelta(minutes=pause)
    await gather(stage, collection_id, now=at)
    found = await until(stage, collection_id, "failed", "settled", "provisional")
    assert [each.state for each in found[:2]] == ["failed", "failed"]
    assert all("switched off" in (each.problem or "") for each in found[:2])
    assert all(each.row_count == 2 for each in found[2:])
    await stage.change("update amc.instance set active = true where tenant_id = :t")
    async with stage.database.transaction(stage.owner) as session:
        again = await changing.retry_segments(
            session, stage.owner, collection_id=collection_id, segment_ids=[found[0].id],
            now=utc_now(),
        )  # fmt: skip
    assert again == 1
    found = await until(stage, collection_id, "failed", "settled", "provisional")
    assert [each.state == "failed" for each in found] == [False, True, False, False]


async def test_a_run_that_fails_is_asked_for_again_after_a_pause(stage: Stage) -> None:
    sql = stage.script("breaks", failure="Something broke at Amazon.")
    collection_id = await a_collection(stage, await a_workflow(stage, sql))
    await gather(stage, collection_id)
    found = await until(stage, collection_id, "waiting")
    assert [each.tries for each in found] == [1, 1]
    assert all("broke" in (each.problem or "") for each in found)
    assert all(each.due_at is not None and each.due_at > utc_now() for each in found)
    stage.script("breaks", rows=ROWS)
    await gather(stage, collection_id, now=utc_now() + timedelta(minutes=1))
    assert await states(stage, collection_id) == ["running", "running"]


async def test_what_was_collected_early_is_collected_again(stage: Stage) -> None:
    sql = stage.script("early", rows=ROWS)
    three_days_ago = ago(days=3)
    day = (three_days_ago - timedelta(days=1)).date()
    collection_id = await a_collection(
        stage, await a_workflow(stage, sql), now=three_days_ago,
        segments={"unit": "day", "from": day, "to": day + timedelta(days=1)},
    )  # fmt: skip
    assert await gather(stage, collection_id, now=three_days_ago) == 1
    [early] = await until(stage, collection_id, "provisional")
    assert (early.due_at, early.kept_provisional) == (early.settles_at, True)
    assert early.settles_at - timedelta(days=2) <= three_days_ago
    assert await gather(stage, collection_id, now=early.settles_at - timedelta(seconds=1)) == 0
    await stage.change(
        "update amc.segment_figure set sum = 1 where tenant_id = :t and name = 'reach'"
    )
    stage.script("early", rows=[*ROWS, ["Gamma", "1", "2", "3", "900"]])
    [settled] = await until(stage, collection_id, "settled")
    assert settled.kept_run_id != early.kept_run_id
    assert not settled.kept_provisional
    assert (await figures(stage, settled.id))["reach"] == (1000, 3, 40, 900)
    assert len(await runs(stage)) == 2


async def test_traffic_time_settles_after_fourteen_days(stage: Stage) -> None:
    sql = (
        "SELECT campaign, SUM(purchases) AS purchases"
        " FROM amazon_attributed_events_by_traffic_time GROUP BY campaign"
    )
    collection_id = await a_collection(stage, await a_workflow(stage, sql))
    for each in await segments(stage, collection_id):
        assert each.settles_at - each.ends.replace(tzinfo=each.settles_at.tzinfo) == timedelta(14)


async def test_one_that_continues_grows(stage: Stage) -> None:
    ten_days_ago = ago(days=10)
    day = ten_days_ago.date() - timedelta(days=1)
    collection_id = await a_collection(
        stage, await a_workflow(stage, PLAIN), now=ten_days_ago, continuing=True,
        segments={"unit": "day", "from": day},
    )  # fmt: skip
    assert len(await segments(stage, collection_id)) == 2, "yesterday and the running day"
    assert await gather(stage, collection_id, now=ten_days_ago) == 1
    await asyncio.gather(*(gather(stage, collection_id) for _ in range(3)))
    found = await segments(stage, collection_id)
    assert len(found) == 12
    assert [each.ends for each in found[:-1]] == [each.starts for each in found[1:]]
    assert found[-1].due_at is not None
    assert found[-1].due_at > utc_now(), "the running day is not over"
    assert sum(each.state == "running" for each in found) == collecting.MOST_UNDER_WAY


async def test_a_segment_is_read_in_the_zone_of_its_collection(stage: Stage) -> None:
    await stage.change("update amc.instance set time_zone = 'Asia/Tokyo' where tenant_id = :t")
    once = {"unit": "once", "from": month_back(2), "to": month_back(1)}
    collection_id = await a_collection(
        stage, await a_workflow(stage, PLAIN), segments=once, time_zone="America/New_York"
    )
    [segment] = await until(stage, collection_id, "settled", "provisional")
    [run] = await runs(stage)
    assert run.time_zone == "America/New_York"
    assert segment.kept_run_id is not None
    job = stage.job(await stage.run(segment.kept_run_id))
    assert job["start"].startswith(month_back(2).isoformat() + "T0")
    assert job["start"][11:13] in {"04", "05"}


async def test_values_are_given_mapped_or_defaults(stage: Stage) -> None:
    sql = (
        "SELECT campaign, COUNT(DISTINCT user_id) AS reach FROM dsp_impressions"
        " WHERE campaign = CUSTOM_PARAMETER('word') OR ARRAY_CONTAINS("
        "CUSTOM_PARAMETER('asins'), campaign) GROUP BY campaign"
    )
    parameters = (
        {"name": "word", "data_type": "STRING", "default": "some"},
        {"name": "asins", "data_type": "STRING", "list": True, "kind": "asin_list"},
    )
    workflow_id = await a_workflow(stage, sql, parameters)
    one, other = sorted(stage.instances.values())[:2]
    with pytest.raises(InvalidInput, match="asins needs a value"):
        await a_collection(stage, workflow_id, instance_ids=[one, other])
    for instance_id, asin in ((one, "B000000001"), (other, "B000000002")):
        await stage.change(
            "insert into amc.mapping (tenant_id, instance_id, brands, saved_at, version)"
            " values (:t, :i, cast(:b as jsonb), now(), 1)",
            i=instance_id,
            b=f'[{{"name": "Lumen", "asins": ["{asin}"], "campaign_ids": []}}]',
        )
    word = keep_secret("value of a parameter", "all of ZEBRA475")
    collection_id = await a_collection(
        stage, workflow_id, instance_ids=[one, other], values={"word": word},
        overrides={str(other): {"word": "mine"}},
        segments={"unit": "once", "from": month_back(1), "to": month_back(0)},
    )  # fmt: skip
    assert await gather(stage, collection_id) == 2
    told = {run.instance_id: (run.values, run.value_sources) for run in await runs(stage)}
    assert told == {
        one: (
            {"word": word, "asins": ["B000000001"]},
            {"word": "given", "asins": "mapping:Lumen"},
        ),
        other: (
            {"word": "mine", "asins": ["B000000002"]},
            {"word": "given", "asins": "mapping:Lumen"},
        ),
    }


async def test_pause_and_archive(stage: Stage) -> None:
    workflow_id = await a_workflow(stage, PLAIN)
    one = await a_collection(stage, workflow_id)
    other = await a_collection(
        stage, workflow_id, segments={"unit": "month", "from": month_back(1)}
    )
    async with stage.database.transaction(stage.owner) as session:
        now = await session_now(session)
        for collection_id in (one, other):
            await changing.pause_collection(
                session, stage.owner, collection_id=collection_id, now=now
            )
    await stage.step()
    await sweeping.sweep(stage.database)
    assert await gather(stage, one) == 0
    with pytest.raises(WorkflowInUse, match="Reach by month"):
        async with stage.database.transaction(stage.owner) as session:
            await archive_workflow(session, stage.owner, workflow_id=workflow_id, now=now)
    async with stage.database.transaction(stage.owner) as session:
        await changing.archive_collection(session, stage.owner, collection_id=one, now=now)
    left: list[Segment] = await segments(stage, one)
    assert [each.id for each in left] == [each.id for each in await segments(stage, other)]
    async with stage.database.transaction(stage.owner) as session:
        await changing.resume_collection(session, stage.owner, collection_id=other, now=now)
    await until(stage, other, "settled", "provisional")

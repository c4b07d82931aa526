"""From the question to the kept result, through a real local AMC."""

import asyncio
from datetime import timedelta

import httpx
import pytest

from metatron.apps.amc.connections.site import site as connection_site
from metatron.apps.amc.declarations import Parameter
from metatron.apps.amc.runs import cancelling, site
from metatron.apps.amc.runs.errors import QueryRefused, RunEnded
from metatron.apps.amc.runs.results import keeping
from metatron.apps.amc.runs.windows import Rolling
from metatron.kernel.clock import utc_now
from metatron.kernel.errors import InvalidInput
from tests.apps.amc.runs.stage import FAST, REACH, Stage, organisation, set_tempo
from tests.support.kept_secret import keep_secret


async def test_a_run_from_the_question_to_the_kept_result(stage: Stage) -> None:
    run = await stage.ended(await stage.ask())
    assert (run.state, run.row_count) == ("succeeded", 2), run.state_reason
    assert run.columns == [
        {"name": "campaign", "type": "VARCHAR"}, {"name": "reach", "type": "BIGINT"},
    ]  # fmt: skip
    file = keeping.place_of(stage.tenant_id, run.id)
    assert file.is_file()
    assert (await keeping.seal(file)).sha256 == run.sha256
    assert [each.name for each in file.parent.iterdir()] == [keeping.RESULT]
    [execution] = stage.executions_of(run)
    assert "\n" not in execution["workflow"]["sqlQuery"]
    assert execution["timeWindowStart"] == "2026-08-01T00:00:00"
    for _ in range(2):
        await asyncio.sleep(0.15)
        await stage.step()
    await asyncio.sleep(0.15)
    assert await stage.step() == 0, "nothing is left to do: nobody looks any more"
    turn = await stage.change("select tick_id, lease_id from amc.turn where tenant_id = :t")
    assert turn.all() == [(None, None)]


async def test_the_window_is_read_in_the_zone_of_the_instance(stage: Stage) -> None:
    await stage.change(
        "update amc.instance set time_zone = 'America/New_York' where tenant_id = :t"
    )
    run = await stage.ended(await stage.ask())
    job = stage.job(run)
    assert (job["start"], job["end"]) == ("2026-08-01T04:00:00", "2026-09-01T04:00:00")


async def test_parameters_are_bound_and_never_part_of_the_text(stage: Stage) -> None:
    sql = (
        "SELECT campaign, COUNT(DISTINCT user_id) AS reach FROM dsp_impressions\n"
        "WHERE campaign LIKE CUSTOM_PARAMETER('word') AND"
        " ARRAY_CONTAINS(CUSTOM_PARAMETER('names'), campaign)\nGROUP BY campaign"
    )
    parameters = [
        Parameter(name="word", kind="like", like_mode="contains"),
        Parameter(name="names", list=True, kind="plain"),
    ]
    nasty = keep_secret("value of a parameter", "' OR 1=1 -- ZEBRA472")
    run = await stage.ended(
        await stage.ask(sql, parameters=parameters, values={"word": nasty, "names": [nasty, "b"]})
    )
    job = stage.job(run)
    assert nasty not in job["sql"]
    assert job["declared"] == {"word": "STRING", "names": "ARRAY<STRING>"}
    assert job["values"] == {"word": f"%{nasty}%", "names": [nasty, "b"]}
    assert run.values == {"word": nasty, "names": [nasty, "b"]}, "kept as it was given"


async def test_columns_that_the_client_wants_are_asked_for(stage: Stage) -> None:
    names = '{"filtered": "cut", "users": "distinct_users", "reason": "why"}'
    await stage.change(
        "update amc.instance set extra_columns = cast(:names as jsonb) where tenant_id = :t",
        names=names,
    )
    first = await stage.ask()
    await stage.change("update amc.instance set extra_columns = '{}' where tenant_id = :t")
    second = await stage.ask()
    told = []
    for run_id in (first, second):
        [execution] = stage.executions_of(await stage.ended(run_id))
        workflow = execution["workflow"]
        told.append(
            tuple(workflow.get(f"{name}Column") for name in (
                "distinctUserCount", "filteredReason", "filteredMetricsDiscriminator",
            ))
        )  # fmt: skip
    # Where rows are removed nobody asks for the column that would keep them.
    assert told == [("distinct_users", "why", None), (None, None, None)]


async def test_what_amc_would_refuse_is_refused_unless_dry(stage: Stage) -> None:
    sql = "SELECT user_id, COUNT(*) AS n FROM dsp_impressions GROUP BY user_id"
    with pytest.raises(QueryRefused) as refused:
        await stage.ask(sql)
    assert refused.value.extra["findings"][0]["range"]["start_line"] == 1
    run = await stage.ended(await stage.ask(sql, dry_run=True))
    assert (run.state, run.row_count) == ("succeeded", None)
    assert stage.job(run)["dry"]


async def test_a_failure_leads_back_to_the_authors_line(stage: Stage) -> None:
    sql = "-- a remark\n" + stage.script(
        "broken", failure="AMC003: line 1, column 51: something is wrong here"
    )
    run = await stage.ended(await stage.ask(sql))
    assert run.state == "failed"
    assert run.problem is not None
    assert run.problem["message"] == run.state_reason
    place = sql.splitlines()[run.problem["line"] - 1][run.problem["column"] - 1 :]
    sent = stage.executions_of(run)[0]["workflow"]["sqlQuery"]
    assert sent[50:].startswith(place[:5])


async def test_ten_at_once_on_an_instance_and_the_others_wait(stage: Stage) -> None:
    stage.amazon.chaos({"fault": "slow_run", "operation": "run", "value": 2.0})
    ids = [await stage.ask() for _ in range(13)]
    await stage.step()
    states = await stage.states()
    assert states == {"pending": 10, "queued": 3}
    stage.amazon.chaos()
    states = await stage.until(lambda found: found.keys() == {"succeeded"})
    assert states == {"succeeded": 13}
    assert len({(await stage.run(each)).amc_execution_id for each in ids}) == 13


async def test_one_list_call_a_look_however_many_runs(stage: Stage) -> None:
    stage.amazon.chaos({"fault": "slow_run", "operation": "run", "value": 5.0})
    for _ in range(10):
        await stage.ask()
    await stage.step()
    calls: list[str] = []

    async def note(request: httpx.Request) -> None:
        # Which tables there are is asked once a day, beside the looks. The list has a second page
        # where tests of before made a hundred runs within its last ten minutes.
        beside = request.url.path.endswith("/dataSources") or "nextToken" in request.url.params
        calls.extend([] if beside else [f"{request.method} {request.url.path}"])

    connection_site().http.event_hooks["request"].append(note)
    await asyncio.sleep(0.15)
    await stage.step()
    assert calls == ["GET /amc/reporting/amclocal0001/workflowExecutions"]


async def test_the_account_is_shared_between_organisations(stage: Stage) -> None:
    set_tempo(site.Tempo(
        stand_in_tick=FAST.stand_in_tick, stand_in_settle=FAST.stand_in_settle,
        stay=timedelta(), per_account=4,
    ))  # fmt: skip
    stage.amazon.chaos({"fault": "slow_run", "operation": "run", "value": 3.0})
    async with organisation(stage.database, stage.runtime, stage.amazon) as other:
        for each in (stage, other):
            for _ in range(6):
                await each.ask(instance_id=each.instances["amclocal0003"])
        await stage.step()
        await other.step()
        assert (await stage.states())["queued"] == 4, "not more than its share while others wait"
        assert (await other.states())["queued"] == 4
        stage.amazon.chaos()
        set_tempo(FAST)
        await stage.until(lambda found: found.keys() == {"succeeded"})
        await other.until(lambda found: found.keys() == {"succeeded"})


async def test_cancelling_before_and_after_it_was_sent(stage: Stage) -> None:
    run_id = await stage.ask()
    async with stage.database.transaction(stage.owner) as session:
        run = await cancelling.cancel(session, stage.owner, run_id=run_id, now=utc_now())
    assert run.state == "cancelled"
    assert stage.executions_of(run) == []
    stage.amazon.chaos({"fault": "slow_run", "operation": "run", "value": 5.0})
    run_id = await stage.ask()
    await stage.step()
    async with stage.database.transaction(stage.owner) as session:
        await cancelling.cancel(session, stage.owner, run_id=run_id, now=utc_now())
    with pytest.raises(RunEnded):
        async with stage.database.transaction(stage.owner) as session:
            await cancelling.cancel(session, stage.owner, run_id=run_id, now=utc_now())
    run = await stage.ended(run_id)
    assert run.state == "cancelled"
    assert stage.executions_of(run)[0]["status"] == "CANCELLED"


async def test_a_rolling_window_lags_by_what_the_query_reads(stage: Stage) -> None:
    settled = (
        "SELECT campaign, SUM(total_purchases) AS n FROM amazon_attributed_events_by_traffic_time"
        " GROUP BY campaign"
    )
    fresh = await stage.run(await stage.ask(rule=Rolling(days=7)))
    older = await stage.run(await stage.ask(settled, rule=Rolling(days=7)))
    assert fresh.window_end - older.window_end == timedelta(days=12)
    assert fresh.window_end - fresh.window_start == timedelta(days=7)
    assert fresh.window_rule == {"kind": "rolling", "days": 7, "lag_days": None}


@pytest.mark.parametrize("sql", ["SELECT 'a\nb' AS x", "SELECT 'a", "/* SELECT 1"])
async def test_what_cannot_be_put_on_a_line_is_refused(stage: Stage, sql: str) -> None:
    with pytest.raises(InvalidInput):
        await stage.ask(REACH + sql)

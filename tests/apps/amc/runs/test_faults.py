"""What goes wrong between us and Amazon, and between our own steps."""

import asyncio
from datetime import timedelta
from typing import Any
from uuid import UUID

import httpx
import pytest
import structlog
from structlog.testing import capture_logs

from metatron.apps.amc.amazon.errors import LostAnswer
from metatron.apps.amc.connections.access import AmcApi
from metatron.apps.amc.runs import following, recovering, submitting
from metatron.apps.amc.runs.results import engine, fetching, keeping
from metatron.apps.amc.runs.turns import FOLLOW_JOB
from tests.apps.amc.runs.stage import Stage


class Killed(BaseException):
    """The process is gone: nothing behind this line runs, no clean-up either."""


async def test_5xx_on_the_post_is_looked_for_before_it_is_sent_again(stage: Stage) -> None:
    stage.amazon.chaos({"fault": "http_500", "operation": "create_execution", "count": 2})
    run = await stage.ended(await stage.ask())
    assert run.state == "succeeded"
    assert len(stage.executions_of(run)) == 1, "the first two came to nothing"


async def test_a_lost_answer_is_adopted(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    create, lost = AmcApi.__value__.create_execution, []

    async def lose(self: Any, draft: Any) -> Any:
        """The request arrives, the answer does not."""
        execution = await create(self, draft)
        if not lost:
            lost.append(execution.execution_id)
            raise LostAnswer("reset")
        return execution

    monkeypatch.setattr(AmcApi.__value__, "create_execution", lose)
    run = await stage.ended(await stage.ask())
    assert run.state == "succeeded"
    assert run.amc_execution_id == lost[0]
    assert len(stage.executions_of(run)) == 1


async def test_a_reset_connection_is_a_lost_answer(stage: Stage) -> None:
    from metatron.apps.amc.connections.site import site as connection_site

    http, cut = connection_site().http, []

    async def reset(answer: httpx.Response) -> None:
        if answer.request.method == "POST" and not cut:
            cut.append(answer.request.url.path)
            raise httpx.ReadError("reset", request=answer.request)

    http.event_hooks["response"].append(reset)
    run = await stage.ended(await stage.ask())
    assert cut
    assert run.state == "succeeded"
    assert len(stage.executions_of(run)) == 1


async def test_two_lost_answers_of_one_window_are_told_apart(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    create, lost = AmcApi.__value__.create_execution, []

    async def lose(self: Any, draft: Any) -> Any:
        execution = await create(self, draft)
        if len(lost) < 2:
            lost.append(execution.execution_id)
            raise LostAnswer("reset")
        return execution

    monkeypatch.setattr(AmcApi.__value__, "create_execution", lose)
    one, other = await stage.ask(), await stage.ask()
    first, second = await stage.ended(one), await stage.ended(other)
    assert [first.amc_execution_id, second.amc_execution_id] == lost


STEPS = {
    "before it is sent": (AmcApi.__value__, "create_execution", False),
    "after it was sent": (AmcApi.__value__, "create_execution", True),
    "before the list": (AmcApi.__value__, "executions", False),
    "after the list": (AmcApi.__value__, "executions", True),
    "before the links": (AmcApi.__value__, "download_urls", False),
    "after the links": (AmcApi.__value__, "download_urls", True),
    "before the download": (AmcApi.__value__, "download", False),
    "after the download": (AmcApi.__value__, "download", True),
    "before it is turned into Parquet": (engine, "run", False),
    "after it was turned into Parquet": (engine, "run", True),
    "before it is put in its place": (keeping, "put", False),
    "after it was put in its place": (keeping, "put", True),
}


@pytest.mark.parametrize("step", STEPS)
async def test_a_worker_that_dies_at_any_step(
    stage: Stage, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    """Its leases end, another goes on; Amazon runs it once."""
    owner, name, is_after = STEPS[step]
    real, killed = getattr(owner, name), []

    async def die(*given: Any, **named: Any) -> Any:
        if killed:
            return await real(*given, **named)
        if is_after:
            await real(*given, **named)
        killed.append(step)
        raise Killed

    monkeypatch.setattr(owner, name, die)
    # What a dead process does not do either.
    monkeypatch.setattr(following, "leave_turn", _unless(killed, following.leave_turn))
    monkeypatch.setattr(keeping, "clear", _unless(killed, keeping.clear))
    run_id = await stage.ask()
    while not killed:
        try:
            await stage.step()
        except Killed:
            break
        await asyncio.sleep(0.05)
    monkeypatch.undo()
    await _leases_end(stage)
    run = await stage.ended(run_id)
    assert run.state == "succeeded", run.state_reason
    assert len(stage.executions_of(run)) == 1
    folder = keeping.folder_of(stage.tenant_id, run_id)
    assert [each.name for each in folder.iterdir()] == [keeping.RESULT]


def _unless(killed: list[str], real: Any) -> Any:
    async def maybe(*given: Any, **named: Any) -> Any:
        return None if killed else await real(*given, **named)

    return maybe


async def _leases_end(stage: Stage) -> None:
    """Time passes; and the queue delivers again what its worker took and did not finish."""
    await stage.change(
        "update amc.run set leased_until = now() - interval '1 s', next_at = now()"
        " where tenant_id = :t and state not in ('succeeded', 'failed', 'cancelled')"
    )
    turns = await stage.change(
        "update amc.turn set leased_until = now() - interval '1 s' where tenant_id = :t"
        " and tick_id is not null returning instance_id, tick_id"
    )
    for instance_id, tick_id in turns.all():
        await stage.again(FOLLOW_JOB, instance_id=instance_id, tick_id=tick_id)


async def test_a_result_is_downloaded_once_though_two_fetch(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    download, count = AmcApi.__value__.download, []

    async def counted(*given: Any, **named: Any) -> Any:
        count.append(1)
        await asyncio.sleep(0.3)
        return await download(*given, **named)

    monkeypatch.setattr(AmcApi.__value__, "download", counted)
    run_id = await stage.ask()
    while (await stage.run(run_id)).state != "fetching":
        await stage.look()
        await asyncio.sleep(0.05)
    await asyncio.gather(
        *(fetching.fetch(stage.database, stage.owner, run_id=run_id) for _ in range(4))
    )
    assert (await stage.run(run_id)).state == "succeeded"
    assert len(count) == 1


async def test_a_fetch_whose_lease_went_to_another_changes_nothing(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    download = AmcApi.__value__.download

    async def robbed(*given: Any, **named: Any) -> Any:
        await stage.change("update amc.run set lease_id = gen_random_uuid() where tenant_id = :t")
        return await download(*given, **named)

    run_id = await stage.ask()
    while (await stage.run(run_id)).state != "fetching":
        await stage.look()
        await asyncio.sleep(0.05)
    monkeypatch.setattr(AmcApi.__value__, "download", robbed)
    await fetching.fetch(stage.database, stage.owner, run_id=run_id)
    assert (await stage.run(run_id)).state == "fetching"
    monkeypatch.undo()
    await stage.change(
        "update amc.run set leased_until = now() - interval '1 s', next_at = now()"
        " where tenant_id = :t"
    )
    assert (await stage.ended(run_id)).state == "succeeded"


async def test_a_dead_link_is_asked_for_anew_and_never_tried_again(stage: Stage) -> None:
    stage.amazon.chaos({"fault": "dead_link", "operation": "download_urls", "count": 2})
    run = await stage.ended(await stage.ask())
    assert (run.state, run.row_count) == ("succeeded", 2)


async def test_a_result_of_many_files(stage: Stage) -> None:
    sql = stage.script(
        "many", rows=[["name", "n"], *([f"row {number}", str(number)] for number in range(10))]
    )
    stage.amazon.chaos({"fault": "many_files", "operation": "run", "value": 3})
    run = await stage.ended(await stage.ask(sql))
    assert run.row_count == 10


async def test_an_empty_result_has_no_rows_and_is_no_error(stage: Stage) -> None:
    stage.amazon.chaos({"fault": "empty_result", "operation": "run"})
    run = await stage.ended(await stage.ask())
    assert (run.state, run.row_count) == ("succeeded", 0)
    assert [each["name"] for each in run.columns or ()] == ["campaign", "reach"]


async def test_a_status_nobody_knows_is_waited_for(stage: Stage) -> None:
    stage.amazon.chaos({"fault": "status_unknown", "operation": "run"})
    run_id = await stage.ask()
    structlog.reset_defaults()
    with capture_logs() as logs:
        for _ in range(6):
            await stage.step()
            await asyncio.sleep(0.15)
    run = await stage.run(run_id)
    assert run.state in {"pending", "running"}
    assert "we do not know" in (run.state_reason or "")
    assert len([each for each in logs if each["event"] == "amc_status_unknown"]) == 1
    stage.amazon.change(
        "update execution set status = 'FAILED', status_reason = 'enough'"
        " where json_extract(request, '$.workflow.sqlQuery') like ?", f"%{run.marker}%",
    )  # fmt: skip
    run = await stage.ended(run_id)
    assert (run.state, run.state_reason) == ("failed", "enough")


async def test_rejected_is_failed(stage: Stage) -> None:
    stage.amazon.chaos({"fault": "status_rejected", "operation": "run"})
    run = await stage.ended(await stage.ask())
    assert run.state == "failed"
    assert run.state_reason


async def test_what_amazon_no_longer_lists_fails_only_when_its_time_is_over(stage: Stage) -> None:
    stage.amazon.chaos({"fault": "slow_run", "operation": "run", "value": 2})
    run_id = await stage.ask()
    await stage.step()
    run = await stage.run(run_id)
    stage.amazon.change(
        "update execution set instance_id = 'amclocal0002' where execution_id = ?",
        str(run.amc_execution_id),
    )
    for _ in range(3):
        await asyncio.sleep(0.15)
        await stage.step()
    assert (await stage.run(run_id)).state == "pending"
    await stage.change(
        "update amc.run set expires_at = now() - interval '1 day' where tenant_id = :t"
    )
    run = await stage.ended(run_id)
    assert run.state == "failed"
    assert "time was over" in (run.state_reason or "")


async def test_terms_not_accepted_are_told_in_amazons_words(stage: Stage) -> None:
    stage.amazon.chaos({"fault": "forbidden_instance", "operation": "instance"})
    run = await stage.ended(await stage.ask())
    assert run.state == "failed"
    assert "terms" in (run.state_reason or "")


async def test_a_broken_connection_lets_runs_wait_until_somebody_signs_in(stage: Stage) -> None:
    run_id = await stage.ask()
    await stage.change(
        "update amc.connection set state = 'broken', state_reason = 'revoked' where tenant_id = :t"
    )
    await stage.step()
    run = await stage.run(run_id)
    assert (run.state, run.state_reason) == ("queued", "revoked")
    await asyncio.sleep(0.2)
    assert await stage.step() == 0, "no storm: nobody asks again soon"
    await stage.change("update amc.connection set state = 'healthy' where tenant_id = :t")
    connection_id: UUID = (
        await stage.change("select id from amc.connection where tenant_id = :t")
    ).scalar_one()
    await stage.tell_healthy(connection_id)
    assert (await stage.ended(run_id)).state == "succeeded"


async def test_a_look_that_dies_leaves_one_chain_of_looks(stage: Stage) -> None:
    """However often a job is delivered, and however many ask, one job stands for the next look."""
    stage.amazon.chaos({"fault": "slow_run", "operation": "run", "value": 3})
    for _ in range(5):
        await stage.ask()
    assert await stage.waiting(FOLLOW_JOB) == 1
    await stage.step()
    for _ in range(3):
        await stage.again(FOLLOW_JOB, instance_id=stage.instance_id, tick_id=stage.instance_id)
    await asyncio.sleep(0.15)
    await stage.step()
    assert await stage.waiting(FOLLOW_JOB) == 1


async def test_a_look_that_was_lost_for_good_is_called_for_again(stage: Stage) -> None:
    run_id = await stage.ask()
    await stage.database.system.execute(
        "delete from kernel.outbox where tenant_id = $1", stage.tenant_id
    )
    assert await stage.waiting(FOLLOW_JOB) == 0
    await recovering.recover(stage.database)
    assert await stage.waiting(FOLLOW_JOB) == 0, "it may still be on its way"
    await stage.change(
        "update amc.turn set tick_at = tick_at - interval '1 hour' where tenant_id = :t"
    )
    await recovering.recover(stage.database)
    await recovering.recover(stage.database)
    assert await stage.waiting(FOLLOW_JOB) == 1
    assert (await stage.ended(run_id)).state == "succeeded"


async def test_submissions_end_when_amazon_never_answers(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def never(*_: Any) -> Any:
        raise LostAnswer("timeout")

    monkeypatch.setattr(AmcApi.__value__, "create_execution", never)
    run = await stage.ended(await stage.ask(), seconds=40)
    assert run.state == "failed"
    assert "no answer" in (run.state_reason or "")
    assert submitting.draft_of(run).window_start == run.window_start
    assert timedelta(0) < following.MARGIN

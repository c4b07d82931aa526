"""Faults on Amazon's side while a run is under way, by the chaos switches of the local AMC."""

import asyncio
import re
import time
from collections.abc import AsyncIterator
from dataclasses import replace
from typing import Any

import pytest
import structlog

from metatron.apps.amc.runs import site
from metatron.apps.amc.twin.tokens import ACCESS, REFRESH
from metatron.kernel.clock import utc_now
from tests.apps.amc.runs.stage import Stage
from tests.support.amazon import SECRET

SECRETS = re.compile("|".join((re.escape(ACCESS), re.escape(REFRESH), SECRET, "signature=")))


@pytest.fixture(autouse=True)
async def _as_before(stage: Stage) -> AsyncIterator[None]:
    yield
    stage.amazon.chaos(clock_offset_seconds=0)


async def running(stage: Stage) -> Any:
    """A run that Amazon works on for some seconds: long enough to be seen at work."""
    stage.amazon.chaos({"fault": "slow_run", "operation": "run", "value": 4.0})
    run_id = await stage.ask()
    await stage.until(lambda found: found.keys() == {"running"})
    return run_id


async def connection(stage: Stage) -> Any:
    [row] = await stage.change("select id, state from amc.connection where tenant_id = :t")
    return row


async def test_a_token_that_ends_in_the_middle(stage: Stage) -> None:
    run_id = await running(stage)
    given = stage.amazon.tokens_given()
    stage.amazon.chaos({"fault": "expired_token", "operation": "authorise", "count": 1})
    run = await stage.ended(run_id)
    assert run.state == "succeeded"
    assert len(stage.executions_of(run)) == 1
    assert stage.amazon.tokens_given() == given, "one was taken away and one given, no more"


async def test_a_grant_that_is_revoked_in_the_middle(stage: Stage) -> None:
    run_id = await running(stage)
    stage.amazon.chaos(
        {"fault": "expired_token", "operation": "authorise", "count": 1},
        {"fault": "revoked_refresh", "operation": "refresh", "count": 1},
    )
    end = time.monotonic() + 20
    while (found := await connection(stage)).state != "broken":
        assert time.monotonic() < end
        await stage.step()
        await asyncio.sleep(0.05)
    given = stage.amazon.tokens_given()
    for _ in range(5):
        await stage.step()
        await asyncio.sleep(0.1)
    assert stage.amazon.tokens_given() == given, "no storm: nobody asks until somebody signs in"
    assert (await stage.run(run_id)).state not in {"succeeded", "failed", "cancelled"}
    stage.amazon.change("update grant_ set revoked_at = null")
    await stage.change("update amc.connection set state = 'healthy' where tenant_id = :t")
    await stage.tell_healthy(found.id)
    run = await stage.ended(run_id)
    assert run.state == "succeeded"
    assert len(stage.executions_of(run)) == 1


async def test_at_amazon_looks_are_fifteen_seconds_apart(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    await running(stage)
    stage.amazon.chaos({"fault": "slow_run", "operation": "run", "value": 1.2})
    there = replace(site.site(), is_stand_in=False, tempo=site.Tempo())
    monkeypatch.setattr(site, "_site", there)
    begun = utc_now()
    await stage.look()
    [turn] = await stage.change("select tick_at from amc.turn where tenant_id = :t")
    pause = (turn.tick_at - begun).total_seconds()
    assert 15 <= pause < 16, "shown 16 seconds after the end at the latest"


async def test_looks_that_fail(stage: Stage) -> None:
    run_id = await running(stage)
    stage.amazon.chaos({"fault": "http_500", "operation": "list_executions", "count": 3})
    run = await stage.ended(run_id, seconds=60)
    assert run.state == "succeeded"
    assert len(stage.executions_of(run)) == 1


async def test_a_file_that_breaks_off(stage: Stage) -> None:
    rows = [["campaign", "reach"], *([f"C{n}", str(n)] for n in range(5_000))]
    stage.amazon.chaos({"fault": "truncated_file", "operation": "download", "count": 2})
    run = await stage.ended(await stage.ask(stage.script("long", rows=rows)))
    assert run.state == "succeeded"
    assert run.row_count == 5_000


@pytest.mark.parametrize("seconds", [-120, 7_200])
async def test_a_clock_that_jumps(stage: Stage, seconds: int) -> None:
    """Amazon's clock goes otherwise than ours: nothing is lost or asked for twice."""
    run_id = await running(stage)
    stage.amazon.chaos(clock_offset_seconds=seconds)
    later = await stage.ask()
    for each in (run_id, later):
        run = await stage.ended(each)
        assert run.state == "succeeded"
        assert len(stage.executions_of(run)) == 1


async def test_an_instance_that_is_deleted_in_the_middle(stage: Stage) -> None:
    instance_id = stage.instances["amclocal0002"]
    stage.amazon.chaos({"fault": "slow_run", "operation": "run", "value": 4.0})
    run_id = await stage.ask(instance_id=instance_id)
    await stage.until(lambda found: found.keys() == {"running"})
    [kept] = stage.amazon.change("select * from instance where instance_id = 'amclocal0002'")
    stage.amazon.change("delete from instance where instance_id = 'amclocal0002'")
    try:
        # Amazon may not know it for a while; it is gone when the accounts are compared.
        await stage.look_at_accounts()
        run = await stage.ended(run_id)
    finally:
        stage.amazon.change("insert into instance values (?, ?, ?, ?)", *kept)
    assert run.state == "failed"
    assert run.state_reason


async def test_nothing_secret_is_written_down_in_all_this(
    stage: Stage, capsys: pytest.CaptureFixture[str]
) -> None:
    stage.amazon.chaos(
        {"fault": "dead_link", "operation": "download_urls", "count": 1},
        {"fault": "expired_token", "operation": "authorise", "count": 2},
        {"fault": "truncated_file", "operation": "download", "count": 1},
        {"fault": "http_500", "operation": "list_executions", "count": 1},
    )
    with structlog.testing.capture_logs() as lines:
        run = await stage.ended(await stage.ask())
    assert run.state == "succeeded"
    rows = await stage.change("select r::text from amc.run r where tenant_id = :t")
    events = await stage.change("select e::text from kernel.event e where tenant_id = :t")
    told = [*map(str, lines), *rows.scalars(), *events.scalars(), *capsys.readouterr()]
    assert [each for each in told if SECRETS.search(each)] == []

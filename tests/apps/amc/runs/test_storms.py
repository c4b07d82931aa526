"""Amazon takes no calls: over everything it answers, runs come through, each sent once."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import orjson
import pytest

from metatron.apps.amc.amazon import pacing
from metatron.apps.amc.catalogue import fetching as catalogue
from metatron.apps.amc.connections import site as connection_site
from metatron.apps.amc.connections import syncing
from metatron.apps.amc.runs.results import fetching
from metatron.kernel.clock import utc_now
from tests.apps.amc.runs.stage import Stage


@pytest.fixture
def quick_brake(monkeypatch: pytest.MonkeyPatch) -> None:
    """Our own brake, whose tests are elsewhere, slows down to so many calls a second at most."""
    monkeypatch.setattr(pacing, "LEAST_PER_SECOND", 8.0)


def storm(
    *operations: str, retry_after: int = 0, count: int = 3, probability: float = 1.0
) -> list[dict[str, Any]]:
    return [
        {
            "fault": "http_429", "operation": each, "probability": probability,
            "value": retry_after, "count": count,
        }
        for each in operations
    ]  # fmt: skip


def refusals_left(stage: Stage) -> dict[str, int]:
    rows = stage.amazon.change("select operation, remaining from chaos where fault = 'http_429'")
    return dict(rows)


@pytest.mark.usefixtures("quick_brake")
async def test_a_storm_over_every_call_loses_and_doubles_nothing(stage: Stage) -> None:
    """Submissions, looks, links and files: all are refused, several times each; a token ends."""
    wanted = ("create_execution", "list_executions", "download_urls", "download")
    ends = {"fault": "expired_token", "operation": "authorise", "count": 1}
    stage.amazon.chaos(*storm(*wanted, probability=0.7), ends, seed=3)
    ids = [await stage.ask() for _ in range(3)]
    await stage.until(lambda found: found.keys() == {"succeeded"}, seconds=120)
    for run_id in ids:
        run = await stage.run(run_id)
        assert len(stage.executions_of(run)) == 1
        assert (run.row_count, run.state_reason) == (2, None)
    left = refusals_left(stage)
    assert all(left[each] < 3 for each in wanted), left


async def test_a_fetch_that_is_throttled_waits_and_counts_no_try(stage: Stage) -> None:
    run_id = await stage.ask()
    stage.amazon.chaos(*storm("download_urls", retry_after=90, count=40))
    for _ in range(fetching.MOST_FETCHES + 1):
        await stage.until(lambda found: found.keys() == {"fetching"})
        await _not_before_now(stage)
        await fetching.fetch(stage.database, stage.owner, run_id=run_id)
    run = await stage.run(run_id)
    assert (run.state, run.state_reason) == ("fetching", fetching.BUSY)
    assert run.attempts <= 1
    assert run.next_at is not None
    assert run.next_at > utc_now() + timedelta(seconds=60), "not before Amazon wants to be asked"
    stage.amazon.chaos()
    await _not_before_now(stage)
    run = await stage.ended(run_id)
    assert (run.state, run.row_count) == ("succeeded", 2)
    assert len(stage.executions_of(run)) == 1


async def _not_before_now(stage: Stage) -> None:
    """The time that Amazon named is over."""
    await stage.change(
        "update amc.run set leased_until = null, next_at = now() - interval '1 s'"
        " where tenant_id = :t and state = 'fetching'"
    )
    await stage.change("update amc.turn set quiet_until = null where tenant_id = :t")
    bucket = connection_site.site().pacing.bucket(stage.tenant_id, "amclocal0001")
    bucket._closed_until, bucket.per_second = 0.0, pacing.FULL_PER_SECOND


async def test_a_fetch_waits_for_somebody_to_sign_in(stage: Stage) -> None:
    run_id = await stage.ask()
    stage.amazon.chaos(*storm("download_urls", retry_after=90, count=40))
    await stage.until(lambda found: found.keys() == {"fetching"})
    stage.amazon.chaos()
    await stage.change(
        "update amc.connection set state = 'broken', state_reason = 'revoked' where tenant_id = :t"
    )
    for _ in range(fetching.MOST_FETCHES + 1):
        await _not_before_now(stage)
        await fetching.fetch(stage.database, stage.owner, run_id=run_id)
    run = await stage.run(run_id)
    assert (run.state, run.state_reason) == ("fetching", "revoked")
    await stage.change("update amc.connection set state = 'healthy' where tenant_id = :t")
    await _not_before_now(stage)
    assert (await stage.ended(run_id)).state == "succeeded"


async def test_accounts_are_compared_when_amazon_has_time(stage: Stage) -> None:
    [row] = await stage.change("select id from amc.connection where tenant_id = :t")
    await stage.step()  # what signing in has asked for
    stage.amazon.chaos(*storm("accounts", "instances", retry_after=90, count=10))
    await stage.again(syncing.SYNC_JOB, connection_id=row.id)
    await stage.step()
    [(at, arguments)] = await _put_off(stage, syncing.SYNC_JOB)
    assert at > utc_now() + timedelta(seconds=60)
    assert arguments == {"connection_id": str(row.id), "times": 1}
    stage.amazon.chaos()
    await stage.change("update amc.account set synced_at = 'epoch' where tenant_id = :t")
    await _due_now(stage)
    assert await _put_off(stage, syncing.SYNC_JOB) == []
    [found] = await stage.change("select min(synced_at) at from amc.account where tenant_id = :t")
    assert found.at.year > 2000


async def test_the_catalogue_is_filled_when_amazon_has_time(stage: Stage) -> None:
    [row] = await stage.change("select id from amc.connection where tenant_id = :t")
    stage.amazon.chaos({"fault": "http_429", "operation": "*", "value": 90, "count": 1})
    async with stage.database.transaction(stage.owner) as session:
        import_id = await catalogue.ask_for_fetch(
            session, stage.owner, connection_id=row.id, subject="campaigns", now=utc_now()
        )
    await stage.step()
    assert (await _import(stage, import_id)).state == "waiting"
    [(at, arguments)] = await _put_off(stage, catalogue.FETCH_JOB)
    assert at > utc_now() + timedelta(seconds=60)
    assert arguments["times"] == 1
    await _due_now(stage)
    found = await _import(stage, import_id)
    assert (found.state, found.lines > 0) == ("done", True)


async def _import(stage: Stage, import_id: UUID) -> Any:
    query = "select state, lines from amc.catalogue_import where tenant_id = :t and id = :id"
    return (await stage.change(query, id=import_id)).one()


async def _put_off(stage: Stage, job: str) -> list[tuple[Any, dict[str, Any]]]:
    rows = await stage.database.system.fetch(
        "select run_at, arguments from kernel.outbox where tenant_id = $1 and name = $2",
        stage.tenant_id, job,
    )  # fmt: skip
    return [(row["run_at"], orjson.loads(row["arguments"])) for row in rows]


async def _due_now(stage: Stage) -> None:
    """Time passes: what was put off is due, and our brake is open again."""
    await stage.database.system.execute(
        "update kernel.outbox set run_at = now() where tenant_id = $1", stage.tenant_id
    )
    pacing_of = connection_site.site().pacing
    pacing_of._buckets.clear()
    await stage.step()

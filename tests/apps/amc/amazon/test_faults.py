"""429, 5xx, broken lines, ended tokens: what is asked again, what never is."""

import asyncio
import datetime as dt

import pytest

from metatron.apps.amc.amazon import errors, wire
from metatron.apps.amc.amazon.pacing import FULL_PER_SECOND, Pacing, TokenBucket
from metatron.kernel.clock import utc_now
from metatron.kernel.ids import new_id
from tests.apps.amc.amazon.conftest import Caller
from tests.apps.amc.amazon.cutting import line_to
from tests.apps.amc.amazon.test_client import DRAFT


async def test_a_storm_of_429_is_outlived_and_slows_us_down(caller: Caller) -> None:
    caller.amazon.chaos({"fault": "http_429", "probability": 0.6, "value": 3}, seed=11)
    bucket = TokenBucket()
    client = caller.client(bucket=bucket)
    answered = 0
    for _ in range(20):
        try:
            await client.accounts()
            answered += 1
        except errors.Throttled:
            continue
    refused = len(caller.sent) - answered
    assert answered >= 18  # six attempts at 60 % fail in one of twenty calls
    assert refused > 10
    # Each refusal is followed by a wait of what Amazon asked for, and no two waits are alike.
    waits = [each for each in caller.slept if each >= 3]
    assert len(waits) >= refused - (20 - answered)
    assert len(set(waits)) > len(waits) / 2
    assert bucket.per_second < FULL_PER_SECOND


async def test_no_longer_than_the_callers_patience(caller: Caller) -> None:
    caller.amazon.chaos({"fault": "http_429", "value": 120})
    with pytest.raises(errors.Throttled) as told:
        await caller.client(seconds=5).accounts()
    assert told.value.retry_after_seconds == 120
    assert len(caller.sent) == 1
    assert caller.slept == []


async def test_a_429_on_asking_for_a_run_is_asked_again(caller: Caller) -> None:
    """It was refused before it had any effect."""
    caller.amazon.chaos({"fault": "http_429", "operation": "create_execution", "count": 2})
    made = await caller.client().create_execution(DRAFT)
    found = await caller.client().executions(utc_now() - dt.timedelta(seconds=30))
    assert made.execution_id in {each.execution_id for each in found}
    assert len([each for each in caller.sent if each.startswith("POST")]) == 3


async def test_other_4xx_are_never_asked_again(caller: Caller) -> None:
    caller.amazon.chaos({"fault": "forbidden_instance"})
    with pytest.raises(errors.AmazonForbade):
        await caller.client().data_sources()
    assert len(caller.sent) == 1
    assert caller.slept == []


async def test_5xx_are_asked_again_with_growing_jitter(caller: Caller) -> None:
    caller.amazon.chaos({"fault": "http_500", "count": 3})
    await caller.client().accounts()
    assert len(caller.sent) == 4
    assert len(caller.slept) == 3
    assert all(0 <= each <= 8 for each in caller.slept)
    caller.amazon.chaos({"fault": "http_500"})
    with pytest.raises(errors.AmazonUnavailable, match="500"):
        await caller.client().accounts()
    assert len(caller.sent) == 4 + wire.MOST_ATTEMPTS


async def test_a_lost_answer_to_a_run_is_looked_for_not_sent_again(caller: Caller) -> None:
    began = utc_now() - dt.timedelta(seconds=5)
    async with line_to(caller.amazon.url) as line:
        line.cuts = [10]
        with pytest.raises(errors.LostAnswer):
            await caller.client(line.url).create_execution(DRAFT)
        assert line.connections == 1
    found = await caller.client().executions(began, include_workflow=True)
    assert len([each for each in found if each.sql == DRAFT.document()["workflow"]["sqlQuery"]
                and each.created_at is not None and each.created_at >= began]) >= 1  # fmt: skip


async def test_a_500_to_a_run_is_not_sent_again(caller: Caller) -> None:
    caller.amazon.chaos({"fault": "http_500", "operation": "create_execution"})
    with pytest.raises(errors.LostAnswer):
        await caller.client().create_execution(DRAFT)
    assert len(caller.sent) == 1


async def test_a_run_that_was_never_sent_is_sent_again(caller: Caller) -> None:
    dead = "http://127.0.0.1:9"
    with pytest.raises(errors.AmazonUnavailable, match="ConnectError"):
        await caller.client(dead).create_execution(DRAFT)
    assert len(caller.sent) == wire.MOST_ATTEMPTS


async def test_reads_survive_resets(caller: Caller) -> None:
    async with line_to(caller.amazon.url) as line:
        line.cuts = [0, 50, 120]
        assert len(await caller.client(line.url).accounts()) == 2
        assert line.connections == 4


async def test_an_ended_token_is_renewed_once_and_the_call_repeated_once(caller: Caller) -> None:
    caller.amazon.chaos({"fault": "expired_token", "count": 1})
    assert len(await caller.client().accounts()) == 2
    assert caller.holder.renewals == 1
    caller.amazon.chaos({"fault": "expired_token"})
    with pytest.raises(errors.TokenRefused):
        await caller.client().accounts()
    assert caller.holder.renewals == 2


async def test_no_failure_names_a_token(caller: Caller) -> None:
    """Neither in its words nor in what it was raised from."""
    token = caller.holder.tokens.access
    for rule in ({"fault": "http_500"}, {"fault": "expired_token"}, {"fault": "http_429"}):
        caller.amazon.chaos(rule)
        with pytest.raises(errors.AmazonError) as told:
            await caller.client(seconds=0.5).accounts()
        seen: BaseException | None = told.value
        while seen is not None:
            assert token not in f"{seen!r} {seen} {seen.__dict__}"
            assert not hasattr(seen, "request")
            seen = seen.__cause__


async def test_the_bucket_paces_and_recovers() -> None:
    now = [0.0]
    bucket = TokenBucket(lambda: now[0])
    assert [bucket.take() for _ in range(20)] == [0.0] * 20
    assert bucket.take() == pytest.approx(1 / FULL_PER_SECOND)
    bucket.refused(30.0)
    assert bucket.take() == 30.0
    assert bucket.per_second == FULL_PER_SECOND / 2
    for _ in range(20):
        bucket.refused(1.0)
    assert bucket.per_second == pytest.approx(0.1)
    now[0] = 1_000.0
    assert bucket.take() == 0.0
    for _ in range(200):
        bucket.answered()
    assert bucket.per_second == FULL_PER_SECOND


async def test_one_tenants_storm_does_not_slow_another() -> None:
    pacing, ours, others = Pacing(), new_id(), new_id()
    pacing.bucket(ours, "i").refused(60)
    assert pacing.bucket(ours, "i").take() > 50
    assert pacing.bucket(ours, "j").take() == 0
    assert pacing.bucket(others, "i").take() == 0


async def test_a_full_bucket_says_when_to_come_back(caller: Caller) -> None:
    bucket = TokenBucket()
    bucket.refused(60)
    with pytest.raises(errors.Throttled) as told:
        await caller.client(seconds=10, bucket=bucket).accounts()
    assert 50 < told.value.retry_after_seconds <= 60
    assert caller.sent == []


async def test_parallel_calls_share_one_client(caller: Caller) -> None:
    client = caller.client()
    found = await asyncio.gather(*(client.accounts() for _ in range(20)))
    assert {len(each) for each in found} == {2}

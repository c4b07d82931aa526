"""Faults of the provider and of ourselves: one effect, and an end that agrees with its books."""

import asyncio
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from metatron.kernel.clock import utc_now
from metatron.kernel.context import Context
from metatron.kernel.database.database import Database
from metatron.platform.payments.adapter import Confirmed, Failed, Unknown
from metatron.platform.payments.instructions import begin_attempt
from metatron.platform.payments.interface import record_outcome
from metatron.platform.payments.overdue import take_up_overdue
from metatron.platform.payments.sandbox_adapter import SandboxAdapter
from tests.platform.payments.provider_process import ProviderProcess
from tests.platform.payments.steps import (
    LaterClock,
    announced,
    ask,
    connected,
    done,
    jobs,
    names,
    read,
    send,
)

CONFIRMED = "payments.instruction_confirmed.v1"


def knows(provider: ProviderProcess, instruction_id: UUID) -> bool:
    return provider.call("GET", f"/v1/requests/{instruction_id}").status_code == 200


async def until_known(provider: ProviderProcess, instruction_id: UUID) -> None:
    for _ in range(500):
        if knows(provider, instruction_id):
            return
        await asyncio.sleep(0.01)
    raise TimeoutError(instruction_id)


@pytest.mark.usefixtures("adapter")
@pytest.mark.parametrize(
    ("fault", "state", "has_effect"),
    [
        ("timeout_with_effect", "unknown", True),
        ("timeout_without_effect", "unknown", False),
        ("timeout_with_late_effect", "unknown", False),
        ("http_500", "unknown", False),
        ("http_429", "sent", False),
    ],
)
async def test_a_fault_is_got_over_with_one_effect(
    database: Database,
    tenant: Context,
    provider: ProviderProcess,
    fault: str,
    state: str,
    *,
    has_effect: bool,
) -> None:
    before = provider.balance()
    provider.faults({"operation": "authorise", "fault": fault, "count": 1, "seconds": 1.0})
    made = await ask(database, tenant, "capture")
    first = await send(database, tenant, made.id)
    assert (first.state, first.attempts) == (state, 1)
    assert first.next_attempt_at is not None
    assert knows(provider, made.id) == has_effect
    assert await names(database, tenant) == []
    assert len(await jobs(database, tenant)) == 2
    second = await send(database, tenant, made.id, now=LaterClock().next())
    assert second.state == "confirmed"
    if "late" in fault:
        await asyncio.sleep(1.0)
    assert provider.balance() == before + 1000
    assert await names(database, tenant) == [CONFIRMED]


@pytest.mark.usefixtures("adapter")
async def test_a_partial_capture_confirms_what_was_taken(
    database: Database, tenant: Context, provider: ProviderProcess
) -> None:
    provider.faults({"operation": "authorise", "fault": "partial_capture", "count": 1})
    made = await done(database, tenant, "capture", amount=1001)
    assert (made.state, made.confirmed_amount_minor) == ("confirmed", 500)
    [(_, payload)] = await announced(database, tenant)
    assert (payload["amount_minor"], payload["requested_amount_minor"]) == (500, 1001)


@pytest.mark.usefixtures("adapter")
@pytest.mark.parametrize("operation", ["capture", "void", "refund", "payout"])
async def test_each_kind_may_be_declined(
    database: Database, tenant: Context, provider: ProviderProcess, operation: str
) -> None:
    hold = await done(database, tenant, "authorise")
    taken = await done(database, tenant, "capture")
    references: dict[str, dict[str, Any]] = {
        "capture": {"source_reference": hold.provider_reference},
        "void": {"source_reference": hold.provider_reference},
        "refund": {"source_reference": taken.provider_reference},
        "payout": {"destination": "acct_x"},
    }
    provider.faults({"operation": operation, "fault": "decline", "count": 1})
    before = provider.balance()
    made = await done(database, tenant, operation, **references[operation])
    assert (made.state, made.failure_code) == ("failed", f"{operation}_declined")
    assert provider.balance() == before


@pytest.mark.usefixtures("adapter")
async def test_nothing_is_sent_again_while_the_look_up_fails(
    database: Database, tenant: Context, provider: ProviderProcess
) -> None:
    provider.faults(
        {"operation": "authorise", "fault": "timeout_without_effect", "count": 1, "seconds": 1.0},
        {"operation": "read", "fault": "http_500", "count": 2},
    )
    made, clock = await ask(database, tenant, "capture"), LaterClock()
    for _ in range(3):
        assert (await send(database, tenant, made.id, now=clock.next())).state == "unknown"
    assert not knows(provider, made.id)
    assert (await send(database, tenant, made.id, now=clock.next())).state == "confirmed"


async def test_an_unreachable_provider_is_waited_for(
    database: Database, tenant: Context, own_provider: ProviderProcess
) -> None:
    async with connected(own_provider):
        made, clock = await ask(database, tenant, "capture"), LaterClock()
        own_provider.kill()
        for attempts in (1, 2, 3):
            now = await send(database, tenant, made.id, now=clock.next())
            assert (now.state, now.attempts) == ("sent", attempts)
            assert now.failure_code == "ConnectError"
        own_provider.start()
        assert (await send(database, tenant, made.id, now=clock.next())).state == "confirmed"
        assert own_provider.balance() == 1000


async def test_a_provider_killed_before_its_answer_is_asked_again(
    database: Database, tenant: Context, own_provider: ProviderProcess
) -> None:
    """Its effect was on disk; only the answer was lost with the process."""
    fault = {"operation": "authorise", "fault": "timeout_with_effect", "count": 1}
    own_provider.faults({**fault, "seconds": 30})
    async with connected(own_provider, timeout_seconds=20):
        made = await ask(database, tenant, "capture")
        sending = asyncio.create_task(send(database, tenant, made.id))
        await until_known(own_provider, made.id)
        own_provider.kill()
        assert (await sending).state == "unknown"
        own_provider.start()
        assert (await send(database, tenant, made.id, now=LaterClock().next())).state == "confirmed"
        assert own_provider.balance() == 1000
        assert await names(database, tenant) == [CONFIRMED]


@pytest.mark.usefixtures("adapter")
async def test_a_worker_that_dies_during_the_call_leaves_no_second_effect(
    database: Database, tenant: Context, provider: ProviderProcess
) -> None:
    before = provider.balance()
    fault = {"operation": "authorise", "fault": "timeout_with_effect", "count": 1}
    provider.faults({**fault, "seconds": 0.3})
    made = await ask(database, tenant, "capture")
    sending = asyncio.create_task(send(database, tenant, made.id))
    await until_known(provider, made.id)
    sending.cancel()
    with pytest.raises(asyncio.CancelledError):
        await sending
    left = await read(database, tenant, made.id)
    assert (left.state, left.attempts) == ("sent", 1)
    early = await send(database, tenant, made.id, now=utc_now() + timedelta(seconds=20))
    assert early == left
    assert (await send(database, tenant, made.id, now=LaterClock().next())).state == "confirmed"
    assert provider.balance() == before + 1000


@pytest.mark.usefixtures("adapter")
async def test_two_workers_at_once_have_one_effect(
    database: Database, tenant: Context, provider: ProviderProcess
) -> None:
    before = provider.balance()
    made = await ask(database, tenant, "capture")
    at = [utc_now() + timedelta(hours=hour) for hour in (1, 1, 2, 3)]
    await asyncio.gather(*(send(database, tenant, made.id, now=now) for now in at))
    assert (await read(database, tenant, made.id)).state == "confirmed"
    assert provider.balance() == before + 1000
    assert await names(database, tenant) == [CONFIRMED]


@pytest.mark.usefixtures("adapter")
async def test_the_first_word_stands_whoever_comes_second(
    database: Database, tenant: Context
) -> None:
    made = await done(database, tenant, "capture")
    for outcome in (Confirmed("auth_other", 1000), Failed("too_late"), Unknown("lost")):
        async with database.transaction(tenant) as session:
            again = await record_outcome(
                session, tenant, instruction_id=made.id, outcome=outcome, now=utc_now()
            )
        assert again == made
    assert await names(database, tenant) == [CONFIRMED]


@pytest.mark.usefixtures("adapter")
@pytest.mark.parametrize(("kind", "amount"), [("capture", 1001), ("capture", 0), ("payout", 999)])
async def test_an_amount_that_cannot_be_stays_unknown(
    database: Database, tenant: Context, kind: str, amount: int
) -> None:
    more: dict[str, Any] = {"destination": "acct_x"} if kind == "payout" else {}
    made = await ask(database, tenant, kind, **more)
    async with database.transaction(tenant) as session:
        await begin_attempt(session, tenant, instruction_id=made.id, now=utc_now())
        now = await record_outcome(
            session,
            tenant,
            instruction_id=made.id,
            outcome=Confirmed("ref_1", amount),
            now=utc_now(),
        )
    assert (now.state, now.failure_code) == ("unknown", "amount_differs")
    assert await names(database, tenant) == []


async def test_a_key_the_provider_has_forgotten_is_not_sent_again(
    database: Database,
    tenant: Context,
    provider: ProviderProcess,
    adapter: SandboxAdapter,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(adapter, "key_lifetime_seconds", 86_400)
    provider.faults(
        {"operation": "authorise", "fault": "timeout_without_effect", "count": 1, "seconds": 1.0}
    )
    made = await ask(database, tenant, "capture")
    await send(database, tenant, made.id)
    day = utc_now() + timedelta(hours=23, minutes=30)
    late = await send(database, tenant, made.id, now=day)
    assert (late.state, late.failure_code) == ("unknown", "key_forgotten_by_provider")
    assert not knows(provider, made.id)


@pytest.mark.usefixtures("adapter")
async def test_waits_double_up_to_five_minutes(
    database: Database, tenant: Context, provider: ProviderProcess
) -> None:
    provider.faults({"operation": "*", "fault": "http_500"})
    made, clock = await ask(database, tenant, "capture"), LaterClock()
    waits = []
    for _ in range(11):
        now = await send(database, tenant, made.id, now=clock.next())
        assert now.next_attempt_at is not None
        waits.append(round((now.next_attempt_at - now.updated_at).total_seconds()))
    assert waits == [1, 2, 4, 8, 16, 32, 64, 128, 256, 300, 300]


@pytest.mark.usefixtures("adapter")
async def test_what_a_crashed_worker_left_is_taken_up(
    committed_database: tuple[object, Database], tenant: Context
) -> None:
    _, database = committed_database
    past = utc_now() - timedelta(minutes=3)
    lost = await ask(database, tenant, "capture", now=past)
    await ask(database, tenant, "capture")
    assert len(await jobs(database, tenant)) == 2
    assert await take_up_overdue(database) == 1
    assert len(await jobs(database, tenant)) == 3
    assert await take_up_overdue(database) == 0
    assert (await send(database, tenant, lost.id)).state == "confirmed"

"""Authorise, capture, void, expiry and refunds in parts, all through the real provider."""

import asyncio
from datetime import UTC, datetime, timedelta

import pytest

from metatron.kernel.context import Context
from metatron.kernel.database.database import Database
from metatron.platform.payments.errors import RefundExceedsCapture
from metatron.platform.payments.instructions import Instruction
from tests.platform.payments.provider_process import ProviderProcess
from tests.platform.payments.steps import (
    LaterClock,
    announced,
    ask,
    connected,
    done,
    inbox_has,
    names,
    process_all,
)
from tests.platform.payments.test_webhooks import listen

pytestmark = pytest.mark.usefixtures("adapter")


async def test_a_hold_says_until_when_it_can_be_captured(
    database: Database, tenant: Context
) -> None:
    hold = await done(database, tenant, "authorise")
    [(_, payload)] = await announced(database, tenant)
    assert hold.capture_before is not None
    about_seven_days = hold.capture_before - datetime.now(UTC) - timedelta(days=7)
    assert abs(about_seven_days) < timedelta(minutes=5)
    assert datetime.fromisoformat(payload["capture_before"]) == hold.capture_before


async def test_hold_capture_in_part_and_the_rest_is_free(
    database: Database, tenant: Context, provider: ProviderProcess
) -> None:
    hold = await done(database, tenant, "authorise", amount=2000)
    before = provider.balance()
    taken = await done(
        database, tenant, "capture", amount=1500, source_reference=hold.provider_reference
    )
    assert (taken.state, taken.confirmed_amount_minor) == ("confirmed", 1500)
    assert taken.provider_reference == hold.provider_reference
    assert provider.balance() == before + 1500
    again = await done(
        database, tenant, "capture", amount=500, source_reference=hold.provider_reference
    )
    assert (again.state, again.failure_code) == ("failed", "authorisation_captured")
    late = await done(database, tenant, "void", source_reference=hold.provider_reference)
    assert (late.state, late.failure_code) == ("failed", "authorisation_captured")


async def test_a_hold_is_let_go_once(
    database: Database, tenant: Context, provider: ProviderProcess
) -> None:
    hold = await done(database, tenant, "authorise")
    void = await done(database, tenant, "void", source_reference=hold.provider_reference)
    assert void.state == "confirmed"
    more = await done(database, tenant, "capture", source_reference=hold.provider_reference)
    assert (more.state, more.failure_code) == ("failed", "authorisation_voided")


async def test_a_hold_that_expires_during_an_outage_is_told_and_cannot_be_captured(
    database: Database, tenant: Context, own_provider: ProviderProcess, web: str
) -> None:
    async with connected(own_provider):
        hold = await done(database, tenant, "authorise")
        listen(own_provider, web)
        own_provider.kill()
        own_provider.start()
        own_provider.call("POST", "/control/clock/advance", {"seconds": 7 * 86_400 + 60})
        late = await done(database, tenant, "capture", source_reference=hold.provider_reference)
        assert (late.state, late.failure_code) == ("failed", "authorisation_expired")
        await inbox_has(database, tenant, 1)
        await process_all(database, tenant, LaterClock().next())
    told = dict(await announced(database, tenant))
    seen = told["payments.observation_recorded.v1"]
    assert (seen["action"], seen["instruction_id"]) == ("expired", str(hold.id))


async def test_several_refunds_never_exceed_the_capture(
    database: Database, tenant: Context, provider: ProviderProcess
) -> None:
    taken = await done(database, tenant, "capture", amount=1000)
    source = taken.provider_reference
    before = provider.balance()
    for amount in (400, 350):
        part = await done(database, tenant, "refund", amount=amount, source_reference=source)
        assert part.state == "confirmed"
    with pytest.raises(RefundExceedsCapture):
        await ask(database, tenant, "refund", amount=251, source_reference=source)
    rest = await done(database, tenant, "refund", amount=250, source_reference=source)
    assert rest.state == "confirmed"
    assert provider.balance() == before - 1000
    assert len(await names(database, tenant)) == 4


async def test_refunds_asked_for_at_once_never_exceed_the_capture(
    database: Database, tenant: Context
) -> None:
    taken = await done(database, tenant, "capture", amount=1000)
    asked = await asyncio.gather(
        *(
            ask(database, tenant, "refund", amount=400, source_reference=taken.provider_reference)
            for _ in range(6)
        ),
        return_exceptions=True,
    )
    assert sum(isinstance(one, Instruction) for one in asked) == 2
    assert sum(isinstance(one, RefundExceedsCapture) for one in asked) == 4


async def test_a_refund_that_failed_may_be_asked_for_again(
    database: Database, tenant: Context, provider: ProviderProcess
) -> None:
    taken = await done(database, tenant, "capture")
    provider.faults({"operation": "refund", "fault": "decline", "count": 1})
    first = await done(database, tenant, "refund", source_reference=taken.provider_reference)
    assert first.state == "failed"
    second = await done(database, tenant, "refund", source_reference=taken.provider_reference)
    assert second.state == "confirmed"


async def test_a_refund_after_one_by_hand_is_the_providers_to_refuse(
    database: Database, tenant: Context, provider: ProviderProcess
) -> None:
    taken = await done(database, tenant, "capture")
    path = f"/control/authorisations/{taken.provider_reference}/refund"
    provider.call("POST", path, {"amount_minor": 1})
    refund = await done(database, tenant, "refund", source_reference=taken.provider_reference)
    assert (refund.state, refund.failure_code) == ("failed", "already_refunded")

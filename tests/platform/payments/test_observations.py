"""What happens at the provider without an instruction: kept once, told once, in any order."""

import asyncio
import json
from typing import Any

import pytest
from sqlalchemy import text

from metatron.kernel.clock import utc_now
from metatron.kernel.context import Context
from metatron.kernel.database.database import Database
from metatron.kernel.ids import new_id
from metatron.platform.payments.inbox import MOST_PARKED_ATTEMPTS
from tests.platform.payments.provider_process import ProviderProcess
from tests.platform.payments.steps import (
    LaterClock,
    announced,
    ask,
    connected,
    done,
    inbox,
    inbox_has,
    process_all,
    read,
    send,
)
from tests.platform.payments.test_webhooks import listen, post, signed

pytestmark = pytest.mark.usefixtures("adapter")
RECORDED = "payments.observation_recorded.v1"


async def recorded(database: Database, tenant: Context) -> list[dict[str, Any]]:
    return [payload for name, payload in await announced(database, tenant) if name == RECORDED]


async def rows(database: Database, tenant: Context) -> list[Any]:
    async with database.transaction(tenant) as session:
        query = (
            "select action, amount_minor, fee_minor, origin from payments.observation order by id"
        )
        return [tuple(row) for row in await session.execute(text(query))]


async def settle(database: Database, tenant: Context, webhooks: int) -> None:
    """Wait for the webhooks, then read them until nothing is parked any more."""
    await inbox_has(database, tenant, webhooks)
    clock = LaterClock()
    for _ in range(4):
        await process_all(database, tenant, clock.next())


@pytest.fixture
def charging(provider: ProviderProcess) -> Any:
    body = {"capture": {"fixed_minor": 25, "rate_bp": 150}, "dispute_minor": 700}
    assert provider.call("POST", "/control/fees", body).status_code == 200
    yield
    provider.call("POST", "/control/fees", {})


@pytest.mark.usefixtures("charging")
async def test_fees_and_disputes_are_kept_with_their_target(
    database: Database, tenant: Context, provider: ProviderProcess, web: str
) -> None:
    listen(provider, web)
    before = provider.balance()
    taken = await done(database, tenant, "capture", amount=10_000)
    path = f"/control/authorisations/{taken.provider_reference}/dispute"
    dispute = provider.call("POST", path, {"amount_minor": 4000}).json()
    provider.call("POST", f"/control/disputes/{dispute['id']}/won")
    await settle(database, tenant, 4)
    assert provider.balance() - before == 10_000 - 175 - 700
    seen = await recorded(database, tenant)
    assert sorted((one["action"], one["amount_minor"], one["fee_minor"]) for one in seen) == [
        ("dispute_opened", 4000, 700),
        ("dispute_won", 4000, 0),
        ("fee_charged", 0, 175),
    ]
    for one in seen:
        assert one["target_id"] == one["aggregate_id"] == str(taken.target_id)
        assert one["instruction_id"] == str(taken.id)
        assert (one["provider"], one["currency"]) == ("sandbox", "EUR")
        assert one["source_reference"] == taken.provider_reference
        assert one["occurred_at"] is not None


async def test_a_fee_waits_for_no_outcome(
    database: Database, tenant: Context, own_provider: ProviderProcess, web: str
) -> None:
    """A payout may be pending for days: its fee is charged at once and stays either way."""
    async with connected(own_provider):
        await done(database, tenant, "capture")
        hold = {"at": utc_now().isoformat()}
        assert own_provider.call("POST", "/control/clock/hold", hold).status_code == 200
        own_provider.call("POST", "/control/fees", {"payout": {"fixed_minor": 11}})
        listen(own_provider, web)
        asked = await ask(database, tenant, "payout", amount=500, destination="acct_x")
        assert (await send(database, tenant, asked.id)).state == "sent"
        await inbox_has(database, tenant, 2)
        await process_all(database, tenant)
        assert await rows(database, tenant) == [("fee_charged", 0, 11, "webhook")]
        assert "parked" not in [state for *_, state in await inbox(database, tenant)]
        [told] = await recorded(database, tenant)
        assert told["instruction_id"] == str(asked.id)


async def test_everything_done_in_the_dashboard_is_kept(
    database: Database, tenant: Context, provider: ProviderProcess, web: str
) -> None:
    taken = await done(database, tenant, "capture")
    held, freed = [await done(database, tenant, "authorise") for _ in range(2)]
    listen(provider, web)
    for path, body in [
        (f"/control/authorisations/{taken.provider_reference}/refund", {"amount_minor": 400}),
        (f"/control/authorisations/{held.provider_reference}/capture", {"amount_minor": 600}),
        (f"/control/authorisations/{freed.provider_reference}/void", {}),
    ]:
        assert provider.call("POST", path, body).status_code == 201
    await settle(database, tenant, 3)
    assert sorted(await rows(database, tenant)) == [
        ("captured", 600, 0, "webhook"),
        ("refunded", 400, 0, "webhook"),
        ("voided", 1000, 0, "webhook"),
    ]
    assert {one["target_id"] for one in await recorded(database, tenant)} == {
        str(one.target_id) for one in (taken, held, freed)
    }


async def test_the_same_fact_in_two_messages_is_kept_once(
    database: Database, tenant: Context, provider: ProviderProcess, web: str
) -> None:
    taken = await done(database, tenant, "capture")
    refund = {
        "id": f"re_{new_id().hex}", "object": "refund", "amount_minor": 300, "currency": "EUR",
        "status": "succeeded", "authorisation": taken.provider_reference,
        "metadata": {"tenant_id": str(tenant.tenant_id)},
    }  # fmt: skip
    for number in range(3):
        body = {
            "id": f"evt_{number}_{new_id().hex}", "type": "refund.succeeded", "livemode": False,
            "created": 1_790_000_000, "request": {"idempotency_key": None},
            "data": {"object": refund},
        }  # fmt: skip
        raw = json.dumps(body).encode()
        assert (await post(web, raw, signed(provider, raw))).json() == {"status": "received"}
    await settle(database, tenant, 3)
    assert await rows(database, tenant) == [("refunded", 300, 0, "webhook")]
    [told] = await recorded(database, tenant)
    assert told["occurred_at"].startswith("2026-09-21T")
    assert sorted(row[2] for row in await inbox(database, tenant)) == [
        "ignored", "ignored", "processed"
    ]  # fmt: skip


def dispute_message(tenant: Context, reference: str, source: str, state: str) -> bytes:
    about = {
        "id": reference, "object": "dispute", "amount_minor": 1000, "fee_minor": 1500,
        "currency": "EUR", "status": state, "authorisation": source,
        "metadata": {"tenant_id": str(tenant.tenant_id)},
    }  # fmt: skip
    body = {
        "id": f"evt_{new_id().hex}", "type": f"dispute.{state}", "livemode": False,
        "created": 1_790_000_000, "request": {"idempotency_key": None}, "data": {"object": about},
    }  # fmt: skip
    return json.dumps(body).encode()


async def test_a_dispute_that_closes_before_it_opens_is_parked(
    database: Database, tenant: Context, provider: ProviderProcess, web: str
) -> None:
    taken = await done(database, tenant, "capture")
    reference = f"dp_{new_id().hex}"
    clock = LaterClock()
    for state in ("lost", "opened"):
        raw = dispute_message(tenant, reference, str(taken.provider_reference), state)
        await post(web, raw, signed(provider, raw))
        await process_all(database, tenant, clock.next())
        if state == "lost":
            assert [row[2] for row in await inbox(database, tenant)] == ["parked"]
            assert await rows(database, tenant) == []
    await process_all(database, tenant, clock.next())
    assert [row[0] for row in await rows(database, tenant)] == ["dispute_opened", "dispute_lost"]


async def test_a_refund_by_hand_before_our_capture_is_confirmed_waits_for_it(
    database: Database, tenant: Context, provider: ProviderProcess, web: str
) -> None:
    from metatron.kernel.clock import utc_now
    from metatron.platform.payments.adapter import Confirmed
    from metatron.platform.payments.interface import record_outcome
    from tests.platform.payments.steps import ask

    asked = await ask(database, tenant, "capture")
    made = provider.capture(str(asked.id), metadata={"tenant_id": str(tenant.tenant_id)})
    listen(provider, web)
    provider.call("POST", f"/control/authorisations/{made['id']}/refund", {"amount_minor": 100})
    await inbox_has(database, tenant, 1)
    clock = LaterClock()
    await process_all(database, tenant, clock.next())
    assert [row[2] for row in await inbox(database, tenant)] == ["parked"]
    async with database.transaction(tenant) as session:
        outcome = Confirmed(made["id"], 1000)
        await record_outcome(
            session, tenant, instruction_id=asked.id, outcome=outcome, now=utc_now()
        )
    await process_all(database, tenant, clock.next())
    names = [name for name, _ in await announced(database, tenant)]
    assert names.index("payments.instruction_confirmed.v1") < names.index(RECORDED)


async def test_what_nobody_here_knows_is_kept_without_a_target_in_the_end(
    database: Database, tenant: Context, provider: ProviderProcess, web: str
) -> None:
    raw = dispute_message(tenant, f"dp_{new_id().hex}", f"auth_{new_id().hex}", "opened")
    await post(web, raw, signed(provider, raw))
    clock = LaterClock()
    for _ in range(MOST_PARKED_ATTEMPTS + 1):
        await process_all(database, tenant, clock.next())
        await process_all(database, tenant, clock.next())
    assert [row[2] for row in await inbox(database, tenant)] == ["unmatched"]
    [told] = await recorded(database, tenant)
    assert (told["target_id"], told["instruction_id"]) == (None, None)
    assert told["aggregate_id"] == told["observation_id"]


async def test_a_returned_payout_is_an_observation_too(
    database: Database, tenant: Context, provider: ProviderProcess, web: str
) -> None:
    await done(database, tenant, "capture", amount=5000)
    paid = await done(database, tenant, "payout", destination="acct_supplier")
    listen(provider, web)
    provider.call("POST", f"/control/payouts/{paid.provider_reference}/return")
    await settle(database, tenant, 1)
    [told] = await recorded(database, tenant)
    assert (told["action"], told["amount_minor"]) == ("payout_returned", 1000)
    assert told["is_instruction_returned"] is True
    assert (await read(database, tenant, paid.id)).returned_at is not None


async def test_observations_cannot_be_changed(
    database: Database, tenant: Context, provider: ProviderProcess, web: str
) -> None:
    from sqlalchemy.exc import DBAPIError

    hold = await done(database, tenant, "authorise")
    listen(provider, web)
    provider.call("POST", f"/control/authorisations/{hold.provider_reference}/void")
    await settle(database, tenant, 1)
    for statement in (
        "update payments.observation set amount_minor = 1",
        "delete from payments.observation",
    ):
        with pytest.raises(DBAPIError):
            async with database.transaction(tenant) as session:
                await session.execute(text(statement))
    await asyncio.sleep(0)
    assert len(await rows(database, tenant)) == 1

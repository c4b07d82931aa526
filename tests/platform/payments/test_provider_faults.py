"""Faults of providers that no other test is about; the README says where each is tested."""

import json
import random
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from metatron.kernel.clock import utc_now
from metatron.kernel.context import Context
from metatron.kernel.database.database import Database
from metatron.kernel.ids import new_id
from metatron.platform.payments.inbox import process_webhook
from metatron.platform.payments.sandbox_adapter import SandboxAdapter
from metatron.platform.payments.statements.importing import Document, import_statement
from metatron.platform.payments.statements.reading import parse_statement
from tests.platform.payments.provider_process import ProviderProcess
from tests.platform.payments.statement_steps import (
    HEADER,
    breaks,
    fetch,
    lines,
    position,
    upload,
)
from tests.platform.payments.steps import (
    LaterClock,
    announced,
    connected,
    done,
    inbox,
    inbox_has,
    process_all,
    read,
)
from tests.platform.payments.test_observations import recorded, settle
from tests.platform.payments.test_webhooks import listen, post, signed

TODAY = utc_now().date()


async def test_a_dispute_after_the_release_is_told_and_stands_on_the_statement(
    database: Database, tenant: Context, own_provider: ProviderProcess, web: str
) -> None:
    async with connected(own_provider) as adapter:
        taken = await done(database, tenant, "capture")
        await done(database, tenant, "payout", destination="acct_supplier")
        listen(own_provider, web)
        path = f"/control/authorisations/{taken.provider_reference}/dispute"
        dispute = own_provider.call("POST", path, {}).json()
        own_provider.call("POST", f"/control/disputes/{dispute['id']}/lost")
        await settle(database, tenant, 2)
        assert own_provider.balance() == -2500
        await fetch(database, tenant, adapter, TODAY)
    assert [one["action"] for one in await recorded(database, tenant)] == [
        "dispute_opened", "dispute_lost"
    ]  # fmt: skip
    assert await breaks(database, tenant) == []
    assert (await position(database, tenant)).escrow_minor == -2500


async def test_a_dispute_won_after_a_refund_brings_back_what_was_disputed(
    database: Database, tenant: Context, own_provider: ProviderProcess, web: str
) -> None:
    async with connected(own_provider) as adapter:
        taken = await done(database, tenant, "capture")
        source = taken.provider_reference
        await done(database, tenant, "refund", amount=400, source_reference=source)
        listen(own_provider, web)
        dispute = own_provider.call("POST", f"/control/authorisations/{source}/dispute", {}).json()
        late = await done(database, tenant, "refund", amount=600, source_reference=source)
        assert (late.state, late.failure_code) == ("failed", "payment_disputed")
        own_provider.call("POST", f"/control/disputes/{dispute['id']}/won")
        await settle(database, tenant, 2)
        again = await done(database, tenant, "refund", amount=600, source_reference=source)
        # The fee of the dispute is gone, so the escrow cannot pay the refund whole.
        assert (again.state, again.failure_code) == ("failed", "balance_insufficient")
        await fetch(database, tenant, adapter, TODAY)
    seen = [(one["action"], one["amount_minor"]) for one in await recorded(database, tenant)]
    assert seen == [("dispute_opened", 600), ("dispute_won", 600)]
    assert await breaks(database, tenant) == []


@pytest.mark.usefixtures("adapter")
async def test_a_webhook_three_days_late_is_taken_with_its_own_time(
    database: Database, tenant: Context, provider: ProviderProcess, web: str
) -> None:
    taken = await done(database, tenant, "capture")
    then = datetime.now(UTC).replace(microsecond=0) - timedelta(days=3)
    about = {
        "id": f"re_{new_id().hex}", "object": "refund", "amount_minor": 5, "currency": "EUR",
        "status": "succeeded", "authorisation": taken.provider_reference,
        "metadata": {"tenant_id": str(tenant.tenant_id)},
    }  # fmt: skip
    body: dict[str, Any] = {
        "id": f"evt_{new_id().hex}", "type": "refund.succeeded", "livemode": False,
        "created": int(then.timestamp()), "request": {"idempotency_key": None},
        "data": {"object": about},
    }  # fmt: skip
    raw = json.dumps(body).encode()
    assert (await post(web, raw, signed(provider, raw))).status_code == 200
    await process_all(database, tenant)
    [told] = await recorded(database, tenant)
    assert datetime.fromisoformat(told["occurred_at"]) == then


@pytest.mark.usefixtures("adapter")
async def test_an_unknown_type_and_a_late_word_change_nothing(
    database: Database, tenant: Context, provider: ProviderProcess, web: str
) -> None:
    taken = await done(database, tenant, "capture")
    about = {
        "id": taken.provider_reference, "amount_minor": 1000, "amount_captured_minor": 1,
        "currency": "EUR", "status": "captured", "metadata": {"tenant_id": str(tenant.tenant_id)},
    }  # fmt: skip
    for kind, key in (("weather.changed", None), ("authorisation.captured", str(taken.id))):
        body = {
            "id": f"evt_{new_id().hex}", "type": kind, "livemode": False, "created": 1,
            "request": {"idempotency_key": key}, "data": {"object": about},
        }  # fmt: skip
        raw = json.dumps(body).encode()
        await post(web, raw, signed(provider, raw))
    await process_all(database, tenant)
    assert [row[2] for row in await inbox(database, tenant)] == ["ignored", "processed"]
    assert await read(database, tenant, taken.id) == taken


async def test_the_old_webhook_secret_holds_until_it_is_retired(
    database: Database, tenant: Context, own_provider: ProviderProcess, web: str
) -> None:
    old = own_provider.keys()["webhook_secret"]
    new = "whsec_rotated_rotated"
    from metatron.platform.payments import providers

    async with connected(own_provider):
        listen(own_provider, web)
        own_provider.call("POST", "/control/webhook_secrets/rotate", {"secret": new})
        await done(database, tenant, "authorise")
        await inbox_has(database, tenant, 1)
        both = SandboxAdapter(own_provider.url, own_provider.keys()["secret_key"], (new, old))
        providers.configure(both)
        own_provider.call("POST", "/control/webhook_secrets/retire")
        await done(database, tenant, "authorise")
        await inbox_has(database, tenant, 2)
        await both.close()


@pytest.mark.usefixtures("adapter")
async def test_an_import_that_dies_half_way_leaves_nothing(
    database: Database, tenant: Context
) -> None:
    reference = (await done(database, tenant, "capture")).provider_reference
    csv = HEADER + f"{TODAY},EUR,1000,{reference},capture,L1\n"
    session = await database.session(tenant)
    await import_statement(
        session,
        tenant,
        document=Document("sandbox", "upload", "csv", csv.encode()),
        parsed=parse_statement(csv.encode(), "csv"),
        now=utc_now(),
    )
    await session.close()
    assert await lines(database, tenant) == []
    done_now = await upload(database, tenant, csv)
    assert done_now.reconciled is not None
    assert done_now.reconciled.matched == 1


@pytest.mark.parametrize("seed", [1, 2, 3, 4])
async def test_any_order_of_the_same_messages_gives_the_same_records(
    database: Database, tenant: Context, own_provider: ProviderProcess, web: str, *, seed: int
) -> None:
    """Permuted and doubled by the seed: invariant 13, as far as it is this module's."""
    chance = random.Random(seed)
    async with connected(own_provider) as adapter:
        taken = await done(database, tenant, "capture", amount=9000)
        hold = await done(database, tenant, "authorise")
        paid = await done(database, tenant, "payout", amount=100, destination="acct_supplier")
        own_provider.call("POST", "/control/fees", {"refund": {"fixed_minor": 11}})
        faults = [
            {"operation": "webhook", "fault": fault, "probability": 0.3, "seconds": 0.4}
            for fault in ("webhook_duplicate", "webhook_reorder", "webhook_late")
        ]
        own_provider.faults(*faults, seed=seed)
        listen(own_provider, web)
        source = f"/control/authorisations/{taken.provider_reference}"
        own_provider.call("POST", f"{source}/refund", {"amount_minor": 700})
        own_provider.call("POST", f"{source}/refund", {"amount_minor": 300})
        dispute = own_provider.call("POST", f"{source}/dispute", {"amount_minor": 500}).json()
        own_provider.call("POST", f"/control/disputes/{dispute['id']}/won")
        own_provider.call("POST", f"/control/authorisations/{hold.provider_reference}/void")
        own_provider.call("POST", f"/control/payouts/{paid.provider_reference}/return")
        await inbox_has(database, tenant, 8)
        clock = LaterClock()
        for _ in range(6):
            waiting = [row for row in await inbox(database, tenant) if row[2] != "processed"]
            chance.shuffle(waiting)
            now = clock.next()
            for inbox_id, _, state in waiting:
                if state in {"received", "parked"}:
                    async with database.transaction(tenant) as session:
                        await process_webhook(session, tenant, inbox_id=inbox_id, now=now)
        await fetch(database, tenant, adapter, TODAY)
    seen = sorted(
        (one["action"], one["amount_minor"], one["fee_minor"])
        for one in await recorded(database, tenant)
    )
    assert seen == [
        ("dispute_opened", 500, 1500),
        ("dispute_won", 500, 0),
        ("fee_charged", 0, 11),
        ("fee_charged", 0, 11),
        ("payout_returned", 100, 0),
        ("refunded", 300, 0),
        ("refunded", 700, 0),
        ("voided", 1000, 0),
    ]
    assert await breaks(database, tenant) == []
    assert (await position(database, tenant)).escrow_minor == own_provider.balance()
    told = [name for name, _ in await announced(database, tenant)]
    assert told.count("payments.instruction_returned.v1") == 1

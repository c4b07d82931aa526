"""Webhooks from the real provider over a real server: once, in any order, early or forged."""

import asyncio
import hashlib
import hmac
import json
import time
from datetime import timedelta
from uuid import UUID

import httpx
import pytest
from sqlalchemy import text

from metatron.kernel.clock import utc_now
from metatron.kernel.context import Context, system_context
from metatron.kernel.database.database import Database
from metatron.kernel.ids import new_id
from metatron.platform.payments.inbox import MOST_PARKED_ATTEMPTS
from metatron.platform.payments.interface import receive_webhook
from metatron.platform.payments.overdue import take_up_overdue
from metatron.platform.payments.sandbox_answers import of_webhook
from metatron.platform.payments.webhook_signatures import LARGEST_BODY_BYTES
from tests.platform.payments.provider_process import ProviderProcess
from tests.platform.payments.steps import (
    LaterClock,
    announced,
    ask,
    done,
    inbox,
    inbox_has,
    names,
    process_all,
    read,
    send,
)

pytestmark = pytest.mark.usefixtures("adapter")
CONFIRMED = "payments.instruction_confirmed.v1"


def listen(provider: ProviderProcess, web: str) -> None:
    provider.call("POST", "/control/webhook_endpoint", {"url": f"{web}/sandbox"})


def signed(provider: ProviderProcess, raw: bytes, *, at: float | None = None) -> dict[str, str]:
    stamp = int(time.time() if at is None else at)
    secret = provider.keys()["webhook_secret"].encode()
    digest = hmac.new(secret, f"{stamp}.".encode() + raw, hashlib.sha256).hexdigest()
    return {"Sandbox-Signature": f"t={stamp},v1={digest}"}


def message(tenant: UUID | None, key: UUID | None, kind: str = "authorisation.captured") -> bytes:
    about = {
        "id": "auth_x",
        "amount_minor": 1000,
        "amount_captured_minor": 1000,
        "currency": "EUR",
        "status": kind.partition(".")[2],
        "metadata": {} if tenant is None else {"tenant_id": str(tenant)},
    }
    body = {
        "id": f"evt_{new_id().hex}",
        "type": kind,
        "livemode": False,
        "request": {"idempotency_key": None if key is None else str(key)},
        "data": {"object": about},
    }
    return json.dumps(body).encode()


async def post(
    web: str, raw: bytes, headers: dict[str, str], provider: str = "sandbox"
) -> httpx.Response:
    async with httpx.AsyncClient() as client:
        return await client.post(f"{web}/{provider}", content=raw, headers=headers)


async def test_answer_and_webhook_book_once(
    database: Database, tenant: Context, provider: ProviderProcess, web: str
) -> None:
    listen(provider, web)
    provider.faults({"operation": "webhook", "fault": "webhook_duplicate"})
    made = await done(database, tenant, "capture")
    await inbox_has(database, tenant, 1)
    await process_all(database, tenant)
    assert [row[2] for row in await inbox(database, tenant)] == ["processed"]
    assert await names(database, tenant) == [CONFIRMED]
    assert await read(database, tenant, made.id) == made


async def test_the_webhook_decides_when_the_answer_is_lost(
    database: Database, tenant: Context, provider: ProviderProcess, web: str
) -> None:
    listen(provider, web)
    provider.faults(
        {"operation": "authorise", "fault": "timeout_with_effect", "count": 1, "seconds": 1}
    )
    made = await ask(database, tenant, "capture")
    assert (await send(database, tenant, made.id)).state == "unknown"
    await inbox_has(database, tenant, 1)
    await process_all(database, tenant)
    assert (await read(database, tenant, made.id)).state == "confirmed"
    assert (await send(database, tenant, made.id, now=LaterClock().next())).attempts == 1
    assert await names(database, tenant) == [CONFIRMED]


async def test_webhook_and_answer_race_for_the_row(
    database: Database, tenant: Context, provider: ProviderProcess, web: str
) -> None:
    listen(provider, web)
    made = [await ask(database, tenant, "capture") for _ in range(6)]

    async def process_for_a_while() -> None:
        for _ in range(40):
            await process_all(database, tenant)
            await asyncio.sleep(0.01)

    sending = [send(database, tenant, one.id) for one in made]
    await asyncio.gather(process_for_a_while(), *sending)
    await inbox_has(database, tenant, 6)
    await process_all(database, tenant)
    assert await names(database, tenant) == [CONFIRMED] * 6


async def test_a_webhook_before_our_own_commit_is_parked_and_read_again(
    database: Database, tenant: Context, provider: ProviderProcess, web: str
) -> None:
    early = new_id()
    raw = message(tenant.tenant_id, early)
    assert (await post(web, raw, signed(provider, raw))).json() == {"status": "received"}
    await process_all(database, tenant)
    [(_, _, state)] = await inbox(database, tenant)
    assert state == "parked"
    await ask(database, tenant, "capture", ledger_transfer_id=early)
    await process_all(database, tenant)
    assert [row[2] for row in await inbox(database, tenant)] == ["parked"]
    await process_all(database, tenant, LaterClock().next())
    assert [row[2] for row in await inbox(database, tenant)] == ["processed"]
    assert (await read(database, tenant, early)).state == "confirmed"
    assert await names(database, tenant) == [CONFIRMED]


async def test_a_webhook_nobody_knows_is_left_to_a_person(
    database: Database, tenant: Context, provider: ProviderProcess, web: str
) -> None:
    raw = message(tenant.tenant_id, new_id())
    await post(web, raw, signed(provider, raw))
    clock = LaterClock()
    for _ in range(MOST_PARKED_ATTEMPTS + 3):
        for _ in range(2):
            await process_all(database, tenant, clock.next())
    assert [row[2] for row in await inbox(database, tenant)] == ["unmatched"]
    assert await names(database, tenant) == ["payments.webhook_unmatched.v1"]


async def test_forged_webhooks_leave_nothing(
    database: Database, tenant: Context, provider: ProviderProcess, web: str
) -> None:
    listen(provider, web)
    provider.faults({"operation": "webhook", "fault": "webhook_forged"})
    await done(database, tenant, "capture")
    await inbox_has(database, tenant, 1)
    for _ in range(100):
        rows = provider.call("GET", "/control/deliveries").json()["data"]
        forged = next(row for row in rows if row["forged"])
        if forged["state"] != "pending":
            break
        await asyncio.sleep(0.05)
    assert (forged["state"], forged["last_status"]) == ("given_up", 400)
    assert len(await inbox(database, tenant)) == 1


async def test_the_door_refuses_what_is_not_signed_now(
    database: Database, tenant: Context, provider: ProviderProcess, web: str
) -> None:
    raw = message(tenant.tenant_id, new_id())
    good = signed(provider, raw)
    refused = [
        await post(web, raw, {}),
        await post(web, raw, {"Sandbox-Signature": "t=1,v1=00"}),
        await post(web, raw.replace(b"1000", b"9999"), good),
        await post(web, json.dumps(json.loads(raw), indent=1).encode(), good),
        await post(web, raw, signed(provider, raw, at=time.time() - 400)),
        await post(web, raw, signed(provider, raw, at=time.time() + 400)),
        await post(web, b"not json", signed(provider, b"not json")),
        await post(web, b"[1]", signed(provider, b"[1]")),
    ]
    for answer in refused:
        assert answer.status_code == 400
        assert answer.headers["content-type"] == "application/problem+json"
        assert answer.json()["code"] == "webhook_refused"
    assert (await post(web, raw, good, "nobody")).status_code == 404
    large = b"x" * (LARGEST_BODY_BYTES + 1)
    assert (await post(web, large, signed(provider, large))).status_code == 413
    assert await inbox(database, tenant) == []
    assert (await post(web, raw, good)).json() == {"status": "received"}
    assert (await post(web, raw, good)).json() == {"status": "duplicate"}
    assert len(await inbox(database, tenant)) == 1


async def test_a_message_without_organisation_is_not_ours(
    tenant: Context, provider: ProviderProcess, web: str
) -> None:
    raw = message(None, None).replace(b"auth_x", f"auth_{new_id().hex}".encode())
    assert (await post(web, raw, signed(provider, raw))).json() == {"status": "ignored"}


async def test_an_instruction_of_another_organisation_is_out_of_reach(
    database: Database, tenant: Context, provider: ProviderProcess, web: str
) -> None:
    made = await ask(database, tenant, "capture")
    stranger = system_context(new_id())
    raw = message(stranger.tenant_id, made.id)
    await post(web, raw, signed(provider, raw))
    await process_all(database, stranger)
    assert [row[2] for row in await inbox(database, stranger)] == ["parked"]
    assert (await read(database, tenant, made.id)).state == "approved"


async def test_a_refund_by_hand_is_announced_for_its_target(
    database: Database, tenant: Context, provider: ProviderProcess, web: str
) -> None:
    taken = await done(database, tenant, "capture")
    listen(provider, web)
    path = f"/control/authorisations/{taken.provider_reference}/refund"
    by_hand = provider.call("POST", path, {"amount_minor": 400}).json()
    await inbox_has(database, tenant, 1)
    await process_all(database, tenant)
    name, payload = (await announced(database, tenant))[-1]
    assert name == "payments.provider_action_observed.v1"
    assert payload["action"] == "refunded"
    assert payload["target_id"] == str(taken.target_id)
    assert (payload["amount_minor"], payload["provider_reference"]) == (400, by_hand["id"])


async def test_a_hold_that_ends_by_itself_is_announced(
    database: Database, tenant: Context, provider: ProviderProcess, web: str
) -> None:
    hold = await done(database, tenant, "authorise")
    listen(provider, web)
    provider.call("POST", f"/control/authorisations/{hold.provider_reference}/void")
    await inbox_has(database, tenant, 1)
    await process_all(database, tenant)
    name, payload = (await announced(database, tenant))[-1]
    assert (name, payload["action"]) == ("payments.provider_action_observed.v1", "voided")
    assert payload["instruction_id"] == str(hold.id)


async def test_disputes_are_announced(
    database: Database, tenant: Context, provider: ProviderProcess, web: str
) -> None:
    taken = await done(database, tenant, "capture")
    await done(database, tenant, "capture", amount=5000)
    listen(provider, web)
    path = f"/control/authorisations/{taken.provider_reference}/dispute"
    dispute = provider.call("POST", path, {}).json()
    provider.call("POST", f"/control/disputes/{dispute['id']}/lost")
    await inbox_has(database, tenant, 2)
    clock = LaterClock()
    for _ in range(2):
        await process_all(database, tenant, clock.next())
    told = {name: payload for name, payload in await announced(database, tenant) if "disp" in name}
    opened = told["payments.dispute_opened.v1"]
    assert (opened["amount_minor"], opened["fee_minor"]) == (1000, 1500)
    assert opened["target_id"] == str(taken.target_id)
    assert told["payments.dispute_closed.v1"]["outcome"] == "lost"


@pytest.mark.parametrize("returned_first", [False, True])
async def test_a_payout_that_comes_back_is_announced_once_in_any_order(
    database: Database,
    tenant: Context,
    provider: ProviderProcess,
    web: str,
    *,
    returned_first: bool,
) -> None:
    await done(database, tenant, "capture", amount=5000)
    paid = await ask(database, tenant, "payout", destination="acct_supplier")
    await send(database, tenant, paid.id)
    provider.call("POST", "/control/clock/advance", {"seconds": 1})
    reference = (await read(database, tenant, paid.id)).provider_reference
    if not returned_first:
        await send(database, tenant, paid.id, now=LaterClock().next())
    listen(provider, web)
    provider.faults({"operation": "webhook", "fault": "webhook_duplicate"})
    provider.call("POST", f"/control/payouts/{reference}/return")
    await inbox_has(database, tenant, 1)
    await process_all(database, tenant)
    await send(database, tenant, paid.id, now=LaterClock().next())
    now = await read(database, tenant, paid.id)
    assert (now.state, now.failure_code) == ("confirmed", "returned_by_bank")
    assert now.returned_at is not None
    about = [n for n, p in await announced(database, tenant) if p["instruction_id"] == str(paid.id)]
    assert about == [
        CONFIRMED,
        "payments.instruction_returned.v1",
        "payments.observation_recorded.v1",
    ]


async def test_a_lost_processing_job_is_taken_up(
    committed_database: tuple[object, Database],
    tenant: Context,
    provider: ProviderProcess,
) -> None:
    _, database = committed_database
    raw = message(tenant.tenant_id, new_id())
    async with database.transaction(tenant) as session:
        assert await receive_webhook(
            session,
            tenant,
            provider="sandbox",
            event=of_webhook(raw),
            raw=raw,
            now=utc_now() - timedelta(minutes=3),
        )
    assert await take_up_overdue(database) == 1
    async with database.transaction(tenant) as session:
        count = "select count(*) from kernel.outbox where name = 'payments.process_webhook'"
        assert await session.scalar(text(count)) == 2

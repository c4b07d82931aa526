"""Stripe's webhooks over a real server: verified on raw bytes, ours only, and read."""

import copy
import hashlib
import hmac
import json
import time
from collections.abc import AsyncIterator, Iterator
from typing import Any

import httpx
import pytest

from metatron.kernel.context import Context
from metatron.kernel.database.database import Database
from metatron.kernel.ids import new_id
from metatron.platform.payments import providers
from metatron.platform.payments.stripe_adapter import API_VERSION, StripeAdapter
from tests.platform.payments.steps import announced, ask, done, inbox, process_all, read, send
from tests.platform.payments.stripe_twin import FIXTURES, KEY, StripeTwin

pytest.importorskip("stripe", reason="the extra `stripe` is not installed")
NEW, OLD = "whsec_new", "whsec_old"


@pytest.fixture
def twin() -> Iterator[StripeTwin]:
    server = StripeTwin()
    yield server
    server.close()


@pytest.fixture
async def connected_stripe(twin: StripeTwin) -> AsyncIterator[StripeAdapter]:
    client = StripeAdapter(KEY, (NEW, OLD), url=twin.url, timeout_seconds=1.0)
    before = providers._configured
    providers.configure(client)
    yield client
    providers._configured = before
    await client.close()


def event(kind: str, about: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {
        "id": f"evt_{new_id().hex}",
        "object": "event",
        "api_version": API_VERSION,
        "created": int(time.time()),
        "livemode": False,
        "pending_webhooks": 1,
        "request": {"id": None, "idempotency_key": None},
        "type": kind,
        "data": {"object": about},
        **more,
    }


def signed(raw: bytes, secret: str = NEW, *, at: float | None = None) -> dict[str, str]:
    stamp = int(time.time() if at is None else at)
    digest = hmac.new(secret.encode(), f"{stamp}.".encode() + raw, hashlib.sha256).hexdigest()
    return {"Stripe-Signature": f"t={stamp},v1={digest},v0=ignored"}


async def post(web: str, raw: bytes, headers: dict[str, str]) -> httpx.Response:
    async with httpx.AsyncClient() as client:
        return await client.post(f"{web}/stripe", content=raw, headers=headers)


async def tell(web: str, body: dict[str, Any]) -> httpx.Response:
    raw = json.dumps(body).encode()
    return await post(web, raw, signed(raw))


def laid_out(kind: str, **values: Any) -> dict[str, Any]:
    return copy.deepcopy(FIXTURES[kind]) | values


@pytest.mark.usefixtures("connected_stripe")
async def test_only_our_own_signed_events_come_in(
    database: Database, tenant: Context, web: str
) -> None:
    about = laid_out("payment_intent", metadata={"tenant_id": str(tenant.tenant_id)})
    body = event("payment_intent.processing", about)
    raw = json.dumps(body).encode()
    refused = {
        "unsigned": (raw, {}),
        "wrong secret": (raw, signed(raw, "whsec_stranger")),
        "changed": (raw.replace(b"1000", b"9999"), signed(raw)),
        "written anew": (json.dumps(body, indent=1).encode(), signed(raw)),
        "too old": (raw, signed(raw, at=time.time() - 301)),
        "from the future": (raw, signed(raw, at=time.time() + 400)),
    }
    changes: dict[str, dict[str, Any]] = {
        "live mode": {"livemode": True},
        "another account": {"account": "acct_stranger"},
        "another release": {"api_version": "2024-06-20"},
        "no event": {"object": "list"},
    }
    for name, change in changes.items():
        other = json.dumps(body | change).encode()
        refused[name] = (other, signed(other))
    for name, (content, headers) in refused.items():
        answer = await post(web, content, headers)
        assert (answer.status_code, answer.json()["code"]) == (400, "webhook_refused"), name
    assert await inbox(database, tenant) == []
    assert (await post(web, raw, signed(raw, OLD))).json() == {"status": "received"}
    assert (await post(web, raw, signed(raw, NEW))).json() == {"status": "duplicate"}
    newer = event("payment_intent.processing", about, api_version="2026-12-01.endive")
    assert (await tell(web, newer)).json() == {"status": "received"}


async def test_a_webhook_ends_what_a_timeout_left_open(
    database: Database,
    tenant: Context,
    web: str,
    twin: StripeTwin,
    connected_stripe: StripeAdapter,
) -> None:
    asked = await ask(database, tenant, "capture", payment_method="pm_card_visa")
    twin.delay_seconds = 1.3
    assert (await send(database, tenant, asked.id)).state == "unknown"
    twin.delay_seconds = 0.0
    intent = next(one for one in twin.objects.values() if one["object"] == "payment_intent")
    assert (await tell(web, event("payment_intent.succeeded", intent))).status_code == 200
    await process_all(database, tenant)
    now = await read(database, tenant, asked.id)
    assert (now.state, now.provider_reference) == ("confirmed", intent["id"])


async def test_the_dashboard_and_the_bank_are_observed(
    database: Database, tenant: Context, web: str, twin: StripeTwin, connected_stripe: StripeAdapter
) -> None:
    taken = await done(database, tenant, "capture", payment_method="pm_card_visa")
    paid = await done(database, tenant, "payout", destination="acct_supplier")
    hold = await done(database, tenant, "authorise", payment_method="pm_card_visa")
    about = {"payment_intent": taken.provider_reference}
    reversal = {"id": f"trr_{new_id().hex[:8]}", "object": "transfer_reversal", "amount": 400}
    transfer = twin.objects[str(paid.provider_reference)] | {
        "amount_reversed": 400,
        "reversals": {"object": "list", "data": [reversal]},
    }
    expired = twin.objects[str(hold.provider_reference)] | {
        "status": "canceled",
        "cancellation_reason": "automatic",
    }
    # A dispute and a refund by hand name no organisation: it is found by the payment.
    dispute = laid_out("dispute", id=f"dp_{new_id().hex}", **about)
    refund = laid_out("refund", id=f"re_{new_id().hex}", amount=250, **about)
    for kind, found in [
        ("charge.dispute.created", dispute),
        ("charge.dispute.funds_withdrawn", dispute),
        ("charge.dispute.closed", dispute | {"status": "lost"}),
        ("refund.created", refund),
        ("refund.updated", refund),
        ("transfer.reversed", transfer),
        ("payment_intent.canceled", expired),
        ("invoice.paid", {"id": "in_1", "object": "invoice", "currency": "eur"}),
    ]:
        assert (await tell(web, event(kind, found))).status_code == 200, kind
    await process_all(database, tenant)
    seen = [
        (payload["action"], payload["amount_minor"], payload["fee_minor"], payload["target_id"])
        for name, payload in await announced(database, tenant)
        if name == "payments.observation_recorded.v1"
    ]
    assert sorted(seen) == sorted(
        [
            ("dispute_opened", 1000, 1500, str(taken.target_id)),
            ("dispute_lost", 1000, 0, str(taken.target_id)),
            ("refunded", 250, 0, str(taken.target_id)),
            ("payout_returned", 400, 0, str(paid.target_id)),
            ("expired", 1000, 0, str(hold.target_id)),
        ]
    )
    assert (await read(database, tenant, paid.id)).returned_at is None


async def test_a_whole_transfer_that_comes_back_returns_the_payout(
    database: Database, tenant: Context, web: str, twin: StripeTwin, connected_stripe: StripeAdapter
) -> None:
    paid = await done(database, tenant, "payout", destination="acct_supplier")
    reversal = {"id": f"trr_{new_id().hex[:8]}", "object": "transfer_reversal", "amount": 1000}
    transfer = twin.objects[str(paid.provider_reference)] | {
        "reversed": True,
        "reversals": {"object": "list", "data": [reversal]},
    }
    for _ in range(2):
        await tell(web, event("transfer.reversed", transfer))
    await process_all(database, tenant)
    assert (await read(database, tenant, paid.id)).returned_at is not None
    told = [name for name, _ in await announced(database, tenant)]
    assert told.count("payments.instruction_returned.v1") == 1
    assert told.count("payments.observation_recorded.v1") == 1


async def test_a_refund_that_fails_after_its_success_comes_back(
    database: Database, tenant: Context, web: str, twin: StripeTwin, connected_stripe: StripeAdapter
) -> None:
    taken = await done(database, tenant, "capture", payment_method="pm_card_visa")
    refund = await done(database, tenant, "refund", source_reference=taken.provider_reference)
    assert refund.state == "confirmed"
    failed = twin.objects[str(refund.provider_reference)] | {
        "status": "failed",
        "failure_reason": "expired_or_canceled_card",
    }
    for _ in range(2):
        await tell(web, event("refund.failed", failed))
    await process_all(database, tenant)
    now = await read(database, tenant, refund.id)
    assert (now.state, now.failure_code) == ("confirmed", "expired_or_canceled_card")
    assert now.returned_at is not None
    told = [
        payload["kind"]
        for name, payload in await announced(database, tenant)
        if name == "payments.instruction_returned.v1"
    ]
    assert told == ["refund"]

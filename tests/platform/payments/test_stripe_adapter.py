"""The Stripe adapter through the official SDK, against a twin that speaks Stripe's protocol."""

import json
from collections.abc import AsyncIterator, Iterator
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

import pytest
from pydantic import SecretStr

from metatron.kernel.ids import new_id
from metatron.kernel.settings import Settings
from metatron.platform.payments import providers
from metatron.platform.payments.adapter import (
    Confirmed,
    Failed,
    InstructionKind,
    NoTrace,
    Pending,
    ProviderCall,
    RetryLater,
    Returned,
    Unknown,
)
from metatron.platform.payments.instructions import Attempt
from metatron.platform.payments.sending import ask_provider
from metatron.platform.payments.stripe_adapter import API_VERSION, StripeAdapter
from tests.platform.payments.provider_process import free_port
from tests.platform.payments.stripe_twin import KEY, StripeTwin, error

stripe = pytest.importorskip("stripe", reason="the extra `stripe` is not installed")


@pytest.fixture
def twin() -> Iterator[StripeTwin]:
    server = StripeTwin()
    yield server
    server.close()


@pytest.fixture
async def client(twin: StripeTwin) -> AsyncIterator[StripeAdapter]:
    made = StripeAdapter(KEY, ("whsec_twin",), url=twin.url, timeout_seconds=1.0)
    yield made
    await made.close()


def call(kind: str, amount: int = 1000, **more: Any) -> ProviderCall:
    if not {"payment_method", "source_reference", "destination"} & more.keys():
        more["payment_method"] = "pm_card_visa"
    currency = more.pop("currency", "EUR")
    return ProviderCall(new_id(), new_id(), InstructionKind(kind), amount, currency, **more)


def allowed(params: str) -> set[str]:
    """The parameters the SDK's own types, made from Stripe's specification, know."""
    return set(getattr(stripe.params, params).__annotations__)


async def test_a_capture_is_one_confirmed_payment_intent(
    twin: StripeTwin, client: StripeAdapter
) -> None:
    asked = call("capture")
    outcome = await client.send(asked)
    [request] = twin.asked
    assert outcome == Confirmed(next(k for k in twin.objects if k.startswith("pi_")), 1000)
    assert (request.method, request.path) == ("POST", "/v1/payment_intents")
    assert request.form == {
        "amount": "1000",
        "currency": "eur",
        "payment_method": "pm_card_visa",
        "allowed_payment_method_types[0]": "card",
        "capture_method": "automatic",
        "confirm": "true",
        "error_on_requires_action": "true",
        "metadata[tenant_id]": str(asked.tenant_id),
        "metadata[instruction_id]": str(asked.instruction_id),
        "expand[0]": "latest_charge",
        "transfer_group": str(asked.instruction_id),
    }
    assert {name.partition("[")[0] for name in request.form} <= allowed("PaymentIntentCreateParams")
    assert request.headers["idempotency-key"] == str(asked.instruction_id)
    assert request.headers["stripe-version"] == API_VERSION
    assert request.headers["content-type"] == "application/x-www-form-urlencoded"


async def test_a_hold_is_captured_in_part_and_refunded_in_parts(
    twin: StripeTwin, client: StripeAdapter
) -> None:
    held = await client.send(call("authorise"))
    assert isinstance(held, Confirmed)
    assert held.capture_before == datetime.fromtimestamp(1790604800, UTC)
    capture = call("capture", 700, source_reference=held.reference)
    assert await client.send(capture) == Confirmed(held.reference, 700)
    assert twin.asked[-1].path == f"/v1/payment_intents/{held.reference}/capture"
    assert twin.asked[-1].form == {
        "amount_to_capture": "700",
        "metadata[capture_instruction_id]": str(capture.instruction_id),
    }
    assert set(twin.asked[-1].form) - {"metadata[capture_instruction_id]"} <= allowed(
        "PaymentIntentCaptureParams"
    )
    first = await client.send(call("refund", 500, source_reference=held.reference))
    assert isinstance(first, Confirmed)
    assert {name.partition("[")[0] for name in twin.asked[-1].form} <= allowed("RefundCreateParams")
    again = await client.send(call("refund", 300, source_reference=held.reference))
    assert again == Failed("charge_already_refunded")
    late = call("void", source_reference=held.reference)
    assert await client.send(late) == Failed("payment_intent_unexpected_state")


async def test_a_hold_is_let_go(twin: StripeTwin, client: StripeAdapter) -> None:
    held = await client.send(call("authorise"))
    assert isinstance(held, Confirmed)
    void = call("void", source_reference=held.reference)
    assert await client.look_up(void) == NoTrace()
    assert await client.send(void) == Confirmed(held.reference, 1000)
    assert twin.asked[-1].path == f"/v1/payment_intents/{held.reference}/cancel"
    assert await client.look_up(void) == Confirmed(held.reference, 1000)
    taken = call("capture", source_reference=held.reference)
    assert await client.look_up(taken) == Failed("authorisation_voided")


async def test_a_capture_by_hand_is_not_taken_for_ours(
    twin: StripeTwin, client: StripeAdapter
) -> None:
    held = await client.send(call("authorise"))
    assert isinstance(held, Confirmed)
    twin.objects[held.reference] |= {"status": "succeeded", "amount_received": 1000}
    for kind in ("capture", "void"):
        asked = call(kind, source_reference=held.reference)
        assert await client.look_up(asked) == Failed("authorisation_captured")


async def test_a_payout_is_a_transfer(twin: StripeTwin, client: StripeAdapter) -> None:
    asked = call("payout", destination="acct_supplier")
    paid = await client.send(asked)
    assert isinstance(paid, Confirmed)
    assert twin.asked[-1].path == "/v1/transfers"
    assert {name.partition("[")[0] for name in twin.asked[-1].form} <= allowed(
        "TransferCreateParams"
    )
    assert await client.look_up(asked) == paid
    twin.objects[paid.reference] |= {"reversed": True, "amount_reversed": 1000}
    back = Returned(paid.reference, 1000, "transfer_reversed")
    assert await client.look_up(replace(asked, provider_reference=paid.reference)) == back
    closed = await client.send(call("payout", destination="acct_closed"))
    assert closed == Failed("account_closed")


async def test_a_decline_names_the_banks_reason(twin: StripeTwin, client: StripeAdapter) -> None:
    asked = call("capture", payment_method="pm_card_chargeDeclined")
    outcome = await client.send(asked)
    assert isinstance(outcome, Failed)
    assert outcome.code == "insufficient_funds"
    assert outcome.reference is not None
    assert await client.look_up(asked) == Failed("card_declined", outcome.reference)


async def test_the_same_key_has_one_effect(twin: StripeTwin, client: StripeAdapter) -> None:
    asked = call("capture")
    assert await client.send(asked) == await client.send(asked)
    assert sum(one["object"] == "payment_intent" for one in twin.objects.values()) == 1
    other = replace(asked, amount_minor=999)
    assert isinstance(await client.send(other), Unknown)


@pytest.mark.parametrize("kind", ["capture", "authorise", "refund", "payout"])
async def test_a_timeout_with_effect_is_found_by_its_marks(
    twin: StripeTwin, client: StripeAdapter, kind: str
) -> None:
    more: dict[str, Any] = {}
    if kind == "refund":
        source = await client.send(call("capture"))
        assert isinstance(source, Confirmed)
        more["source_reference"] = source.reference
    if kind == "payout":
        more["destination"] = "acct_supplier"
    asked = call(kind, **more)
    assert await client.look_up(asked) == NoTrace()
    twin.delay_seconds = 1.5
    assert await client.send(asked) == Unknown("ReadTimeout")
    twin.delay_seconds = 0.0
    before = len(twin.objects)
    attempt = Attempt(new_id(), asked, "stripe", is_first=False, sent_at=datetime.now(UTC))
    found = await ask_provider(client, attempt, datetime.now(UTC))
    assert isinstance(found, Confirmed)
    assert len(twin.objects) == before


@pytest.mark.parametrize(
    ("status", "kind", "code", "expected"),
    [
        (500, "api_error", None, Unknown("http_500")),
        (429, "rate_limit_error", "rate_limit", RetryLater("rate_limited", 7.0)),
        (409, "invalid_request_error", "idempotency_key_in_use", None),
        (403, "invalid_request_error", None, RetryLater("credential_refused", 300.0)),
        (400, "invalid_request_error", "parameter_missing", Failed("parameter_missing")),
        (404, "invalid_request_error", "resource_missing", Failed("resource_missing")),
    ],
)
async def test_what_stripe_refuses(
    twin: StripeTwin, client: StripeAdapter, *, status: int, kind: str, code: str, expected: Any
) -> None:
    twin.faults.append(lambda _: (status, error(kind, code)))
    outcome = await client.send(call("capture"))
    assert outcome == expected or (expected is None and isinstance(outcome, Unknown))
    twin.faults.append(lambda _: (status, error(kind, code)))
    assert isinstance(await client.look_up(call("capture")), RetryLater)


async def test_a_stripe_that_is_not_there_had_no_effect() -> None:
    alone = StripeAdapter(KEY, ("whsec_twin",), url=f"http://127.0.0.1:{free_port()}")
    assert isinstance(await alone.send(call("capture")), RetryLater)
    await alone.close()


async def test_a_refund_under_way_is_asked_for_by_its_reference(
    twin: StripeTwin, client: StripeAdapter
) -> None:
    source = await client.send(call("capture"))
    assert isinstance(source, Confirmed)
    asked = call("refund", source_reference=source.reference)
    made = await client.send(asked)
    assert isinstance(made, Confirmed)
    known = replace(asked, provider_reference=made.reference)
    twin.objects[made.reference]["status"] = "pending"
    assert await client.look_up(known) == Pending(made.reference)
    twin.objects[made.reference] |= {"status": "failed", "failure_reason": "lost_or_stolen_card"}
    assert await client.look_up(known) == Failed("lost_or_stolen_card", made.reference)


@pytest.mark.parametrize(
    ("amount", "currency", "refused"),
    [
        (1000, "JPY", None),
        (1000, "KWD", None),
        (1001, "KWD", Failed("amount_unsupported")),
        (1000, "ISK", Failed("currency_unsupported")),
        (1000, "UGX", Failed("currency_unsupported")),
    ],
)
async def test_minor_units_that_stripe_counts_otherwise_are_refused(
    twin: StripeTwin, client: StripeAdapter, amount: int, currency: str, refused: Failed | None
) -> None:
    outcome = await client.send(call("capture", amount, currency=currency))
    assert outcome == refused or (refused is None and isinstance(outcome, Confirmed))
    assert bool(twin.asked) == (refused is None)


async def test_the_statement_names_fees_disputes_and_partial_captures(
    twin: StripeTwin, client: StripeAdapter
) -> None:
    at = int(datetime(2026, 9, 21, 12, tzinfo=UTC).timestamp())
    tenant = new_id()
    charge = {
        "id": "ch_1", "object": "charge", "payment_intent": "pi_1",
        "metadata": {"tenant_id": str(tenant)},
    }  # fmt: skip
    rows = [
        ("charge", 1000, 45, charge),
        ("partial_capture_reversal", -300, 0, charge),
        ("refund", -200, 0, {"id": "re_1", "object": "refund", "payment_intent": "pi_1"}),
        ("dispute", -500, 1500, {"id": "dp_1", "object": "dispute", "payment_intent": "pi_1"}),
        ("transfer", -100, 0, {"id": "tr_1", "object": "transfer"}),
        ("payout", -50, 0, {"id": "po_1", "object": "payout"}),
    ]
    for category, amount, fee, source in rows:
        twin.made(
            "balance_transaction", reporting_category=category, amount=amount, fee=fee,
            source=source, created=at,
        )  # fmt: skip
    twin.made("balance_transaction", created=at + 86_400, source=charge)
    lines = await client.fetch_statement(date(2026, 9, 21))
    assert [(line.kind, line.reference, line.amount_minor) for line in lines] == [
        ("capture", "pi_1", 700),
        ("fee", lines[1].line_id, -45),
        ("refund", "re_1", -200),
        ("dispute", "dp_1", -500),
        ("dispute_fee", "dp_1", -1500),
        ("payout", "tr_1", -100),
        ("other", "po_1", -50),
    ]
    assert lines[0].tenant_id == lines[1].tenant_id == tenant
    assert lines[1].source_reference == "pi_1"
    assert len([a for a in twin.asked if a.path == "/v1/balance_transactions"]) > 1
    assert twin.asked[0].form["expand[0]"] == "data.source"


async def test_it_says_who_holds_the_money(client: StripeAdapter) -> None:
    account = await client.fetch_account()
    assert (account.name, account.livemode) == ("Twin Cooperative", False)
    assert account.custody == client.custody == "operator_balance"
    assert "not an escrow agent" in account.custody_text


@pytest.mark.parametrize("key", ["", "pk_test_x", "sk_x", "rk"])
def test_a_key_that_is_no_secret_key_is_refused(key: str) -> None:
    with pytest.raises(ValueError, match="secret key"):
        StripeAdapter(key, ("whsec_twin",))


async def test_a_process_takes_stripe_by_its_settings(twin: StripeTwin) -> None:
    before = providers._configured
    named = Settings(
        environment="test",
        payments_provider="stripe",
        payments_url=twin.url,
        payments_secret=SecretStr(KEY),
        payments_webhook_secrets=SecretStr("whsec_new, whsec_old"),
    )
    providers.configure_from(named)
    made = providers.adapter_named(providers.default_name())
    assert isinstance(made, StripeAdapter)
    assert isinstance(await made.send(call("capture")), Confirmed)
    assert json.dumps(made.custody)
    await made.close()
    providers._configured = before

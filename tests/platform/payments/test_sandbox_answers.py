"""What is not clearly the provider's word is unknown, never failed."""

import json
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from metatron.kernel.ids import new_id
from metatron.platform.payments.adapter import (
    Confirmed,
    Failed,
    InstructionKind,
    NoTrace,
    Outcome,
    Pending,
    ProviderCall,
    RetryLater,
    Returned,
    Unknown,
)
from metatron.platform.payments.errors import WebhookRefused
from metatron.platform.payments.sandbox_answers import of_answer, of_trace, of_webhook

TENANT, KEY = new_id(), new_id()


def call(kind: str) -> ProviderCall:
    return ProviderCall(TENANT, KEY, InstructionKind(kind), 1000, "EUR")


def resource(status: str, **more: Any) -> dict[str, Any]:
    return {"id": "x_1", "amount_minor": 1000, "currency": "EUR", "status": status} | more


@pytest.mark.parametrize(
    ("kind", "body", "outcome"),
    [
        ("authorise", resource("held"), Confirmed("x_1", 1000)),
        ("authorise", resource("captured"), Confirmed("x_1", 1000)),
        ("authorise", resource("voided"), Failed("authorisation_voided", "x_1")),
        ("authorise", resource("expired"), Failed("authorisation_expired", "x_1")),
        ("capture", resource("captured", amount_captured_minor=600), Confirmed("x_1", 600)),
        ("capture", resource("held", amount_captured_minor=0), Unknown("status_unexpected")),
        ("void", resource("voided"), Confirmed("x_1", 1000)),
        ("refund", resource("pending"), Pending("x_1")),
        ("refund", resource("failed", failure_code="closed"), Failed("closed", "x_1")),
        ("payout", resource("paid"), Confirmed("x_1", 1000)),
        ("payout", resource("returned", failure_code="r"), Returned("x_1", 1000, "r")),
        ("payout", resource("dreaming"), Unknown("status_unexpected")),
        ("payout", resource("paid", currency="USD"), Unknown("currency_differs")),
        ("payout", resource("paid", amount_minor=10.0), Unknown("answer_unreadable")),
        ("payout", {}, Unknown("answer_unreadable")),
    ],
)
def test_successes_by_status(kind: str, body: dict[str, Any], outcome: Outcome) -> None:
    assert of_answer(call(kind), 201, body, None) == outcome


@pytest.mark.parametrize(
    ("status", "body", "wait", "outcome"),
    [
        (
            402,
            {"code": "card_declined", "resource": {"id": "a"}},
            None,
            Failed("card_declined", "a"),
        ),
        (409, {"code": "already_refunded"}, None, Failed("already_refunded")),
        (404, {"code": "no_such_object"}, None, Failed("no_such_object")),
        (404, None, None, Unknown("http_404")),
        (404, {"message": "a proxy's page"}, None, Unknown("http_404")),
        (422, ["x"], None, Unknown("http_422")),
        (429, None, "7", RetryLater("rate_limited", 7.0)),
        (429, None, "tomorrow", RetryLater("rate_limited", 1.0)),
        (401, {"code": "invalid_secret_key"}, None, RetryLater("credential_refused", 300.0)),
        (500, {"code": "internal_error"}, None, Unknown("http_500")),
        (504, None, None, Unknown("http_504")),
        (201, None, None, Unknown("http_201")),
        (302, {"code": "x"}, None, Unknown("http_302")),
    ],
)
def test_other_answers(status: int, body: Any, wait: str | None, outcome: Outcome) -> None:
    assert of_answer(call("refund"), status, body, wait) == outcome


@pytest.mark.parametrize(
    ("status", "body", "outcome"),
    [
        (404, {"code": "no_such_request"}, NoTrace()),
        (404, {"code": "no_such_route"}, Unknown("http_404")),
        (404, None, Unknown("http_404")),
        (500, {"code": "internal_error"}, Unknown("http_500")),
        (429, None, RetryLater("rate_limited", 1.0)),
        (
            200,
            {"http_status": 201, "answer": {}, "resource": resource("paid")},
            Confirmed("x_1", 1000),
        ),
        (200, {"http_status": 402, "answer": {"code": "no"}, "resource": None}, Failed("no")),
        (200, {"http_status": 201, "answer": {}, "resource": None}, Unknown("answer_unreadable")),
    ],
)
def test_traces(status: int, body: Any, outcome: Outcome | NoTrace) -> None:
    assert of_trace(call("payout"), status, body, None) == outcome


def message(kind: str, key: str | None, **more: Any) -> bytes:
    about = resource("succeeded", metadata={"tenant_id": str(TENANT)}) | more
    body = {
        "id": "evt_1",
        "type": kind,
        "livemode": False,
        "request": {"idempotency_key": key},
        "data": {"object": about},
    }
    return json.dumps(body).encode()


def test_webhook_about_our_request_carries_its_outcome() -> None:
    event = of_webhook(message("refund.succeeded", str(KEY)))
    assert (event.tenant_id, event.instruction_id) == (TENANT, KEY)
    assert (event.outcome, event.observation) == (Confirmed("x_1", 1000), None)


def test_webhook_from_the_dashboard_is_an_observation() -> None:
    event = of_webhook(message("refund.succeeded", None, authorisation="auth_1"))
    assert event.outcome is None
    assert event.observation is not None
    assert event.observation.action == "refunded"
    assert event.observation.source_reference == "auth_1"


def test_unknown_kinds_and_foreign_keys_say_nothing() -> None:
    for raw in (message("moon.risen", str(KEY)), message("refund.succeeded", "not-a-uuid")):
        event = of_webhook(raw)
        assert (event.outcome, event.observation) == (None, None)


@pytest.mark.parametrize(
    "raw",
    [b"", b"[]", b"null", b'{"id":1}', b"\xff", b'{"id":"a","type":"b","data":{}}', b"[" * 5000],
)
def test_unreadable_webhooks_are_refused(raw: bytes) -> None:
    with pytest.raises(WebhookRefused):
        of_webhook(raw)


def test_a_live_message_is_refused_here() -> None:
    raw = message("refund.succeeded", str(KEY)).replace(b'"livemode": false', b'"livemode": true')
    with pytest.raises(WebhookRefused, match="live"):
        of_webhook(raw)


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner),
    max_leaves=8,
)


@given(
    status=st.integers(100, 599),
    body=json_values,
    kind=st.sampled_from(sorted(InstructionKind)),
)
def test_no_answer_breaks_the_reader_or_moves_money_by_accident(
    status: int, body: Any, kind: InstructionKind
) -> None:
    outcome = of_answer(ProviderCall(UUID(int=1), KEY, kind, 5, "EUR"), status, body, None)
    assert isinstance(outcome, (Unknown, RetryLater, Failed))
    if isinstance(outcome, Failed):
        assert "code" in body

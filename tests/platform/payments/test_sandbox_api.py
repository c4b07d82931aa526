"""The sandbox provider's API: effects, refusals, keys and its own books."""

import stat
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

import httpx
import pytest

from tests.platform.payments.provider_process import ProviderProcess


def new_key() -> str:
    return uuid4().hex


def authorise(provider: ProviderProcess, key: str, **changes: Any) -> httpx.Response:
    body = {"amount_minor": 1000, "currency": "EUR", "payment_method": "pm_ok"} | changes
    return provider.call("POST", "/v1/authorisations", body, key=key)


def refund(provider: ProviderProcess, source: str, amount: int) -> httpx.Response:
    body = {"authorisation": source, "amount_minor": amount}
    return provider.call("POST", "/v1/refunds", body, key=new_key())


def settled(provider: ProviderProcess, path: str) -> Any:
    """Let the provider's clock run a second ahead, then read."""
    provider.call("POST", "/control/clock/advance", {"seconds": 1})
    return provider.call("GET", path).json()


def test_account_says_it_is_no_live_one(provider: ProviderProcess) -> None:
    account = provider.call("GET", "/v1/account").json()
    assert (account["name"], account["livemode"]) == ("Local escrow sandbox", False)


def test_keys_are_private_and_needed(provider: ProviderProcess) -> None:
    assert stat.S_IMODE((provider.data / "keys.json").stat().st_mode) == 0o600
    assert stat.S_IMODE((provider.data / "provider.sqlite3").stat().st_mode) == 0o600
    for headers in ({}, {"Authorization": "Bearer sk_test_wrong"}, {"Authorization": "Basic x"}):
        for path in ("/v1/balance", "/control/faults"):
            answer = httpx.get(f"{provider.url}{path}", headers=headers)
            assert answer.status_code == 401
            assert answer.headers["content-type"] == "application/problem+json"
            assert answer.json()["code"] == "invalid_secret_key"


def test_hold_then_capture_part_then_refund(provider: ProviderProcess) -> None:
    before = provider.balance()
    hold = authorise(provider, new_key()).json()
    assert (hold["status"], provider.balance()) == ("held", before)
    path = f"/v1/authorisations/{hold['id']}"
    taken = provider.call("POST", f"{path}/capture", {"amount_minor": 600}, key=new_key())
    assert taken.status_code == 201
    assert taken.json()["amount_captured_minor"] == 600
    assert provider.balance() == before + 600
    again = provider.call("POST", f"{path}/capture", {}, key=new_key())
    assert (again.status_code, again.json()["code"]) == (409, "authorisation_captured")
    assert refund(provider, hold["id"], 500).json()["status"] == "succeeded"
    beyond = refund(provider, hold["id"], 101)
    assert (beyond.status_code, beyond.json()["code"]) == (409, "already_refunded")
    assert provider.balance() == before + 100


def test_void_lets_go_and_ends_the_authorisation(provider: ProviderProcess) -> None:
    before = provider.balance()
    hold = authorise(provider, new_key()).json()
    path = f"/v1/authorisations/{hold['id']}"
    assert provider.call("POST", f"{path}/void", {}, key=new_key()).json()["status"] == "voided"
    late = provider.call("POST", f"{path}/capture", {}, key=new_key())
    assert (late.status_code, late.json()["code"]) == (409, "authorisation_voided")
    assert provider.balance() == before


def test_hold_expires_after_its_capture_window(own_provider: ProviderProcess) -> None:
    hold = authorise(own_provider, new_key()).json()
    path = f"/v1/authorisations/{hold['id']}"
    own_provider.call("POST", "/control/clock/advance", {"seconds": 7 * 86_400 + 1})
    assert own_provider.call("GET", path).json()["status"] == "expired"
    late = own_provider.call("POST", f"{path}/capture", {}, key=new_key())
    assert late.json()["code"] == "authorisation_expired"


@pytest.mark.parametrize(
    ("method", "code"),
    [("pm_declined", "card_declined"), ("pm_insufficient_funds_x", "insufficient_funds")],
)
def test_declined_methods(provider: ProviderProcess, method: str, code: str) -> None:
    key = new_key()
    answer = authorise(provider, key, payment_method=method)
    assert (answer.status_code, answer.json()["code"]) == (402, code)
    assert answer.json()["resource"]["status"] == "declined"
    assert provider.call("GET", f"/v1/requests/{key}").json()["http_status"] == 402


def test_refund_to_a_closed_card_fails_later_and_comes_back(provider: ProviderProcess) -> None:
    before = provider.balance()
    source = provider.capture(new_key(), 700, "pm_refund_fails")
    asked = refund(provider, source["id"], 700).json()
    assert asked["status"] == "pending"
    now = settled(provider, f"/v1/refunds/{asked['id']}")
    assert (now["status"], now["failure_code"]) == ("failed", "account_closed")
    assert provider.balance() == before + 700
    assert (
        provider.call("GET", f"/v1/authorisations/{source['id']}").json()["amount_refunded_minor"]
        == 0
    )


def test_payouts_are_paid_fail_or_come_back(provider: ProviderProcess) -> None:
    provider.capture(new_key(), 5000)
    before = provider.balance()

    def pay(amount: int, destination: str, key: str) -> httpx.Response:
        body = {"amount_minor": amount, "currency": "EUR", "destination": destination}
        return provider.call("POST", "/v1/payouts", body, key=key)

    key = new_key()
    good, bad = pay(1000, "acct_supplier", key).json(), pay(500, "acct_closed", new_key()).json()
    assert (good["status"], bad["status"]) == ("pending", "pending")
    assert settled(provider, f"/v1/payouts/{bad['id']}")["status"] == "failed"
    assert settled(provider, f"/v1/payouts/{good['id']}")["status"] == "paid"
    listed = provider.call("GET", f"/v1/payouts?idempotency_key={key}").json()["data"]
    assert [row["id"] for row in listed] == [good["id"]]
    assert provider.balance() == before - 1000
    returned = provider.call("POST", f"/control/payouts/{good['id']}/return").json()
    assert (returned["status"], provider.balance()) == ("returned", before)
    assert pay(before + 1, "acct_supplier", new_key()).json()["code"] == "balance_insufficient"


def test_dispute_takes_amount_and_fee_and_blocks_refunds(provider: ProviderProcess) -> None:
    provider.capture(new_key(), 5000)
    source = provider.capture(new_key(), 2000)
    before = provider.balance()
    path = f"/control/authorisations/{source['id']}/dispute"
    dispute = provider.call("POST", path, {}).json()
    assert provider.balance() == before - 2000 - 1500
    assert refund(provider, source["id"], 1).json()["code"] == "payment_disputed"
    assert provider.call("POST", path, {}).status_code == 409
    won = provider.call("POST", f"/control/disputes/{dispute['id']}/won").json()
    assert (won["status"], provider.balance()) == ("won", before - 1500)
    assert provider.call("POST", f"/control/disputes/{dispute['id']}/lost").status_code == 409


def test_same_key_has_one_effect_and_another_body_is_refused(provider: ProviderProcess) -> None:
    before, key = provider.balance(), new_key()
    first = provider.capture(key, 900)
    assert provider.capture(key, 900) == first
    assert provider.balance() == before + 900
    other = authorise(provider, key, amount_minor=901)
    assert (other.status_code, other.json()["code"]) == (409, "idempotency_key_reused")
    elsewhere = provider.call("POST", f"/v1/authorisations/{first['id']}/void", {}, key=key)
    assert elsewhere.json()["code"] == "idempotency_key_reused"
    trace = provider.call("GET", f"/v1/requests/{key}").json()
    assert (trace["operation"], trace["resource"]["id"]) == ("authorise", first["id"])
    assert provider.call("GET", f"/v1/requests/{new_key()}").json()["code"] == "no_such_request"


def test_writes_without_a_key_are_refused(provider: ProviderProcess) -> None:
    body = {"amount_minor": 1, "currency": "EUR", "payment_method": "pm_ok"}
    answer = provider.call("POST", "/v1/authorisations", body)
    assert (answer.status_code, answer.json()["code"]) == (400, "idempotency_key_required")
    answer = provider.call("POST", "/v1/authorisations", body, key="x" * 256)
    assert answer.json()["code"] == "idempotency_key_invalid"


@pytest.mark.parametrize(
    "changes",
    [
        {"amount_minor": 0},
        {"amount_minor": -5},
        {"amount_minor": 10.5},
        {"amount_minor": 10.0},
        {"amount_minor": "10"},
        {"amount_minor": True},
        {"amount_minor": 2**53},
        {"currency": "eur"},
        {"currency": "EURO"},
        {"payment_method": "pm ok"},
        {"capture_method": "later"},
        {"metadata": {"a": "x" * 501}},
        {"surprise": 1},
    ],
)
def test_bad_input_is_a_problem_and_leaves_no_trace(
    provider: ProviderProcess, changes: dict[str, Any]
) -> None:
    key = new_key()
    answer = authorise(provider, key, **changes)
    assert answer.status_code == 422
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["errors"][0]["field"].startswith("body.")
    assert provider.call("GET", f"/v1/requests/{key}").status_code == 404


def test_unknown_currency_method_destination_and_ids(provider: ProviderProcess) -> None:
    for changes, code in (
        ({"currency": "XTS"}, "currency_unsupported"),
        ({"payment_method": "card_9"}, "no_such_payment_method"),
    ):
        answer = authorise(provider, new_key(), **changes)
        assert (answer.status_code, answer.json()["code"]) == (400, code)
    assert refund(provider, "auth_none", 1).json()["code"] == "no_such_object"
    assert provider.call("GET", "/v1/payouts/po_none").status_code == 404
    assert provider.call("GET", "/v1/coins/x").status_code == 422
    assert provider.call("GET", "/v1/statements?date=2026-02-30").status_code == 422


def test_statement_lines_add_up_to_the_balance(own_provider: ProviderProcess) -> None:
    source = own_provider.capture(new_key(), 3000)
    refund(own_provider, source["id"], 1000)
    today = datetime.now(UTC).date().isoformat()
    first = own_provider.call("GET", f"/v1/statements?date={today}").json()
    assert [line["amount_minor"] for line in first["lines"]] == [3000, -1000]
    assert first["lines"][0]["ref"] == source["id"]
    assert first["closing"] == [{"currency": "EUR", "amount_minor": own_provider.balance()}]
    own_provider.call("POST", "/control/clock/advance", {"seconds": 86_400})
    own_provider.capture(new_key(), 50)
    tomorrow = datetime.fromtimestamp(datetime.now(UTC).timestamp() + 86_400, UTC).date()
    second = own_provider.call("GET", f"/v1/statements?date={tomorrow.isoformat()}").json()
    assert second["opening"] == first["closing"]
    assert [line["amount_minor"] for line in second["lines"]] == [50]


def test_the_control_desk_refuses_what_is_not_there(provider: ProviderProcess) -> None:
    for path, status in (
        ("/control/deliveries/999999/resend", 404),
        (f"/control/deliveries/{2**70}/resend", 422),
        ("/control/disputes/dp_none/won", 404),
        ("/control/disputes/dp_none/drawn", 422),
        ("/control/payouts/po_none/return", 404),
    ):
        assert provider.call("POST", path).status_code == status
    for body in ({"url": "ftp://x"}, {"url": 5}, {}):
        answer = provider.call("POST", "/control/webhook_endpoint", body)
        assert answer.status_code == 422
    faults = {"seed": 2**70, "rules": []}
    assert provider.call("POST", "/control/faults", faults).status_code == 422

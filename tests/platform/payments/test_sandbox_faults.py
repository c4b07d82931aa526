"""Scripted faults, durability and the webhooks of the sandbox provider."""

import hashlib
import hmac
import json
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from uuid import uuid4

import httpx
import pytest

from tests.platform.payments.provider_process import ProviderProcess
from tests.platform.payments.webhook_receiver import Received, WebhookReceiver

BODY = {
    "amount_minor": 1000,
    "currency": "EUR",
    "payment_method": "pm_ok",
    "capture_method": "automatic",
}


def new_key() -> str:
    return uuid4().hex


def post(provider: ProviderProcess, key: str, timeout: float = 5) -> httpx.Response:
    return provider.call("POST", "/v1/authorisations", BODY, key=key, timeout=timeout)


def knows(provider: ProviderProcess, key: str) -> bool:
    return provider.call("GET", f"/v1/requests/{key}").status_code == 200


def test_timeouts_with_and_without_effect(provider: ProviderProcess) -> None:
    with_effect, without = new_key(), new_key()
    rule = {"operation": "authorise", "count": 1, "seconds": 2.0}
    provider.faults(
        {**rule, "fault": "timeout_with_effect"}, {**rule, "fault": "timeout_without_effect"}
    )
    before = provider.balance()
    for key in (with_effect, without):
        with pytest.raises(httpx.ReadTimeout):
            post(provider, key, timeout=1)
    assert (knows(provider, with_effect), knows(provider, without)) == (True, False)
    assert provider.balance() == before + 1000
    assert post(provider, with_effect).status_code == 201
    assert post(provider, without).status_code == 201
    assert provider.balance() == before + 2000


def test_an_effect_that_comes_after_the_repeat_is_still_one(provider: ProviderProcess) -> None:
    fault = {"operation": "authorise", "fault": "timeout_with_late_effect", "count": 1}
    provider.faults({**fault, "seconds": 2.0})
    key, before = new_key(), provider.balance()
    with pytest.raises(httpx.ReadTimeout):
        post(provider, key, timeout=0.1)
    assert not knows(provider, key)
    assert post(provider, key).status_code == 201
    time.sleep(2.5)
    assert provider.balance() == before + 1000


def test_late_effect_comes_although_the_caller_hung_up(provider: ProviderProcess) -> None:
    fault = {"operation": "authorise", "fault": "timeout_with_late_effect", "count": 1}
    provider.faults({**fault, "seconds": 0.2})
    key = new_key()
    with pytest.raises(httpx.ReadTimeout):
        post(provider, key, timeout=0.1)
    end = time.monotonic() + 20
    while not knows(provider, key):
        assert time.monotonic() < end
        time.sleep(0.05)


def test_a_held_clock_goes_on_only_when_told(own_provider: ProviderProcess) -> None:
    at = "2026-01-05T09:00:00.000+00:00"
    assert own_provider.call("POST", "/control/clock/hold", {"at": at}).status_code == 200
    fault = {"operation": "authorise", "fault": "timeout_with_late_effect", "count": 1}
    own_provider.faults({**fault, "seconds": 0.1})
    key = new_key()
    assert post(own_provider, key).status_code == 504
    body = {"amount_minor": 300, "currency": "EUR", "destination": "acct_x"}
    own_provider.capture(new_key())
    own_provider.call("POST", "/v1/payouts", body, key="payout")
    time.sleep(0.3)  # far longer than the late effect and the payout would need
    first = own_provider.call("GET", "/v1/requests/payout").json()
    assert (knows(own_provider, key), first["resource"]["status"]) == (False, "pending")
    assert first["created_at"] == at
    moved = own_provider.call("POST", "/control/clock/advance", {"seconds": 1}).json()
    assert (knows(own_provider, key), moved["settled"]) == (True, 2)
    then = own_provider.call("GET", "/v1/requests/payout").json()
    assert then["resource"]["status"] == "paid"
    own_provider.kill()
    own_provider.start()
    assert own_provider.capture(new_key())["created_at"] == "2026-01-05T09:00:01.000+00:00"


def test_500_and_429_leave_no_trace(provider: ProviderProcess) -> None:
    provider.faults(
        {"operation": "authorise", "fault": "http_500", "count": 1},
        {"operation": "authorise", "fault": "http_429", "count": 1},
    )
    key = new_key()
    assert post(provider, key).status_code == 500
    slow_down = post(provider, key)
    assert (slow_down.status_code, slow_down.headers["Retry-After"]) == (429, "1")
    assert not knows(provider, key)
    assert post(provider, key).status_code == 201


def test_decline_and_partial_capture(provider: ProviderProcess) -> None:
    provider.faults(
        {"operation": "authorise", "fault": "decline", "count": 1},
        {"operation": "authorise", "fault": "partial_capture", "count": 1},
    )
    declined, partial = new_key(), new_key()
    assert post(provider, declined).json()["code"] == "card_declined"
    assert post(provider, partial).json()["amount_captured_minor"] == 500
    assert post(provider, declined).status_code == 402


def test_read_faults(provider: ProviderProcess) -> None:
    provider.faults({"operation": "read", "fault": "http_500", "count": 2})
    assert provider.call("GET", "/v1/balance").status_code == 500
    assert provider.call("GET", "/v1/requests/none").status_code == 500
    assert provider.call("GET", "/v1/requests/none").status_code == 404


def test_bad_fault_scripts_are_refused(provider: ProviderProcess) -> None:
    for rule in (
        {"operation": "authorise", "fault": "earthquake"},
        {"operation": "authorise", "fault": "http_500", "probability": 1.5},
        {"operation": "authorise", "fault": "http_500", "count": 0},
    ):
        body = {"seed": 1, "rules": [rule]}
        assert provider.call("POST", "/control/faults", body).status_code == 422


def statuses(provider: ProviderProcess, seed: int) -> list[int]:
    provider.faults({"operation": "authorise", "fault": "http_500", "probability": 0.5}, seed=seed)
    return [post(provider, new_key()).status_code for _ in range(24)]


def test_faults_repeat_from_their_seed(provider: ProviderProcess) -> None:
    first = statuses(provider, 3)
    assert {201, 500} == set(first)
    assert statuses(provider, 3) == first
    assert statuses(provider, 4) != first


def test_what_was_answered_is_there_after_kill_nine(own_provider: ProviderProcess) -> None:
    """Clients write while the process is killed; every success they saw is still known."""
    seen: list[str] = []

    def write_until_it_dies() -> None:
        while True:
            key = new_key()
            try:
                answer = post(own_provider, key, timeout=2)
            except httpx.HTTPError:
                return
            if answer.status_code == 201:
                seen.append(key)

    with ThreadPoolExecutor(4) as pool:
        writers = [pool.submit(write_until_it_dies) for _ in range(4)]
        time.sleep(0.7)
        own_provider.kill()
        for writer in writers:
            writer.result(timeout=10)
    assert len(seen) > 5
    own_provider.start()
    for key in seen:
        assert knows(own_provider, key)
    listed = own_provider.call("GET", f"/v1/authorisations?idempotency_key={seen[0]}").json()
    assert own_provider.capture(seen[0])["id"] == listed["data"][0]["id"]
    assert own_provider.balance() >= 1000 * len(seen)
    assert own_provider.balance() % 1000 == 0


def test_ids_do_not_repeat_after_a_restart_and_sigterm_ends_cleanly(
    own_provider: ProviderProcess,
) -> None:
    first = own_provider.capture(new_key())["id"]
    assert own_provider.stop() == 0
    own_provider.start()
    assert own_provider.capture(new_key())["id"] != first


def is_signed(received: Received, secret: str) -> bool:
    parts = [part.split("=", 1) for part in received.signature.split(",")]
    timestamp = dict(parts)["t"]
    assert abs(int(timestamp) - time.time()) < 30
    signed = timestamp.encode() + b"." + received.raw
    digest = hmac.new(secret.encode(), signed, hashlib.sha256).hexdigest()
    return digest in [value for name, value in parts if name == "v1"]


def listen(provider: ProviderProcess, receiver: WebhookReceiver) -> None:
    provider.call("POST", "/control/webhook_endpoint", {"url": receiver.url})


def ids(received: list[Received]) -> list[str]:
    return [json.loads(item.raw)["id"] for item in received]


def test_webhooks_are_signed_and_sent_again_until_taken(
    provider: ProviderProcess, receiver: WebhookReceiver
) -> None:
    listen(provider, receiver)
    receiver.answers = [500, 503]
    key = new_key()
    provider.capture(key, metadata={"tenant_id": "t1"})
    receiver.wait_for(lambda received: len(received) >= 3)
    time.sleep(0.5)
    assert len(set(ids(receiver.received))) == 1
    assert len(receiver.received) == 3
    event = json.loads(receiver.received[0].raw)
    assert event["type"] == "authorisation.captured"
    assert event["request"]["idempotency_key"] == key
    assert event["data"]["object"]["metadata"] == {"tenant_id": "t1"}
    assert is_signed(receiver.received[0], provider.keys()["webhook_secret"])


def test_two_secrets_are_live_during_rotation(
    own_provider: ProviderProcess, receiver: WebhookReceiver
) -> None:
    old, new = own_provider.keys()["webhook_secret"], "whsec_" + "n" * 20
    listen(own_provider, receiver)
    own_provider.call("POST", "/control/webhook_secrets/rotate", {"secret": new})
    own_provider.capture(new_key())
    receiver.wait_for(lambda received: len(received) == 1)
    assert is_signed(receiver.received[0], old)
    assert is_signed(receiver.received[0], new)
    own_provider.call("POST", "/control/webhook_secrets/retire")
    own_provider.capture(new_key())
    receiver.wait_for(lambda received: len(received) == 2)
    assert not is_signed(receiver.received[1], old)
    assert is_signed(receiver.received[1], new)


def test_webhook_faults(provider: ProviderProcess, receiver: WebhookReceiver) -> None:
    listen(provider, receiver)
    secret = provider.keys()["webhook_secret"]
    provider.faults({"operation": "webhook", "fault": "webhook_duplicate", "count": 1})
    provider.capture(new_key())
    receiver.wait_for(lambda received: len(received) == 2)
    assert len(set(ids(receiver.received))) == 1

    provider.faults({"operation": "webhook", "fault": "webhook_reorder", "count": 1})
    first, second = new_key(), new_key()
    provider.capture(first)
    provider.capture(second)
    receiver.wait_for(lambda received: len(received) == 4)
    keys = [json.loads(item.raw)["request"]["idempotency_key"] for item in receiver.received[2:]]
    assert keys == [second, first]

    provider.faults({"operation": "webhook", "fault": "webhook_forged", "count": 1})
    provider.capture(new_key())
    receiver.wait_for(lambda received: len(received) == 6)
    assert sorted(is_signed(item, secret) for item in receiver.received[4:]) == [False, True]

    late = {"operation": "webhook", "fault": "webhook_late", "count": 1, "seconds": 3600}
    provider.faults(late)
    provider.capture(new_key())
    time.sleep(0.4)
    assert len(receiver.received) == 6
    provider.call("POST", "/control/clock/advance", {"seconds": 3601})
    receiver.wait_for(lambda received: len(received) == 7)


def test_undelivered_webhooks_survive_kill_nine(
    own_provider: ProviderProcess, receiver: WebhookReceiver
) -> None:
    own_provider.call("POST", "/control/webhook_endpoint", {"url": "http://127.0.0.1:9/nobody"})
    source = own_provider.capture(new_key())
    own_provider.call("POST", f"/control/authorisations/{source['id']}/refund", {})
    own_provider.kill()
    own_provider.start()
    listen(own_provider, receiver)
    for row in own_provider.call("GET", "/control/deliveries").json()["data"]:
        own_provider.call("POST", f"/control/deliveries/{row['id']}/resend")
    receiver.wait_for(lambda received: len(set(ids(received))) == 2)
    kinds = {json.loads(item.raw)["type"]: json.loads(item.raw) for item in receiver.received}
    assert set(kinds) == {"authorisation.captured", "refund.succeeded"}
    by_hand = kinds["refund.succeeded"]
    assert by_hand["request"]["idempotency_key"] is None
    assert by_hand["data"]["object"]["origin"] == "dashboard"


def test_two_first_starts_agree_on_the_keys(tmp_path: Path) -> None:
    from metatron.platform.payments.sandbox.settings import load_or_create_keys

    with ThreadPoolExecutor(8) as pool:
        pairs = set(pool.map(lambda _: load_or_create_keys(tmp_path), range(8)))
    assert len(pairs) == 1

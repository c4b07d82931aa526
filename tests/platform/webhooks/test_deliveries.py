"""What an endpoint gets: signed, once, again when it failed, and never what nobody may read."""

import asyncio
import base64
import hashlib
import hmac
import itertools
import ssl
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from metatron.kernel.clock import utc_now
from metatron.kernel.events.registry import Registry
from metatron.kernel.events.runner import Runner
from metatron.platform.tenancy.interface import add_member
from metatron.platform.webhooks import module, noting, sending
from metatron.platform.webhooks.noting import RETRY_SECONDS
from tests.platform.webhooks.office import PATH, Office
from tests.platform.webhooks.receiver import (
    CLOSES_EARLY,
    OK,
    SLOW,
    Came,
    Receiver,
    receiving,
)
from tests.support.people import Door, new_email

ERROR = b"500 Internal Server Error"
SCRIPT = Path(__file__).parents[3] / "examples" / "verify_webhook.py"


def signs(came: Came, secret: str) -> bool:
    """Whether one of a request's signatures is by this secret (Standard Webhooks 1.0.0)."""
    key = base64.b64decode(secret.removeprefix("whsec_"))
    signed = f"{came.id}.{came.headers['webhook-timestamp']}.".encode() + came.body
    mine = base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()
    return f"v1,{mine}" in came.headers["webhook-signature"].split(" ")


async def test_an_event_comes_once_signed_as_its_readers_see_it(
    office: Office, receiver: Receiver
) -> None:
    made = await office.add(receiver.url)
    await office.rename("House of Hooks")
    await office.work()
    [came] = receiver.came
    assert signs(came, made["secret"])
    assert not signs(came, "whsec_" + base64.b64encode(b"x" * 32).decode())
    age = datetime.now(UTC).timestamp() - int(came.headers["webhook-timestamp"])
    assert abs(age) < 60
    told = came.told
    assert sorted(told) == ["data", "timestamp", "type"]
    assert told["type"] == "tenancy.settings_updated"
    assert told["timestamp"].endswith("Z")
    audit = (await office.client.get("/audit")).json()["items"]
    [entry] = [each for each in audit if each["id"] == told["data"]["event_id"]]
    assert told["data"]["payload"] == entry["payload"]
    assert told["data"]["aggregate_id"] == entry["aggregate_id"]
    assert "House of Hooks" not in came.body.decode(), "who wants it asks the API"
    [delivery] = await office.log(made)
    assert (delivery["id"], delivery["state"]) == (came.id, "delivered")
    assert [each["status"] for each in delivery["attempts_made"]] == [200]
    assert await office.work() == 0


async def test_nothing_unasked_for_comes(office: Office, receiver: Receiver) -> None:
    await office.add(receiver.url, "campaigns.*")
    await office.add(receiver.url, "*", is_on=False)
    await office.rename("Elsewhere")
    assert await office.work() == 0
    assert receiver.came == []


async def test_without_webhooks_an_event_asks_for_nothing(
    office: Office, receiver: Receiver, door: Door
) -> None:
    await office.rename("Quiet")
    assert await office.take_up() == []


async def test_an_event_goes_to_each_endpoint_that_wants_it_under_the_name_chosen(
    office: Office, receiver: Receiver
) -> None:
    for events in (["settings.updated"], ["settings.updated", "tenancy.*"], ["*"]):
        await office.add(receiver.url, *events)
    await office.work()
    receiver.came.clear()
    await office.rename("Thrice")
    await office.work()
    types = sorted(each.told["type"] for each in receiver.came)
    assert types == ["settings.updated", "tenancy.settings_updated", "tenancy.settings_updated"]
    assert len({each.id for each in receiver.came}) == 3, "each endpoint has its own message"


async def test_events_come_in_the_order_in_which_they_are_sent_one_by_one(
    office: Office, receiver: Receiver
) -> None:
    await office.add(receiver.url)
    for name in ("One", "Two", "Three"):
        await office.rename(name)
        await office.work()
    assert len(receiver.came) == 3
    stamps = [each.told["timestamp"] for each in receiver.came]
    assert stamps == sorted(stamps)


async def test_a_failure_is_tried_again_under_the_same_id(
    office: Office, receiver: Receiver
) -> None:
    made = await office.add(receiver.url)
    receiver.answers, receiver.body = (
        [ERROR, CLOSES_EARLY, OK],
        b"out of order \x00\xff" + b"y" * 5_000,
    )
    await office.rename("Again")
    await office.work()
    [waiting] = await office.log(made, state="queued")
    due = datetime.fromisoformat(waiting["next_attempt_at"]) - datetime.now(UTC)
    assert timedelta(0) < due < timedelta(seconds=RETRY_SECONDS[0] * 1.3)
    assert (await office.read(made))["failing_since"] is not None
    for _ in range(2):
        await office.later()
        await office.work()
    assert len({each.id for each in receiver.came}) == 1
    assert len({each.body for each in receiver.came}) == 1
    [delivery] = await office.log(made)
    assert (delivery["state"], delivery["attempts"]) == ("delivered", 3)
    newest, early, first = delivery["attempts_made"]
    assert (newest["status"], early["status"], first["status"]) == (200, None, 500)
    assert early["error"].startswith("There was no answer")
    assert first["excerpt"].startswith("out of order ")
    assert len(first["excerpt"].encode()) <= 1_010
    assert (await office.read(made))["failing_since"] is None


async def test_it_is_given_up_after_a_day(office: Office, receiver: Receiver) -> None:
    made = await office.add(receiver.url)
    receiver.answers = [ERROR]
    await office.rename("Never")
    await office.work()
    for _ in RETRY_SECONDS:
        await office.later()
        await office.work()
    [delivery] = await office.log(made)
    assert (delivery["state"], delivery["reason"]) == ("failed", "no_success")
    assert delivery["attempts"] == len(RETRY_SECONDS) + 1 == len(receiver.came)
    assert 20 * 3_600 < sum(RETRY_SECONDS) < 28 * 3_600
    assert (await office.read(made))["is_on"], "one day is not three"


async def test_an_endpoint_that_fails_for_days_is_switched_off_and_its_people_told(
    office: Office, receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = await office.add(receiver.url, description="Books")
    receiver.answers = [ERROR]
    monkeypatch.setattr(noting, "RETRY_SECONDS", ())
    await office.rename("First")
    await office.work()
    assert (await office.read(made))["is_on"]
    await office.sql(
        "update webhooks.endpoint set failing_since = now() - interval '73 hours'"
        " where tenant_id = :t"
    )
    await office.rename("Second")
    await office.work()
    off = await office.read(made)
    assert (off["is_on"], off["off_reason"]) == (False, "failing")
    mails = await office.door.mails(office.email, office.tenant_id)
    [mail] = [each for each in mails if each["template"] == "webhooks.switched_off"]
    assert mail["subject"] == "The webhook at 127.0.0.1 is switched off"
    assert "/hooks" not in mail["text"].split("http")[0], "an address may carry a secret"
    count = len(receiver.came)
    await office.rename("Third")
    await office.work()
    assert len(receiver.came) == count
    answer = await office.client.patch(f"{PATH}/{made['id']}", json={"is_on": True})
    assert (answer.json()["off_reason"], answer.json()["failing_since"]) == (None, None)


async def test_gone_switches_off_at_once(office: Office, receiver: Receiver) -> None:
    made = await office.add(receiver.url)
    receiver.answers = [b"410 Gone"]
    await office.rename("Gone")
    await office.work()
    off = await office.read(made)
    assert (off["is_on"], off["off_reason"]) == (False, "gone")
    [delivery] = await office.log(made)
    assert (delivery["state"], delivery["attempts"]) == ("failed", 1)
    refused = await office.client.post(f"{PATH}/{made['id']}/test")
    assert (refused.status_code, refused.json()["code"]) == (409, "webhook_off")


async def test_a_redirect_is_not_followed(office: Office, receiver: Receiver) -> None:
    async with receiving() as elsewhere:
        made = await office.add(receiver.url)
        receiver.answers = [b"307 Temporary Redirect\r\nlocation: " + elsewhere.url.encode()]
        await office.rename("Redirected")
        await office.work()
        assert elsewhere.came == []
    [delivery] = await office.log(made)
    assert delivery["state"] == "queued"
    assert [each["status"] for each in delivery["attempts_made"]] == [307]


async def test_a_certificate_of_nobody_is_not_trusted(
    office: Office, inside: None, tmp_path: Path
) -> None:
    async with receiving(_own_certificate(tmp_path)) as receiver:
        made = await office.add(receiver.url)
        await office.rename("Forged")
        await office.work()
        assert receiver.came == []
    [delivery] = await office.log(made)
    assert delivery["attempts_made"][0]["error"] == "There was no answer: ConnectError."


async def test_a_slow_endpoint_holds_up_no_other_and_has_few_at_once(
    office: Office, receiver: Receiver, door: Door
) -> None:
    receiver.answers = [SLOW]
    made = await office.add(receiver.url)
    for number in range(8):
        await office.rename(f"Slow {number}")
    registry = Registry([module.MODULE])
    runner, handlers = Runner(door.database, registry), registry.handlers()
    for each in await office.take_up():
        await runner.deliver(handlers[each["handler"]], each)
    async with asyncio.TaskGroup() as group:
        sends = [
            group.create_task(runner.deliver(handlers[each["handler"]], each))
            for each in await office.take_up()
        ]
        assert len(sends) == 8
        async with asyncio.timeout(8):
            for done in itertools.islice(asyncio.as_completed(sends), 4):
                await done
        assert receiver.most_at_once == 4
        receiver.go_on.set()
    assert receiver.most_at_once == 4
    states = sorted(each["state"] for each in await office.log(made))
    assert states == ["delivered"] * 4 + ["queued"] * 4
    await office.later()
    await office.work()
    assert {each["state"] for each in await office.log(made)} == {"delivered"}
    assert len({each.id for each in receiver.came}) == len(receiver.came) == 8


async def test_no_answer_in_time_is_a_failure(
    office: Office, receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sending, "TIMEOUT_SECONDS", 0.2)
    made = await office.add(receiver.url)
    receiver.answers = [SLOW]
    await office.rename("Late")
    await office.work()
    [delivery] = await office.log(made)
    [attempt] = delivery["attempts_made"]
    assert (attempt["status"], attempt["error"]) == (None, "There was no answer in time.")


async def test_a_worker_that_dies_after_sending_repeats_under_the_same_id(
    office: Office, receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = await office.add(receiver.url)
    await office.rename("Killed")
    [fan_out] = await office.take_up()
    registry = Registry([module.MODULE])
    runner, handlers = Runner(office.door.database, registry), registry.handlers()
    await runner.deliver(handlers[fan_out["handler"]], fan_out)
    await runner.deliver(handlers[fan_out["handler"]], fan_out)
    [send] = await office.take_up()

    async def dies(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as dying:
        dying.setattr(sending, "note", dies)
        with pytest.raises(KeyboardInterrupt):
            await runner.deliver(handlers[send["handler"]], send)
    for _ in range(3):
        await runner.deliver(handlers[send["handler"]], send)
    assert len(receiver.came) == 2, "a third would have been one too many: it was noted"
    assert len({each.id for each in receiver.came}) == 1
    [delivery] = await office.log(made)
    assert (delivery["state"], delivery["attempts"]) == ("delivered", 1)


async def test_both_secrets_sign_during_the_overlap(office: Office, receiver: Receiver) -> None:
    made = await office.add(receiver.url)
    path = f"{PATH}/{made['id']}/rotate-secret"
    rotated = (await office.client.post(path, json={"overlap_seconds": 3_600})).json()
    assert rotated["secret"] != made["secret"]
    await office.rename("Both")
    await office.work()
    assert all(signs(receiver.came[-1], each["secret"]) for each in (made, rotated))
    await office.sql(
        "update webhooks.endpoint set old_secret_until = now() - interval '1 second'"
        " where tenant_id = :t"
    )
    await office.rename("New one only")
    await office.work()
    assert signs(receiver.came[-1], rotated["secret"])
    assert not signs(receiver.came[-1], made["secret"])
    at_once = (await office.client.post(path, json={"overlap_seconds": 0})).json()
    await office.rename("At once")
    await office.work()
    assert signs(receiver.came[-1], at_once["secret"])
    assert not signs(receiver.came[-1], rotated["secret"])


async def test_names_that_lead_inside_are_not_called(
    office: Office, receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The address was public when it was set; its name leads inside by now."""
    monkeypatch.undo()
    port = receiver.url.split(":")[2].split("/")[0]
    made = await office.add(f"https://localhost:{port}/hooks")
    await office.rename("Rebound")
    await office.work()
    assert receiver.came == []
    [delivery] = await office.log(made)
    assert (delivery["state"], delivery["attempts"]) == ("failed", 1)
    [attempt] = delivery["attempts_made"]
    assert attempt["error"] == "This address leads into a private network."


async def test_a_test_is_sent_once_and_a_delivery_once_more(
    office: Office, receiver: Receiver
) -> None:
    made = await office.add(receiver.url)
    asked = await office.client.post(f"{PATH}/{made['id']}/test")
    assert asked.status_code == 202, asked.text
    under_way = await office.client.post(f"{PATH}/deliveries/{asked.json()['id']}/redeliver")
    assert under_way.json()["code"] == "webhook_delivery_not_over"
    receiver.answers = [ERROR, OK]
    await office.work()
    [tested] = await office.log(made)
    assert (tested["type"], tested["state"], tested["attempts"]) == ("webhooks.test", "failed", 1)
    again = await office.client.post(f"{PATH}/deliveries/{tested['id']}/redeliver")
    assert again.status_code == 202, again.text
    await office.work()
    assert [each.id for each in receiver.came] == [tested["id"]] * 2
    [tested] = await office.log(made, state="delivered")
    assert tested["attempts"] == 2


async def test_an_endpoint_is_told_what_who_answers_for_it_may_read(
    office: Office, receiver: Receiver
) -> None:
    role = await office.client.post(
        "/roles",
        json={"name": "Hooks", "description": "", "permissions": [
            "webhooks:read", "webhooks:manage", "campaigns:read",
        ]},
    )  # fmt: skip
    assert role.status_code == 201, role.text
    # In their role before they first call: what one may do is kept for a moment.
    email = new_email("colleague")
    user_id = await office.door.person(email)
    async with office.door.database.transaction(office.context) as session:
        await add_member(
            session, office.context, user_id=user_id, role_names=("participant",), now=utc_now()
        )
    members = (await office.client.get("/members")).json()["items"]
    [member] = [each for each in members if each["user_id"] == str(user_id)]
    given = await office.client.patch(
        f"/members/{member['id']}", json={"role_ids": [role.json()["id"]]}
    )
    assert given.is_success, given.text
    colleague = await office.door.signed_in(email, office.tenant_id)
    made = await colleague.post(PATH, json={"url": receiver.url, "events": ["*"]})
    assert made.status_code == 201, made.text
    await office.work()
    receiver.came.clear()
    await office.rename("Not for campaigners")
    campaign = await office.client.post("/campaigns", json={"title": "For all"})
    assert campaign.status_code == 201, campaign.text
    await office.work()
    assert {each.told["type"].partition(".")[0] for each in receiver.came} == {"campaigns"}
    log = await office.log(made.json(), state="withheld")
    assert "tenancy.settings_updated" in {each["type"] for each in log}
    assert all(each["attempts"] == 0 for each in log)
    hidden = next(each for each in log if each["type"] == "tenancy.settings_updated")
    again = f"{PATH}/deliveries/{hidden['id']}/redeliver"
    assert (await colleague.post(again)).status_code == 202
    await office.work()
    assert hidden["id"] in {each["id"] for each in await office.log(made.json(), state="withheld")}
    assert hidden["id"] not in {each.id for each in receiver.came}
    answer = await office.client.delete(f"/members/{member['id']}")
    assert answer.is_success, answer.text
    receiver.came.clear()
    await office.client.post("/campaigns", json={"title": "After they left"})
    await office.work()
    assert receiver.came == []
    off = await office.read(made.json())
    assert (off["is_on"], off["off_reason"]) == (False, "left")
    # Who takes it over may read everything: what was withheld can come now.
    taken = await office.client.patch(f"{PATH}/{off['id']}", json={"is_on": True})
    assert (taken.status_code, taken.json()["off_reason"]) == (200, None), taken.text
    assert (await office.client.post(again)).status_code == 202
    await office.work()
    assert hidden["id"] in {each.id for each in receiver.came}


async def test_a_sandboxs_clock_brings_no_try_forward(office: Office, receiver: Receiver) -> None:
    made = await office.add(receiver.url)
    receiver.answers = [ERROR]
    await office.rename("Sandbox")
    await office.work()
    # As when the organisation's clock is moved on: the job is due, the receiver's time is not.
    await office.door.database.system.execute(
        "update kernel.outbox set run_at = now() where tenant_id = $1", office.tenant_id
    )
    await office.work()
    assert len(receiver.came) == 1
    [delivery] = await office.log(made)
    assert (delivery["state"], delivery["attempts"]) == ("queued", 1)


async def test_the_example_verifies_what_is_sent(
    office: Office, receiver: Receiver, tmp_path: Path
) -> None:
    made = await office.add(receiver.url)
    await office.rename("Verified")
    await office.work()
    [came] = receiver.came
    body = tmp_path / "body.json"
    for content, code in ((came.body, 0), (came.body + b" ", 1)):
        body.write_bytes(content)
        heads = [came.headers[f"webhook-{name}"] for name in ("id", "timestamp", "signature")]
        command = [sys.executable, SCRIPT, body, made["secret"], *heads]
        ended = await asyncio.to_thread(subprocess.run, command, capture_output=True, check=False)
        assert ended.returncode == code, ended.stderr


def _own_certificate(folder: Path) -> ssl.SSLContext:
    """A certificate that nobody vouches for."""
    key, name = (
        ec.generate_private_key(ec.SECP256R1()),
        x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")]),
    )
    now = datetime.now(UTC)
    made = x509.CertificateBuilder(name, name, key.public_key(), 1, now, now + timedelta(days=1))
    signed = made.sign(key, hashes.SHA256())
    file = folder / "server.pem"
    file.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
        + signed.public_bytes(serialization.Encoding.PEM)
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(file)
    return context

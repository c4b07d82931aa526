"""Webhooks over the API: who may keep them, what they can be told of, and what is refused."""

from typing import Any
from uuid import UUID

import pytest

from metatron.kernel.ids import new_id
from metatron.platform.webhooks import endpoints, schemas
from tests.platform.webhooks.office import PATH, Office
from tests.support.people import Door, new_email

URL = "https://hooks.example.com/in"


async def test_a_webhook_is_kept_changed_and_removed(office: Office) -> None:
    made = await office.add(URL, "campaigns.*", "user.created", description="Books")
    schemas.WebhookWithSecret.model_validate(made)
    assert made["secret"].startswith("whsec_")
    assert made["events"] == ["campaigns.*", "user.created"]
    listed = (await office.client.get(PATH)).json()
    schemas.WebhookPage.model_validate(listed)
    assert [each["id"] for each in listed["items"]] == [made["id"]]
    assert made["secret"] not in str(listed)
    shown = await office.client.get(f"{PATH}/{made['id']}")
    assert (shown.headers["etag"], "secret" in shown.json()) == ('"1"', False)
    path, stale = f"{PATH}/{made['id']}", {"if-match": '"1"'}
    changed = await office.client.patch(path, json={"is_on": False}, headers=stale)
    assert (changed.status_code, changed.json()["is_on"]) == (200, False), changed.text
    assert changed.headers["etag"] == '"2"'
    late = await office.client.patch(path, json={"is_on": True}, headers=stale)
    assert (late.status_code, late.json()["code"]) == (412, "version_conflict")
    assert (await office.client.delete(path)).status_code == 204
    gone = await office.client.get(path)
    assert (gone.status_code, gone.json()["code"]) == (404, "webhook_not_found")


@pytest.mark.parametrize(
    ("wrong", "code"),
    [
        ({"url": "http://hooks.example.com/"}, "bad_address"),
        ({"url": "https://127.0.0.1/"}, "bad_address"),
        ({"url": "https://[::1]/"}, "bad_address"),
        ({"url": "https://169.254.169.254/latest"}, "bad_address"),
        ({"url": "https://me:secret@hooks.example.com/"}, "bad_address"),
        ({"events": ["campaigns.nothing_happened"]}, "unknown_event"),
        ({"events": ["backups.*"]}, "unknown_event"),
        ({"events": ["tenancy.admin_key_created"]}, "unknown_event"),
        ({"events": ["webhooks.test"]}, "unknown_event"),
    ],
)
async def test_what_is_no_webhook_is_refused(
    office: Office, wrong: dict[str, Any], code: str
) -> None:
    body = {"url": URL, "events": ["*"]} | wrong
    answer = await office.client.post(PATH, json=body)
    assert (answer.status_code, answer.json()["errors"][0]["code"]) == (422, code), answer.text
    assert (await office.client.get(PATH)).json()["items"] == []


async def test_there_is_a_most(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(endpoints, "MOST", 2)
    for number in range(2):
        await office.add(f"{URL}/{number}")
    answer = await office.client.post(PATH, json={"url": URL, "events": ["*"]})
    assert (answer.status_code, answer.json()["code"]) == (409, "too_many_webhooks")


async def test_who_may_look_and_who_may_change(office: Office) -> None:
    made = await office.add(URL)
    auditor, analyst = await office.colleague("auditor"), await office.colleague("analyst")
    assert (await auditor.get(PATH)).status_code == 200
    assert (await analyst.get(PATH)).status_code == 403
    for method, path in (
        ("POST", PATH), ("PATCH", f"{PATH}/{made['id']}"), ("DELETE", f"{PATH}/{made['id']}"),
        ("POST", f"{PATH}/{made['id']}/rotate-secret"), ("POST", f"{PATH}/{made['id']}/test"),
        ("POST", f"{PATH}/deliveries/{new_id()}/redeliver"),
    ):  # fmt: skip
        body = {"url": URL, "events": ["*"]} if path == PATH else {}
        answer = await auditor.request(method, path, json=body)
        assert (answer.status_code, answer.json()["code"]) == (403, "permission_denied")


async def test_another_organisations_are_unknown(office: Office, door: Door) -> None:
    made = await office.add(URL)
    tested = await office.client.post(f"{PATH}/{made['id']}/test")
    email = new_email("other")
    other = await door.signed_in(email, (await door.organisation(email)).id)
    for method, path in (
        ("GET", made["id"]), ("PATCH", made["id"]), ("DELETE", made["id"]),
        ("GET", f"{made['id']}/deliveries"), ("POST", f"{made['id']}/rotate-secret"),
        ("POST", f"{made['id']}/test"), ("POST", f"deliveries/{tested.json()['id']}/redeliver"),
    ):  # fmt: skip
        body = None if method == "GET" else {}
        answer = await other.request(method, f"{PATH}/{path}", json=body)
        assert answer.status_code == 404, (method, path, answer.text)
    assert (await office.read(made))["version"] == 1
    assert (await other.get(PATH)).json()["items"] == []


async def test_the_catalogue_says_what_each_event_tells(office: Office) -> None:
    answer = await office.client.get(f"{PATH}/events")
    found = schemas.PublishedEvents.model_validate(answer.json()).items
    names = [each.name for each in found]
    assert len(names) == len(set(names))
    assert {"settings.updated", "user.created", "user.updated", "report.ready"} <= set(names)
    assert {"campaigns.campaign_moved", "amc.run_moved", "identity.user_updated"} <= set(names)
    assert {each.module for each in found}.isdisjoint({"health", "console", "backups"})
    known = set(names)
    for each in found:
        assert each.description[0].isupper(), each
        assert each.description.endswith("."), each
        assert set(each.of) <= known, each
    added = await office.add(URL, *names[:90])
    assert added["events"] == sorted(names[:90])


async def test_secrets_are_sealed_and_renewed_with_the_keys(office: Office) -> None:
    made = await office.add(URL)
    rows = await office.sql(
        "select sealed_secret from webhooks.endpoint where tenant_id = :t and id = :i",
        i=UUID(made["id"]),
    )
    assert made["secret"].encode() not in bytes(rows.scalar_one())

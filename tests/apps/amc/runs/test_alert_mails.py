"""Whom alerts may mail, and how often: the mail server is everybody's, strangers' mailboxes too."""

from collections.abc import AsyncIterator
from typing import Any
from uuid import UUID

import httpx
import pytest
from sqlalchemy import text

from metatron.apps.amc.module import MODULE
from metatron.apps.amc.runs import alert_schemas, alerts
from metatron.kernel.clock import utc_now
from metatron.kernel.ids import new_id
from tests.apps.amc.runs.stage import Stage
from tests.doorkeeper import application, client_of

from .test_api import asked, key, own

_MAILS = text("""
select b.address, b.subject, b.text, m.recipient_id from notifications.message_body b
join notifications.message m on m.tenant_id = b.tenant_id and m.id = b.id
where b.tenant_id = :t order by m.created_at, m.id
""")


@pytest.fixture
async def client(stage: Stage) -> AsyncIterator[httpx.AsyncClient]:
    made = application(stage.runtime.settings, stage.database, (MODULE,))
    made.state.gate.known |= {"owner": stage.owner}
    async with client_of(made, "owner") as found:
        found.base_url = httpx.URL("http://testserver/api/v1/amc")
        yield found


async def mails(stage: Stage) -> list[Any]:
    async with stage.database.transaction(stage.owner) as session:
        return list((await session.execute(_MAILS, {"t": stage.tenant_id})).all())


async def workflow_of(client: httpx.AsyncClient, stage: Stage) -> tuple[str, UUID]:
    """A workflow, and a run of it that has ended."""
    run = await asked(client, stage)
    saved = await client.post(
        f"/runs/{run['id']}/save-as-workflow", json={"name": "W"}, headers=key()
    )
    workflow = saved.json()["id"]
    again = await asked(client, stage, sql=None, workflow_id=workflow)
    await stage.ended(UUID(again["id"]))
    return workflow, UUID(again["id"])


def wish(workflow: str, *addresses: str) -> dict[str, Any]:
    return {
        "name": "Rows", "workflow_id": workflow, "condition": {"op": ">", "value": 0},
        "channels": [{"kind": "mail", "to": address} for address in addresses],
    }  # fmt: skip


async def fired(client: httpx.AsyncClient, stage: Stage, alert: str, run: UUID) -> dict[str, Any]:
    await alerts.judge(stage.database, stage.owner, run_id=run, now=utc_now())
    listed = (await client.get("/alerts")).json()["items"]
    [shown] = [each for each in listed if each["id"] == alert]
    alert_schemas.AlertAnswer.model_validate(shown)
    return dict(shown)


def token_in(mail: Any) -> str:
    return str(mail.text.split("/s/amc/alerts/")[1].split()[0])


async def says(client: httpx.AsyncClient, word: str, token: str) -> httpx.Response:
    url = f"http://testserver/api/v1/public/amc/alert-addresses/{word}"
    return await client.post(url, json={"token": token}, headers={"authorization": ""})


async def test_a_stranger_is_asked_once_and_told_nothing_before_saying_yes(
    client: httpx.AsyncClient, stage: Stage
) -> None:
    workflow, run = await workflow_of(client, stage)
    made = await client.post("/alerts", json=wish(workflow, "Eve@example.com"))
    assert made.status_code == 201, made.text
    again = await client.post("/alerts", json=wish(workflow, "eve@example.com"))
    [question] = await mails(stage)
    assert (question.address, question.recipient_id) == ("Eve@example.com", None)
    assert "Rows" not in question.subject + question.text, "nobody's words reach a stranger"
    awaited = [{"to": "Eve@example.com", "standing": "asked"}]
    assert made.json()["awaited"] == awaited
    shown = await fired(client, stage, made.json()["id"], run)
    reason = {"to": "Eve@example.com", "reason": "unconfirmed"}
    assert shown["last_firing"]["not_sent"] == [reason]
    tried = await client.post(f"/alerts/{made.json()['id']}/test")
    assert alert_schemas.TrialAnswer.model_validate_json(tried.content).model_dump() == {
        "not_sent": [reason]
    }
    assert len(await mails(stage)) == 1
    answered = await says(client, "confirm", token_in(question))
    assert answered.status_code == 200, answered.text
    assert (answered.json()["address"], answered.json()["says_yes"]) == ("Eve@example.com", True)
    tried = await client.post(f"/alerts/{again.json()['id']}/test")
    assert tried.json() == {"not_sent": []}
    told = (await mails(stage))[-1]
    assert told.subject == "Trial of the alert Rows"
    assert token_in(told) == token_in(question), "each mail tells how to end them"


async def test_who_says_no_is_neither_told_nor_asked_again(
    client: httpx.AsyncClient, stage: Stage
) -> None:
    workflow, run = await workflow_of(client, stage)
    made = (await client.post("/alerts", json=wish(workflow, "eve@example.com"))).json()
    [question] = await mails(stage)
    assert (await says(client, "refuse", token_in(question))).json()["says_yes"] is False
    assert (await client.post("/alerts", json=wish(workflow, "eve@example.com"))).json()[
        "awaited"
    ] == [{"to": "eve@example.com", "standing": "refused"}]
    shown = await fired(client, stage, made["id"], run)
    assert [each["reason"] for each in shown["last_firing"]["not_sent"]] == ["refused"]
    assert len(await mails(stage)) == 1
    for token in ("x", token_in(question)[:-4] + "AAA=", "A" * 64):
        assert (await says(client, "confirm", token)).status_code == 404


async def test_members_are_told_at_once_however_their_address_is_written(
    client: httpx.AsyncClient, stage: Stage
) -> None:
    workflow, run = await workflow_of(client, stage)
    address = (await own(stage)).upper()
    made = (await client.post("/alerts", json=wish(workflow, address))).json()
    assert made["awaited"] == []
    shown = await fired(client, stage, made["id"], run)
    assert shown["last_firing"]["not_sent"] == []
    [told] = await mails(stage)
    assert told.recipient_id == stage.owner.actor_id, "what they chose of their mails holds"
    assert "/s/amc/alerts/" not in told.text


async def test_mails_of_a_day_are_bounded_and_none_is_lost_silently(
    client: httpx.AsyncClient, stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(stage.runtime.settings, "alert_mails_a_day", 2)
    workflow, run = await workflow_of(client, stage)
    address = await own(stage)
    made = (await client.post("/alerts", json=wish(workflow, address))).json()
    for expected in (202, 202, 429):
        tried = await client.post(f"/alerts/{made['id']}/test")
        assert tried.status_code == expected, tried.text
    assert (tried.json()["code"], tried.json()["most_a_day"]) == ("alert_mails_spent", 2)
    assert 0 < int(tried.headers["retry-after"]) <= 86_400
    shown = await fired(client, stage, made["id"], run)
    assert shown["last_firing"]["not_sent"] == [{"to": address, "reason": "cap"}]
    stranger = await client.post("/alerts", json=wish(workflow, f"{new_id()}@example.com"))
    assert (stranger.status_code, stranger.json()["code"]) == (429, "alert_mails_spent")
    moved = {"channels": [{"kind": "mail", "to": "eve@example.com"}]}
    assert (await client.patch(f"/alerts/{made['id']}", json=moved)).status_code == 429
    assert len(await mails(stage)) == 2
    await stage.change(
        "update amc.alert_mail_count set counted_on = counted_on - 1 where tenant_id = :t"
    )
    assert (await client.post(f"/alerts/{made['id']}/test")).status_code == 202

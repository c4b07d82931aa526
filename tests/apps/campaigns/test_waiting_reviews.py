"""A submitted campaign reaches those who may approve it: in their list, and by mail."""

from typing import Any

import httpx
from sqlalchemy import text

from metatron.kernel.context import system_context
from metatron.kernel.events.registry import Registry
from metatron.kernel.events.runner import Runner
from metatron.processes import all_modules
from tests.apps.campaigns.test_api import House, app, house, step
from tests.support.people import new_email

__all__ = ["app", "house"]


async def waiting(client: httpx.AsyncClient) -> list[dict[str, Any]]:
    answer = await client.get("/approvals/waiting")
    assert answer.status_code == 200, answer.text
    items: list[dict[str, Any]] = answer.json()["items"]
    return items


async def tell(house: House) -> None:
    """Send what the newest step asks to be told, as the worker does."""
    context = system_context(house.tenant.id)
    query = text("select * from kernel.outbox where name = :name order by id desc limit 1")
    async with house.door.database.transaction(context) as session:
        row = (await session.execute(query, {"name": "campaigns.tell"})).one()
    registry = Registry(all_modules())
    message = {
        "kind": "job", "tenant_id": str(house.tenant.id), "id": str(row.id),
        "handler": row.name, "arguments": row.arguments,
    }  # fmt: skip
    await Runner(house.door.database, registry).deliver(registry.jobs[row.name], message)


async def test_a_submitted_campaign_waits_for_those_who_may_approve_it(house: House) -> None:
    campaign = await house.draft(title="Desk lamps, together")
    assert await waiting(house.reviewer) == []
    await step(house.organiser, campaign, "submit")
    [found] = await waiting(house.reviewer)
    assert (found["title"], found["path"]) == (
        "Desk lamps, together",
        f"/campaigns/{campaign['id']}",
    )
    me = (await house.organiser.get("/auth/me")).json()["user"]["id"]
    assert found["asked_by"] == me
    assert await waiting(house.organiser) == [], "who may not approve is shown nothing"
    assert (await house.supplier.get("/approvals/waiting")).status_code == 403
    stranger = await house.door.signed_in(
        new_email("other"), (await house.door.organisation()).id, ("administrator",)
    )
    assert await waiting(stranger) == []
    await step(house.reviewer, campaign, "request_changes", "Say more.")
    assert await waiting(house.reviewer) == []
    await step(house.reviewer, campaign, "submit")
    assert await waiting(house.reviewer) == [], "whoever submitted does not approve"


async def test_those_who_may_approve_are_mailed_with_a_link(house: House) -> None:
    mailed, organising = new_email("administrator"), new_email("organiser")
    await house.door.signed_in(mailed, house.tenant.id, ("administrator",))
    await house.door.signed_in(organising, house.tenant.id, ("organiser",))
    campaign = await house.draft(title="Desk lamps, together")
    await step(house.organiser, campaign, "submit")
    for _ in range(2):
        await tell(house)
    [mail] = await house.door.mails(mailed, house.tenant.id)
    assert mail["subject"] == "Please review: Desk lamps, together"
    address = house.door.settings.public_url.rstrip("/")
    assert f"{address}/campaigns/{campaign['id']}" in mail["text"]
    assert await house.door.mails(organising, house.tenant.id) == []


async def test_the_history_names_who_took_each_step(house: House) -> None:
    campaign = await house.live()
    steps = (await house.organiser.get(f"/campaigns/{campaign['id']}/history")).json()
    me = (await house.organiser.get("/auth/me")).json()["user"]
    reviewer = (await house.reviewer.get("/auth/me")).json()["user"]
    taken = {each["name"]: (each["actor_id"], each["actor_name"], each["actor"]) for each in steps}
    assert taken["submit"] == (me["id"], me["display_name"], "organiser")
    assert taken["approve"] == (reviewer["id"], reviewer["display_name"], "administrator")
    assert {each["label"] for each in steps} >= {"Submit for review", "Approve"}

"""A hidden campaign is nobody's to find: it takes nobody new, and those in it stay in it."""

from typing import Any

import httpx
import pytest

from metatron.kernel.ids import new_id
from tests.apps.campaigns.test_api import House, app, commitment, house, keyed, step
from tests.isolation.samples import body_of, operations
from tests.support.people import new_email

__all__ = ["app", "house"]


async def place(client: httpx.AsyncClient, campaign: dict[str, Any], units: int) -> httpx.Response:
    url = f"/campaigns/{campaign['id']}/commitments"
    return await client.post(url, json=commitment(units), headers=keyed())


async def hide(house: House, campaign: dict[str, Any], visibility: str = "hidden") -> None:
    answer = await house.organiser.patch(
        f"/campaigns/{campaign['id']}", json={"visibility": visibility}
    )
    assert answer.status_code == 200, answer.text


async def test_a_hidden_campaign_takes_nobody_new(house: House) -> None:
    campaign, elsewhere = await house.live(), await house.live()
    stranger = await house.door.signed_in(new_email("stranger"))
    member = await house.member(elsewhere)
    await hide(house, campaign)
    for body in ({}, {"organisation": house.tenant.slug}):
        refused = await stranger.post(f"/campaigns/{campaign['id']}/join", json=body)
        assert (refused.status_code, refused.json()["code"]) == (404, "campaign_not_found")
    refused = await place(member, campaign, 2)
    assert (refused.status_code, refused.json()["code"]) == (404, "campaign_not_found")
    await hide(house, campaign, "published")
    assert (await place(member, campaign, 2)).status_code == 202


async def test_those_in_it_stay_in_it(house: House) -> None:
    campaign = await house.live()
    member = await house.member(campaign)
    placed = await place(member, campaign, 2)
    assert placed.status_code == 202, placed.text
    await hide(house, campaign)
    where = f"/public/{house.tenant.slug}/campaigns/{campaign['slug']}"
    assert (await member.get(where)).json()["takes_commitments"]
    assert (await place(member, campaign, 1)).status_code == 202
    assert (await member.post(f"/campaigns/{campaign['id']}/join", json={})).status_code == 200
    withdrawn = await member.post(
        f"/commitments/{placed.json()['id']}/withdraw", json={}, headers=keyed()
    )
    assert withdrawn.status_code == 200, withdrawn.text


async def unseen(house: House, how: str) -> dict[str, Any]:
    """A campaign that strangers are told nothing of."""
    if how == "hidden":
        campaign = await house.live()
        await hide(house, campaign)
        return campaign
    campaign = await house.draft()
    if how == "withdrawn":
        await step(house.organiser, campaign, "submit")
        await step(house.reviewer, campaign, "request_changes", "A reason.")
        await step(house.organiser, campaign, "cancel", "A reason.")
    return campaign


async def told(
    client: httpx.AsyncClient, house: House, operation: tuple[str, str, dict[str, Any]], key: str
) -> tuple[int, str, str]:
    """What somebody is answered who names a campaign by this id or address."""
    method, path, described = operation
    for name, value in (
        ("organisation", house.tenant.slug), ("tenant_id", str(house.tenant.id)),
        ("campaign_id", key), ("slug", key),
    ):  # fmt: skip
        path = path.replace(f"{{{name}}}", value)
    document = house.door.app.openapi()
    body = body_of(document, described, lambda _name: str(new_id()))
    if described["operationId"] == "join":
        body = {}
    answer = await client.request(method, path.removeprefix("/api/v1"), json=body, headers=keyed())
    kind = answer.headers.get("content-type", "")
    return answer.status_code, answer.json().get("code", "") if "json" in kind else "", answer.text


@pytest.mark.parametrize("how", ["hidden", "draft", "withdrawn"])
async def test_no_route_tells_a_stranger_that_it_is_there(house: House, how: str) -> None:
    """Of every route that names a campaign: the answer is that for a campaign that never was."""
    campaign, elsewhere = await unseen(house, how), await house.live()
    supplier = await house.door.signed_in(new_email("other"), house.tenant.id, ("supplier",))
    people = {
        "member": await house.member(elsewhere), "supplier": supplier,
        "stranger": await house.door.signed_in(new_email("stranger")),
        "anybody": house.door.browser(),
    }  # fmt: skip
    routes = [
        (operation, "campaign_id" if "{campaign_id}" in operation[1] else "slug")
        for operation in operations(house.door.app.openapi())
        if "{campaign_id}" in operation[1] or "/campaigns/{slug}" in operation[1]
    ]
    assert {"ask_question", "join", "place", "show_published", "show_talk"} <= {
        operation[2]["operationId"] for operation, _ in routes
    }
    betrayed, missing = [], set()
    for who, client in people.items():
        for operation, names in routes:
            real = campaign["id"] if names == "campaign_id" else campaign["slug"]
            never = str(new_id()) if names == "campaign_id" else "never-was"
            one = await told(client, house, operation, real)
            other = await told(client, house, operation, never)
            if one[:2] != other[:2] or campaign["title"] in one[2]:
                betrayed.append((who, operation[2]["operationId"], one[:2], other[:2]))
            if one[0] == 404:
                missing.add((who, operation[2]["operationId"]))
    assert betrayed == []
    named = {("member", name) for name in ("ask_question", "join", "place")}
    assert named | {("anybody", "show_published"), ("anybody", "show_talk")} <= missing


async def test_those_in_a_hidden_campaign_still_ask(house: House) -> None:
    campaign = await house.live()
    member = await house.member(campaign)
    await place(member, campaign, 2)
    await hide(house, campaign)
    asked = await member.post(f"/campaigns/{campaign['id']}/questions", json={"text": "Which lid?"})
    assert asked.status_code == 201, asked.text

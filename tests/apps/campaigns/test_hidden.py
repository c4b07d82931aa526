"""A hidden campaign is nobody's to find: it takes nobody new, and those in it stay in it."""

from typing import Any

import httpx

from tests.apps.campaigns.test_api import House, app, commitment, house, keyed
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

"""The Ads API of the local AMC, by hand and by the client."""

import httpx
import pytest

from metatron.apps.amc.amazon.advertising import AdsClient, AdsProfileId
from metatron.apps.amc.amazon.errors import TokenRefused
from metatron.apps.amc.amazon.pacing import TokenBucket
from metatron.apps.amc.amazon.wire import Wire
from metatron.apps.amc.sandbox import world
from tests.apps.amc.twin.conftest import BASE, Visitor

SP = "application/vnd.spCampaign.v3+json"


class Held:
    """A token that is never renewed."""

    def __init__(self, visitor: Visitor) -> None:
        self._token = visitor.headers["Authorization"].removeprefix("Bearer ")

    async def token(self) -> str:
        return self._token

    async def renewed(self, refused: str) -> str:
        return refused


@pytest.fixture
def ads(signed_in: Visitor) -> AdsClient:
    return AdsClient(Wire(signed_in.http, BASE, "cid", Held(signed_in), TokenBucket()))


def scoped(visitor: Visitor, media: str = SP) -> dict[str, str]:
    profile = str(visitor.profile_id)
    return {"Amazon-Advertising-API-Scope": profile, "accept": media, "content-type": media}


async def test_profiles_are_the_accounts(ads: AdsClient, signed_in: Visitor) -> None:
    found = {each.name: each for each in await ads.profiles()}
    assert {each.country for each in found.values()} == {"US", "DE"}
    assert found["Local Brands US"].profile_id == str(signed_in.profile_id)


async def test_campaigns_are_those_of_the_tables(ads: AdsClient, signed_in: Visitor) -> None:
    profile = AdsProfileId(str(signed_in.profile_id))
    made = world.campaigns(sponsored=True)
    found = [each for kind in ("SP", "SB", "SD") for each in await ads.campaigns(profile, kind)]
    assert {(each.campaign_id, each.name) for each in found} == {
        (str(each.id), each.name) for each in made
    }
    assert {each.state for each in found} == {"ENABLED", "PAUSED"}
    products = [*await ads.advertised(profile, "SP"), *await ads.advertised(profile, "SD")]
    assert {each.asin for each in products} <= {world.asin(n) for n in range(world.ASINS)}
    assert len(products) == 12
    assert await ads.advertised(profile, "SB") == ()


async def test_pages_states_and_media_types(signed_in: Visitor) -> None:
    headers, path = scoped(signed_in), "/sp/campaigns/list"
    first = await signed_in.call("POST", path, json={"maxResults": 5}, headers=headers)
    assert first.headers["content-type"] == SP
    told = first.json()
    assert (len(told["campaigns"]), told["totalResults"]) == (5, 8)
    body = {"maxResults": 5, "nextToken": told["nextToken"]}
    rest = (await signed_in.call("POST", path, json=body, headers=headers)).json()
    assert len(rest["campaigns"]) == 3
    assert "nextToken" not in rest
    body = {"stateFilter": {"include": ["PAUSED"]}}
    paused = (await signed_in.call("POST", path, json=body, headers=headers)).json()["campaigns"]
    assert {each["state"] for each in paused} == {"PAUSED"}
    other = headers | {"accept": "text/csv"}
    assert (await signed_in.call("POST", path, json={}, headers=other)).status_code == 406
    display = await signed_in.call(
        "GET", "/sd/campaigns", params={"startIndex": 3, "count": 2}, headers=headers
    )
    assert [type(each["campaignId"]) for each in display.json()] == [int]


async def test_a_profile_is_needed_and_ones_own(signed_in: Visitor) -> None:
    for scope, status in ((None, 400), ("1", 401)):
        headers = {} if scope is None else {"Amazon-Advertising-API-Scope": scope}
        answer: httpx.Response = await signed_in.call("GET", "/sd/campaigns", headers=headers)
        assert answer.status_code == status


async def test_another_profile_is_refused_to_the_client(ads: AdsClient) -> None:
    with pytest.raises(TokenRefused):
        await ads.campaigns(AdsProfileId("1"), "SP")


async def test_long_lists_are_followed(ads: AdsClient, monkeypatch: pytest.MonkeyPatch,
                                       signed_in: Visitor) -> None:  # fmt: skip
    monkeypatch.setattr("metatron.apps.amc.amazon.advertising.PAGE", 3)
    profile = AdsProfileId(str(signed_in.profile_id))
    assert len(await ads.campaigns(profile, "SP")) == 8
    assert len(await ads.campaigns(profile, "SD")) == 4

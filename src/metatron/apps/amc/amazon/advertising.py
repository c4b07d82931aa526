"""The Ads API beside AMC: profiles, campaigns and advertised products."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal, NewType

from metatron.apps.amc.amazon.errors import AnswerUnreadable
from metatron.apps.amc.amazon.wire import Wire

AdsProfileId = NewType("AdsProfileId", str)
type AdKind = Literal["SP", "SB", "SD"]
MOST_PAGES = 1_000
PAGE = 100


@dataclass(frozen=True, slots=True)
class Profile:
    """An advertiser in one marketplace."""

    profile_id: AdsProfileId
    name: str
    country: str


@dataclass(frozen=True, slots=True)
class AdCampaign:
    """A campaign; `state` in capitals."""

    kind: AdKind
    campaign_id: str
    name: str
    state: str


@dataclass(frozen=True, slots=True)
class Advertised:
    """A product in an ad."""

    asin: str
    campaign_id: str
    state: str


@dataclass(frozen=True, slots=True)
class _List:
    """Where something is listed: by POST with tokens, or without `media` by GET with an index."""

    kind: AdKind
    path: str
    name: str = ""
    media: str = ""


_CAMPAIGNS = (
    _List("SP", "/sp/campaigns/list", "campaigns", "application/vnd.spCampaign.v3+json"),
    _List("SB", "/sb/v4/campaigns/list", "campaigns",
          "application/vnd.sbcampaignresource.v4+json"),
    _List("SD", "/sd/campaigns"),
)  # fmt: skip
_PRODUCT_ADS = (
    _List("SP", "/sp/productAds/list", "productAds", "application/vnd.spProductAd.v3+json"),
    _List("SD", "/sd/productAds"),
)
KINDS: tuple[AdKind, ...] = ("SP", "SB", "SD")


class AdsClient:
    """Lists of the Ads API. Every method raises what `Wire.call` raises."""

    def __init__(self, wire: Wire) -> None:
        """Prepare; nothing is sent."""
        self._wire = wire

    async def profiles(self) -> tuple[Profile, ...]:
        """Return the profiles of whoever signed in."""
        told = await self._wire.call("GET", "/v2/profiles")
        return tuple(_profile(each) for each in told.get("items") or ())

    async def campaigns(self, profile_id: AdsProfileId, kind: AdKind) -> tuple[AdCampaign, ...]:
        """Return a profile's campaigns of one kind, also those that are paused or archived."""
        where = next(each for each in _CAMPAIGNS if each.kind == kind)
        found = await self._all(profile_id, where)
        return tuple(
            AdCampaign(kind, _id(each, "campaignId"), str(each.get("name") or ""), _state(each))
            for each in found
        )

    async def advertised(self, profile_id: AdsProfileId, kind: AdKind) -> tuple[Advertised, ...]:
        """Return the products in a profile's ads; none where the API names none (SB)."""
        found: list[Any] = []
        for where in _PRODUCT_ADS:
            if where.kind == kind:
                found += await self._all(profile_id, where)
        return tuple(
            Advertised(str(each["asin"]), _id(each, "campaignId"), _state(each))
            for each in found
            if each.get("asin")
        )

    async def _all(self, profile_id: AdsProfileId, where: _List) -> list[Any]:
        found: list[Any] = []
        token: str | None = None
        for _ in range(MOST_PAGES):
            if not where.media:
                query = {"startIndex": str(len(found)), "count": str(PAGE)}
                told = await self._wire.call("GET", where.path, profile_id=profile_id, query=query)
                page = told.get("items") or []
                found += page
                if len(page) < PAGE:
                    return found
                continue
            body = {"maxResults": PAGE} | ({"nextToken": token} if token else {})
            told = await self._wire.call(
                "POST", where.path, profile_id=profile_id, media=where.media, body=body
            )
            found += told.get(where.name) or []
            token = told.get("nextToken")
            if not token:
                return found
        raise AnswerUnreadable(f"Amazon's list at {where.path} does not end")


def _profile(told: Mapping[str, Any]) -> Profile:
    about = told.get("accountInfo") or {}
    profile_id = AdsProfileId(_id(told, "profileId"))
    return Profile(profile_id, str(about.get("name") or profile_id), str(told.get("countryCode")))


def _id(told: Mapping[str, Any], name: str) -> str:
    value = told.get(name)
    if not isinstance(value, str | int) or value == "":
        raise AnswerUnreadable(f"Amazon's answer has no {name}")
    return str(value)


def _state(told: Mapping[str, Any]) -> str:
    return str(told.get("state") or "UNKNOWN").upper()

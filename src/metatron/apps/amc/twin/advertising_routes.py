"""The Ads API beside AMC: profiles, and lists of campaigns and product ads.

Amazon Ads API: `GET /v2/profiles`; Sponsored Products v3 and Sponsored Brands v4 list by POST with
`nextToken`, each in a media type of its own; Sponsored Display lists by GET with `startIndex`.
"""

from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import JSONResponse
from pydantic import BaseModel, ConfigDict, Field
from pydantic.alias_generators import to_camel

from metatron.apps.amc.twin import advertising
from metatron.apps.amc.twin.desk import OpenDesk, SignedIn, under_faults
from metatron.apps.amc.twin.paging import cut
from metatron.apps.amc.twin.refusals import Refusal

router = APIRouter(tags=["advertising"])
SP_CAMPAIGNS = "application/vnd.spCampaign.v3+json"
SB_CAMPAIGNS = "application/vnd.sbcampaignresource.v4+json"
SP_PRODUCT_ADS = "application/vnd.spProductAd.v3+json"
type State = Literal["ENABLED", "PAUSED", "ARCHIVED"]


class StateFilter(BaseModel):
    """Which states are wanted."""

    include: Annotated[list[State], Field(max_length=3)]


class ListBody(BaseModel):
    """What is wanted of a list."""

    model_config = ConfigDict(extra="ignore", alias_generator=to_camel, populate_by_name=True)

    max_results: Annotated[int, Field(ge=1, le=100)] = 100
    next_token: Annotated[str, Field(max_length=200)] | None = None
    state_filter: StateFilter | None = None

    @property
    def states(self) -> frozenset[str] | None:
        """The states, None for all."""
        return None if self.state_filter is None else frozenset(self.state_filter.include)


async def profile(request: Request, desk: OpenDesk, who: SignedIn) -> int:
    """Return the profile of the Scope header.

    Raises:
        Refusal: 400 when the header is missing, 401 when the profile is not the caller's.
    """
    asked = request.headers.get("amazon-advertising-api-scope", "")
    if not asked:
        raise Refusal(400, "The header Amazon-Advertising-API-Scope is missing.")
    for each in advertising.profiles(desk, who.user_id):
        if str(each["profileId"]) == asked:
            return int(each["profileId"])
    raise Refusal(401, "Not authorized to access scope.")


OfProfile = [Depends(profile)]


def _in_media(media: str) -> Any:
    async def accepts(request: Request) -> None:
        accepted = request.headers.get("accept", "*/*").lower()
        if not any(word in accepted for word in (media.lower(), "*/*", "application/json")):
            raise Refusal(406, f"Accept {media}.")

    return Depends(accepts)


def _page(found: list[dict[str, Any]], name: str, body: ListBody, media: str) -> JSONResponse:
    told = cut(found, name, body.max_results, body.next_token) | {"totalResults": len(found)}
    return JSONResponse(told, media_type=media)


def _documented(media: str) -> Any:
    """Return what the document says of a list."""
    return {
        200: {"content": {media: {}}, "description": "A page"},
        406: {"description": "Another media type"},
    }


@router.get("/v2/profiles", dependencies=[under_faults("profiles")])
async def profiles(desk: OpenDesk, who: SignedIn) -> list[dict[str, Any]]:
    """List the profiles of the caller."""
    return advertising.profiles(desk, who.user_id)


@router.post(
    "/sp/campaigns/list",
    dependencies=[under_faults("sp_campaigns"), *OfProfile, _in_media(SP_CAMPAIGNS)],
    response_class=JSONResponse,
    responses=_documented(SP_CAMPAIGNS),
)
async def sp_campaigns(body: ListBody) -> JSONResponse:
    """List Sponsored Products campaigns."""
    found = advertising.campaigns("sponsored_products", body.states)
    return _page(found, "campaigns", body, SP_CAMPAIGNS)


@router.post(
    "/sb/v4/campaigns/list",
    dependencies=[under_faults("sb_campaigns"), *OfProfile, _in_media(SB_CAMPAIGNS)],
    response_class=JSONResponse,
    responses=_documented(SB_CAMPAIGNS),
)
async def sb_campaigns(body: ListBody) -> JSONResponse:
    """List Sponsored Brands campaigns."""
    found = advertising.campaigns("sponsored_brands", body.states)
    return _page(found, "campaigns", body, SB_CAMPAIGNS)


@router.post(
    "/sp/productAds/list",
    dependencies=[under_faults("sp_product_ads"), *OfProfile, _in_media(SP_PRODUCT_ADS)],
    response_class=JSONResponse,
    responses=_documented(SP_PRODUCT_ADS),
)
async def sp_product_ads(body: ListBody) -> JSONResponse:
    """List the ads of Sponsored Products."""
    found = advertising.product_ads("sponsored_products", body.states)
    return _page(found, "productAds", body, SP_PRODUCT_ADS)


StartIndex = Annotated[int, Query(alias="startIndex", ge=0, le=1_000_000)]
Count = Annotated[int, Query(ge=1, le=100)]
States = Annotated[str, Query(alias="stateFilter", max_length=60)]


@router.get("/sd/campaigns", dependencies=[under_faults("sd_campaigns"), *OfProfile])
async def sd_campaigns(
    start: StartIndex = 0, count: Count = 100, states: States = "enabled,paused,archived"
) -> list[dict[str, Any]]:
    """List Sponsored Display campaigns: an array, paged by index."""
    wanted = frozenset(states.upper().split(","))
    found = advertising.campaigns("sponsored_display", wanted)
    return advertising.as_display(found)[start : start + count]


@router.get("/sd/productAds", dependencies=[under_faults("sd_product_ads"), *OfProfile])
async def sd_product_ads(
    start: StartIndex = 0, count: Count = 100, states: States = "enabled,paused,archived"
) -> list[dict[str, Any]]:
    """List the ads of Sponsored Display: an array, paged by index."""
    wanted = frozenset(states.upper().split(","))
    found = advertising.product_ads("sponsored_display", wanted)
    return advertising.as_display(found)[start : start + count]

"""Bodies of the catalogue."""

from typing import Annotated, Literal

from pydantic import AfterValidator, Field, StringConstraints

from metatron.apps.amc.declarations import WithParameters
from metatron.apps.amc.edge import Body, Line

Kind = Literal["SP", "SB", "SD", "DSP"]
Asin = Annotated[str, StringConstraints(pattern=r"^[A-Z0-9]{10}$")]
CampaignId = Annotated[str, StringConstraints(pattern=r"^[\x21-\x7e]{1,100}$")]


class BrandMapping(Body):
    """One brand of a client."""

    name: Line
    asins: Annotated[tuple[Asin, ...], Field(max_length=20_000)] = ()
    campaign_ids: Annotated[tuple[CampaignId, ...], Field(max_length=20_000)] = ()


def _different(brands: list[BrandMapping]) -> list[BrandMapping]:
    names = [brand.name for brand in brands]
    if len(set(names)) < len(names):
        raise ValueError("two brands have one name")
    return brands


class MappingBody(Body):
    """The whole mapping: saving replaces it."""

    brands: Annotated[list[BrandMapping], Field(max_length=200), AfterValidator(_different)]


class FillBody(WithParameters):
    """Which parameters, and of which brands; without `brands` of all of the client's."""

    brands: Annotated[list[Line], Field(max_length=200)] | None = None

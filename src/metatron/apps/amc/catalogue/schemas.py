"""Bodies and answers of the catalogue."""

from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import AfterValidator, BaseModel, Field, StringConstraints

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


class AsinAnswer(BaseModel):
    """A product of the catalogue."""

    asin: str
    title: str
    brand: str
    marketplace: str
    active: bool
    seen_at: datetime


class CatalogueCampaign(BaseModel):
    """A campaign of the catalogue; `earlier_names` the oldest first."""

    kind: Kind
    campaign_id: str
    name: str
    earlier_names: list[str]
    state: str
    brand: str
    seen_at: datetime


class BrandAnswer(BaseModel):
    """A brand, and how much of the catalogue is its."""

    name: str
    asins: int
    campaigns: int


class Brands(BaseModel):
    """All brands by name, 2,000 at most."""

    items: list[BrandAnswer]


class RefusedLine(BaseModel):
    """A line that was not taken."""

    line: int
    reason: str


class CatalogueImport(BaseModel):
    """What became of a file."""

    id: UUID
    subject: Literal["asins", "campaigns"]
    file_name: str
    state: Literal["waiting", "done", "failed"]
    lines: int
    added: int
    changed: int
    unchanged: int
    refused: int
    problems: list[RefusedLine]
    asked_by: UUID | None
    asked_at: datetime
    finished_at: datetime | None


class MappingAnswer(BaseModel):
    """A client's mapping; version 0 was never saved."""

    instance_id: UUID
    brands: list[BrandMapping]
    saved_by: UUID | None
    saved_at: datetime | None
    version: int


class FillAnswer(BaseModel):
    """Values by parameter, and the source of each: `mapping:...`, `default` or `none`."""

    values: dict[str, Any]
    sources: dict[str, str]

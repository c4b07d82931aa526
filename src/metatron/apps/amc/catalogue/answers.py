"""Answers of the catalogue."""

from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from pydantic import BaseModel

from metatron.apps.amc.catalogue.schemas import BrandMapping, Kind


class AsinAnswer(BaseModel):
    """A product of the catalogue."""

    asin: str
    title: str
    brand: str
    marketplace: str
    active: bool
    seen_at: datetime


class AdCampaignAnswer(BaseModel):
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


class BrandMembers(BaseModel):
    """The active products and the campaigns of a brand, 20,000 of each at most."""

    asins: list[str]
    campaign_ids: list[str]


class RefusedLine(BaseModel):
    """A line that was not taken."""

    line: int
    reason: str


class CatalogueImportAnswer(BaseModel):
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

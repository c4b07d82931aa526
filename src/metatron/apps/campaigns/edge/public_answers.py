"""What the public routes answer."""

from datetime import datetime
from uuid import UUID

from pydantic import BaseModel

from metatron.apps.campaigns.edge.answers import ProductAnswer, TierAnswer
from metatron.apps.campaigns.rules.disclosure import Stage


class RuleAnswer(BaseModel):
    """One published rule."""

    heading: str
    text: str


class PublicCampaignAnswer(BaseModel):
    """A campaign as anybody sees it; the price only after sign-in."""

    id: UUID
    slug: str
    title: str
    summary: str | None
    product: ProductAnswer
    picture_url: str | None
    organiser_name: str
    goal_stage: Stage
    goal_per_cent: int | None
    committed_units: int | None
    opens_at: datetime | None
    deadline_at: datetime
    time_zone: str
    state: str
    state_text: str
    takes_commitments: bool
    rules: list[RuleAnswer]
    terms_version: str
    terms_text: str
    custody_text: str
    withdraw_text: str
    release_text: str
    """When escrow is released, where nothing is wrong."""

    duty_text: str
    """What the supplier owes, and from when."""

    funding_mode: str
    unit_price_minor: int | None
    final_unit_price_minor: int | None
    tiers: list[TierAnswer]
    currency: str
    min_units: int
    max_units: int
    delivery_strategy: str


class PublicListAnswer(BaseModel):
    """The published campaigns of an organisation."""

    items: list[PublicCampaignAnswer]
    next_cursor: str | None

"""Bodies and answers of suppliers' proposals. Amounts are minor units of `currency`."""

from datetime import datetime
from typing import Literal
from uuid import UUID

from pydantic import BaseModel

from metatron.apps.campaigns.edge.schemas import Body, Count, Instant, Note

type ProposalState = Literal[
    "draft", "submitted", "countered", "accepted", "confirmed", "declined", "expired", "withdrawn"
]


class CounterBody(Body):
    """A price for each of at most `units_max` units."""

    units_max: Count
    unit_price_minor: Count
    note: Note | None = None


class ProposalBody(CounterBody):
    """The same, and until when it stands."""

    expires_at: Instant


class WhyBody(Body):
    """Why; needed."""

    reason: Note


class ProposalAnswer(BaseModel):
    """What a supplier proposes for a draft, and what the organisation answered last."""

    id: UUID
    campaign_id: UUID
    supplier_id: UUID
    state: ProposalState
    units_max: int | None
    unit_price_minor: int | None
    currency: str
    note: str | None
    counter_units_max: int | None
    counter_unit_price_minor: int | None
    counter_note: str | None
    reason: str | None
    expires_at: datetime | None
    asked_at: datetime
    closed_at: datetime | None
    version: int


class ListedProposal(ProposalAnswer):
    """The same with what the campaign is about."""

    campaign_reference: str
    campaign_title: str | None
    product_name: str | None
    goal_units: int | None
    deadline_at: datetime | None

"""Bodies and answers of claims on suppliers. Amounts are minor units of `currency`."""

from datetime import datetime
from typing import Literal
from uuid import UUID

from pydantic import BaseModel

from metatron.apps.campaigns.edge.schemas import Body, Count, Note, Token

type ClaimState = Literal["open", "paid", "written_off"]


class ClaimBody(Body):
    """Which lost dispute is claimed from the supplier, and why."""

    dispute_id: UUID
    reason: Note


class WriteOffBody(Body):
    """Why a claim is given up."""

    reason: Note


class ClaimPaymentBody(Body):
    """A payment of the supplier, by its own method at the provider."""

    amount_minor: Count
    payment_method: Token


class ClaimAnswer(BaseModel):
    """What a supplier owes back, what it paid of it, and what was given up."""

    id: UUID
    campaign_id: UUID
    dispute_id: UUID
    supplier_id: UUID
    amount_minor: int
    paid_minor: int
    written_off_minor: int
    currency: str
    reason: str
    state: ClaimState
    opened_at: datetime
    closed_at: datetime | None
    version: int


class ListedClaim(ClaimAnswer):
    """The same with what it belongs to, and what the provider was told to take meanwhile."""

    under_way_minor: int
    campaign_reference: str
    campaign_title: str | None
    supplier_name: str | None
    dispute_reference: str


class ClaimPaymentAnswer(BaseModel):
    """A payment towards a claim."""

    id: UUID
    claim_id: UUID
    amount_minor: int
    currency: str
    state: str
    created_at: datetime
    resolved_at: datetime | None
    version: int

"""Shapes of refunds, fees, the bond and coverage. Amounts are minor units of `currency`."""

from datetime import datetime
from typing import Literal
from uuid import UUID

from pydantic import BaseModel

RefundState = Literal["due", "instructed", "confirmed", "failed"]


class RefundAnswer(BaseModel):
    """Money of a commitment on its way back."""

    id: UUID
    campaign_id: UUID
    commitment_id: UUID
    amount_minor: int
    currency: str
    reason_code: str
    reason: str | None
    whole: bool
    state: RefundState
    attempts: int
    destination: str | None
    evidence: str | None
    requested_by: UUID | None
    approval_id: UUID | None
    created_at: datetime
    resolved_at: datetime | None
    version: int


class ListedRefundAnswer(RefundAnswer):
    """A refund with what it belongs to."""

    commitment_reference: str
    campaign_reference: str
    campaign_title: str | None
    member_id: UUID


class RefundPageAnswer(BaseModel):
    """One page of refunds."""

    items: list[ListedRefundAnswer]
    next_cursor: str | None


class AskedRefundAnswer(BaseModel):
    """What came of asking: the refund, or the request that waits for a second person."""

    refund: RefundAnswer | None
    approval_id: UUID | None


class BulkPreviewAnswer(BaseModel):
    """What a bulk refund would do now."""

    count: int
    units: int
    amount_minor: int
    left_minor: int
    left_out: int
    currency: str
    effect: str


class WaitingAnswer(BaseModel):
    """The request that waits for a second person."""

    approval_id: UUID


class ChargeAnswer(BaseModel):
    """A fee of the provider or of a dispute, and how much of it the bond has borne.

    `amount_minor` is what was recorded first; with `correction_minor` it is what the fee stands at.
    """

    id: UUID
    campaign_id: UUID | None
    kind: str
    amount_minor: int
    correction_minor: int
    recharged_minor: int
    currency: str
    reference: str
    recorded_at: datetime
    version: int


class ListedChargeAnswer(ChargeAnswer):
    """A fee with its campaign; null for one that concerns the organisation itself."""

    campaign_reference: str | None
    campaign_title: str | None


class BondPaymentAnswer(BaseModel):
    """A payment into the bond."""

    id: UUID
    amount_minor: int
    currency: str
    state: str
    created_at: datetime
    resolved_at: datetime | None
    version: int


class CoverageAnswer(BaseModel):
    """What the provider holds and what is held for others, in one currency."""

    currency: str
    covering_minor: int
    covered_minor: int
    missing_minor: int
    bond_minor: int
    not_borne_minor: int

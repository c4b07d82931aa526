"""Parts of larger answers: consent, shares, amounts, locks. Amounts are minor units."""

from datetime import datetime

from pydantic import BaseModel


class ConsentAnswer(BaseModel):
    """What is asked of a member when the supplier accepts a part, if everybody agrees.

    With fewer members agreeing the units may be more and the price higher, never above the one
    that was locked.
    """

    units: int
    unit_price_minor: int
    amount_minor: int
    back_minor: int
    answer: str | None
    answer_by: datetime


class ShareAnswer(BaseModel):
    """A published share of escrow, in basis points."""

    title: str
    share_bp: int
    due_at: datetime
    auto_approve_hours: int | None = None
    is_upfront: bool = False


class AmountsAnswer(BaseModel):
    """Where every minor unit of what was taken into escrow is now; the parts sum to it."""

    captured_minor: int
    in_escrow_minor: int
    held_apart_minor: int
    going_back_minor: int
    went_back_minor: int
    released_minor: int
    lost_minor: int


class LockedField(BaseModel):
    """A field that cannot be changed now, under its column's name, and why."""

    field: str
    reason: str


class LockedFieldsAnswer(BaseModel):
    """Every field of a campaign that cannot be changed now; none of a draft."""

    items: list[LockedField]

"""Shapes of what is accepted in part and released in shares. Amounts are minor units."""

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

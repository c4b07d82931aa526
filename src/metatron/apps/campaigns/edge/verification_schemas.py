"""Shapes of suppliers' identity."""

from datetime import date, datetime
from typing import Literal, Self
from uuid import UUID

from pydantic import BaseModel, model_validator

from metatron.apps.campaigns.edge.schemas import Body, Day, Note

type State = Literal["unverified", "verified", "refused", "expired"]


class VerificationBody(Body):
    """What one found out, and how; `valid_until` is the last day it holds, in UTC."""

    verdict: Literal["verified", "refused"]
    basis: Note
    valid_until: Day | None = None

    @model_validator(mode="after")
    def _lasts_if_verified(self) -> Self:
        if self.verdict == "refused" and self.valid_until is not None:
            message = "A refusal has no last day."
            raise ValueError(message)
        return self


class VerificationAnswer(BaseModel):
    """Where the supplier stands now."""

    state: State
    valid_until: date | None


class SupplierVerificationItem(VerificationAnswer):
    """A supplier of at least one campaign; `stated_at` is null while nobody has said anything."""

    supplier_id: UUID
    supplier_name: str | None
    basis: str | None
    stated_by: UUID | None
    stated_at: datetime | None


class OwnVerificationAnswer(VerificationAnswer):
    """Where one stands; `is_needed` where the organisation releases to verified suppliers only."""

    is_needed: bool

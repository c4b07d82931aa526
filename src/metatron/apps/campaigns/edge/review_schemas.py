"""Bodies and answers of a submitted campaign's review."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from pydantic import BaseModel, Field, StrictInt

from metatron.apps.campaigns.edge.schemas import LARGEST, Body, Instant, Note
from metatron.apps.campaigns.gathering.review_tables import ReviewRole, Verdict
from metatron.apps.campaigns.rules.constraints import ConstraintKind


class ConstraintBody(Body):
    """What an acceptance depends on; `amount` is units, or minor units of the currency."""

    kind: ConstraintKind
    amount: Annotated[StrictInt, Field(ge=0, le=LARGEST)] | None = None
    until: Instant | None = None


class OpinionBody(Body):
    """What a role makes of a submitted campaign, and why."""

    role: ReviewRole
    verdict: Verdict
    reason: Note
    constraints: Annotated[tuple[ConstraintBody, ...], Field(max_length=10)] = ()


class ConstraintAnswer(BaseModel):
    """A constraint with its plain words."""

    kind: ConstraintKind
    amount: int | None
    until: datetime | None
    told: str


class OpinionAnswer(BaseModel):
    """One word of a role; `stands` is false once the role or the terms have changed."""

    id: UUID
    role: ReviewRole
    verdict: Verdict
    reason: str | None
    constraints: list[ConstraintAnswer]
    stated_by: UUID | None
    stated_at: datetime
    stands: bool


class ReviewAnswer(BaseModel):
    """All that was said, the newest first; for whom the reader may speak; who blocks it now."""

    opinions: list[OpinionAnswer]
    own_roles: list[ReviewRole]
    blocked_by: list[ReviewRole]
    constraints: list[ConstraintAnswer]

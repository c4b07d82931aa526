"""Mapped class of what reviewers said of a submitted campaign."""

from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from metatron.apps.campaigns.tables import SCHEMA
from metatron.kernel.database.mapping import Model, TenantRow

type ReviewRole = Literal["risk", "operations", "money", "gate"]
type Verdict = Literal["accept", "accept_with_constraints", "defer", "reject"]
BLOCKING: frozenset[Verdict] = frozenset({"defer", "reject"})


class ReviewOpinion(Model, TenantRow):
    """One word of a role on the terms with this hash; its newest one stands. Never changed."""

    __tablename__ = "review_opinion"
    __table_args__ = SCHEMA

    campaign_id: Mapped[UUID]
    terms_hash: Mapped[str]
    role: Mapped[ReviewRole] = mapped_column(String)
    verdict: Mapped[Verdict] = mapped_column(String)
    reason: Mapped[str | None]
    constraints: Mapped[list[Any]] = mapped_column(default=list)
    stated_by: Mapped[UUID | None]
    stated_at: Mapped[datetime]

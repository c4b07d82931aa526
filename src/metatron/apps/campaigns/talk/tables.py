"""Mapped classes of updates and questions."""

from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Mapped, mapped_column

from metatron.apps.campaigns.tables import SCHEMA
from metatron.kernel.database.mapping import Model, TenantRow


class Update(Model, TenantRow):
    """What the organiser tells the public of a campaign; never changed, only followed."""

    __tablename__ = "public_update"
    __table_args__ = SCHEMA

    campaign_id: Mapped[UUID]
    title: Mapped[str]
    text: Mapped[str]
    published_by: Mapped[UUID | None]
    published_at: Mapped[datetime]


class Question(Model, TenantRow):
    """A signed-in person's question; the public reads it once it is answered, without a name."""

    __tablename__ = "question"
    __table_args__ = SCHEMA

    campaign_id: Mapped[UUID]
    asked_by: Mapped[UUID]
    text: Mapped[str]
    asked_at: Mapped[datetime]
    state: Mapped[str] = mapped_column(default="open")
    answer: Mapped[str | None]
    answered_by: Mapped[UUID | None]
    answered_at: Mapped[datetime | None]
    version: Mapped[int] = mapped_column(default=1)

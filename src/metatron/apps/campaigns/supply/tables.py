"""Mapped classes of the supply room."""

from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Mapped, mapped_column

from metatron.apps.campaigns.tables import SCHEMA
from metatron.kernel.database.mapping import Model


class Consent(Model):
    """What a member is asked when the supplier accepts a part; the figures are those shown."""

    __tablename__ = "consent"
    __table_args__ = SCHEMA

    tenant_id: Mapped[UUID] = mapped_column(primary_key=True)
    commitment_id: Mapped[UUID] = mapped_column(primary_key=True)
    campaign_id: Mapped[UUID]
    units_proposed: Mapped[int]
    unit_price_minor: Mapped[int]
    amount_minor: Mapped[int]
    back_minor: Mapped[int]
    answer: Mapped[str | None]
    answered_at: Mapped[datetime | None]
    units_granted: Mapped[int | None]

"""Mapped classes of the delivery room."""

from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Mapped, mapped_column

from metatron.apps.campaigns.tables import SCHEMA
from metatron.kernel.database.mapping import Model


class Receipt(Model):
    """A member's word that the units have arrived; never changed."""

    __tablename__ = "receipt"
    __table_args__ = SCHEMA

    tenant_id: Mapped[UUID] = mapped_column(primary_key=True)
    commitment_id: Mapped[UUID] = mapped_column(primary_key=True)
    campaign_id: Mapped[UUID]
    confirmed_by: Mapped[UUID]
    confirmed_at: Mapped[datetime]

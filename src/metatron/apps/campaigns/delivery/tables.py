"""Mapped classes of the delivery room."""

from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Mapped, mapped_column

from metatron.apps.campaigns.tables import SCHEMA
from metatron.kernel.database.mapping import Model, TenantRow


class Receipt(Model):
    """A member's word that the units have arrived; never changed."""

    __tablename__ = "receipt"
    __table_args__ = SCHEMA

    tenant_id: Mapped[UUID] = mapped_column(primary_key=True)
    commitment_id: Mapped[UUID] = mapped_column(primary_key=True)
    campaign_id: Mapped[UUID]
    confirmed_by: Mapped[UUID]
    confirmed_at: Mapped[datetime]


class FulfilmentEvent(Model, TenantRow):
    """A delivery's progress, with a note."""

    __tablename__ = "fulfilment_event"
    __table_args__ = SCHEMA

    campaign_id: Mapped[UUID]
    kind: Mapped[str]
    note: Mapped[str]
    units: Mapped[int | None]
    recorded_by: Mapped[UUID | None]
    recorded_at: Mapped[datetime]

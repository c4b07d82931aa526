"""Mapped class of what a supplier proposes before a campaign is published."""

from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Mapped, mapped_column

from metatron.apps.campaigns.tables import SCHEMA
from metatron.kernel.database.mapping import Model, TenantRow


class Proposal(Model, TenantRow):
    """A supplier's price and most units for a draft; minor units of `currency`.

    draft (asked for), submitted, countered, accepted, confirmed (with the campaign's acceptance);
    declined, expired, withdrawn. `counter_*` is what the organisation answered last.
    """

    __tablename__ = "supplier_proposal"
    __table_args__ = SCHEMA

    campaign_id: Mapped[UUID]
    supplier_id: Mapped[UUID]
    state: Mapped[str] = mapped_column(default="draft")
    units_max: Mapped[int | None]
    unit_price_minor: Mapped[int | None]
    currency: Mapped[str]
    note: Mapped[str | None]
    counter_units_max: Mapped[int | None]
    counter_unit_price_minor: Mapped[int | None]
    counter_note: Mapped[str | None]
    reason: Mapped[str | None]
    expires_at: Mapped[datetime | None]
    asked_by: Mapped[UUID | None]
    asked_at: Mapped[datetime]
    closed_at: Mapped[datetime | None]
    version: Mapped[int] = mapped_column(default=1)

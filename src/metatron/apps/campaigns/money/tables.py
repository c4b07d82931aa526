"""Mapped classes of fees and the bond; constraints stand in the migration."""

from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Mapped, mapped_column

from metatron.apps.campaigns.tables import SCHEMA
from metatron.kernel.database.mapping import Model, TenantRow


class ProviderCharge(Model, TenantRow):
    """A fee of the provider or of a dispute, and how much of it the bond has borne.

    Without a campaign it was taken for something of the organisation itself, as its bond.
    """

    __tablename__ = "provider_charge"
    __table_args__ = SCHEMA

    campaign_id: Mapped[UUID | None]
    kind: Mapped[str]
    amount_minor: Mapped[int]
    currency: Mapped[str]
    reference: Mapped[str]
    correction_minor: Mapped[int] = mapped_column(default=0)
    """What entries by hand made of `amount_minor`, which stays what was recorded first."""
    recharged_minor: Mapped[int] = mapped_column(default=0)
    recorded_by: Mapped[UUID | None]
    recorded_at: Mapped[datetime]
    version: Mapped[int] = mapped_column(default=1)


class BondDeposit(Model, TenantRow):
    """Money the organisation gives to the provider so that fees are never borne by members."""

    __tablename__ = "bond_deposit"
    __table_args__ = SCHEMA

    amount_minor: Mapped[int]
    currency: Mapped[str]
    payment_method: Mapped[str]
    transfer_id: Mapped[UUID]
    state: Mapped[str] = mapped_column(default="instructed")
    requested_by: Mapped[UUID | None]
    created_at: Mapped[datetime]
    resolved_at: Mapped[datetime | None]
    version: Mapped[int] = mapped_column(default=1)

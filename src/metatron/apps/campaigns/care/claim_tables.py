"""Mapped classes of what suppliers owe back."""

from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Mapped, mapped_column

from metatron.apps.campaigns.tables import SCHEMA
from metatron.kernel.database.mapping import Model, TenantRow


class SupplierClaim(Model, TenantRow):
    """What a supplier owes for a card dispute that was lost after its release; minor units.

    `open`, then `paid` or `written_off` once nothing of it is left.
    """

    __tablename__ = "supplier_claim"
    __table_args__ = SCHEMA

    campaign_id: Mapped[UUID]
    dispute_id: Mapped[UUID]
    supplier_id: Mapped[UUID]
    amount_minor: Mapped[int]
    paid_minor: Mapped[int] = mapped_column(default=0)
    written_off_minor: Mapped[int] = mapped_column(default=0)
    currency: Mapped[str]
    reason: Mapped[str]
    state: Mapped[str] = mapped_column(default="open")
    opened_by: Mapped[UUID | None]
    opened_at: Mapped[datetime]
    closed_at: Mapped[datetime | None]
    version: Mapped[int] = mapped_column(default=1)

    @property
    def left_minor(self) -> int:
        """Return what is still owed."""
        return self.amount_minor - self.paid_minor - self.written_off_minor


class ClaimPayment(Model, TenantRow):
    """A payment of the supplier towards a claim, taken by the provider; minor units."""

    __tablename__ = "claim_payment"
    __table_args__ = SCHEMA

    claim_id: Mapped[UUID]
    amount_minor: Mapped[int]
    currency: Mapped[str]
    payment_method: Mapped[str]
    transfer_id: Mapped[UUID]
    state: Mapped[str] = mapped_column(default="instructed")
    requested_by: Mapped[UUID | None]
    created_at: Mapped[datetime]
    resolved_at: Mapped[datetime | None]
    version: Mapped[int] = mapped_column(default=1)

"""Mapped class of what was said of a supplier's identity."""

from datetime import date, datetime
from typing import Literal
from uuid import UUID

from sqlalchemy import Date, String
from sqlalchemy.orm import Mapped, mapped_column

from metatron.apps.campaigns.tables import SCHEMA
from metatron.kernel.database.mapping import Model, TenantRow

type SupplierVerdict = Literal["verified", "refused"]


class SupplierVerification(Model, TenantRow):
    """One person's word on who a supplier is; the newest one stands. Never changed.

    `basis` says how that was looked at (a register's extract, the provider's own check).
    `valid_until` is the last day it holds, in UTC; without one it holds until the next word.
    """

    __tablename__ = "supplier_verification"
    __table_args__ = SCHEMA

    supplier_id: Mapped[UUID]
    verdict: Mapped[SupplierVerdict] = mapped_column(String)
    basis: Mapped[str]
    valid_until: Mapped[date | None] = mapped_column(Date)
    stated_by: Mapped[UUID | None]
    stated_at: Mapped[datetime]

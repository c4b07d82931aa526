"""Mapped class of entries that people booked by hand; constraints stand in the migration."""

from datetime import datetime
from typing import Literal
from uuid import UUID

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from metatron.apps.campaigns.tables import SCHEMA
from metatron.kernel.database.mapping import Model, TenantRow

type ManualKind = Literal[
    "suspense_in", "suspense_out", "suspense_cleared", "suspense_borne", "correction",
    "fee_lowered", "fee_raised",
]  # fmt: skip


class ManualEntry(Model, TenantRow):
    """An entry two people booked; its id is its transfer's. Never changed, only corrected.

    `break_id` is the difference with a statement it settles, `about_id` the entry it clears or
    takes back, `charge_id` the fee it corrects. `requested_by` and `approved_by` are the two
    people.
    """

    __tablename__ = "manual_entry"
    __table_args__ = SCHEMA

    kind: Mapped[ManualKind] = mapped_column(String)
    amount_minor: Mapped[int]
    currency: Mapped[str]
    provider: Mapped[str]
    reference: Mapped[str]
    reason: Mapped[str]
    break_id: Mapped[UUID | None]
    about_id: Mapped[UUID | None]
    charge_id: Mapped[UUID | None]
    approval_id: Mapped[UUID]
    requested_by: Mapped[UUID | None]
    approved_by: Mapped[UUID | None]
    booked_at: Mapped[datetime]

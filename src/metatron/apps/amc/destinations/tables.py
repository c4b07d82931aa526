"""Mapped classes of destinations and deliveries; constraints stand in the migration."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Mapped, mapped_column

from metatron.kernel.database.mapping import Model, TenantRow

SCHEMA = {"schema": "amc"}
PENDING, DELIVERING = "pending", "delivering"
DELIVERED, FAILED, SKIPPED = "delivered", "failed", "skipped"


class Destination(Model, TenantRow):
    """Where results go; its password or key is sealed, the rest of its settings is plain."""

    __tablename__ = "destination"
    __table_args__ = SCHEMA

    name: Mapped[str]
    kind: Mapped[str]
    settings: Mapped[dict[str, Any]]
    sealed_secret: Mapped[bytes | None]
    created_by: Mapped[UUID | None]
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]
    archived_at: Mapped[datetime | None]
    version: Mapped[int] = mapped_column(default=1)


class Delivery(Model, TenantRow):
    """One result for one destination; `by_hand` puts it over what a newer run brought."""

    __tablename__ = "delivery"
    __table_args__ = SCHEMA

    destination_id: Mapped[UUID]
    run_id: Mapped[UUID]
    state: Mapped[str] = mapped_column(default=PENDING)
    by_hand: Mapped[bool] = mapped_column(default=False)
    tries: Mapped[int] = mapped_column(default=0)
    rows: Mapped[int | None]
    problem: Mapped[str | None]
    next_at: Mapped[datetime | None]
    lease_id: Mapped[UUID | None]
    leased_until: Mapped[datetime | None]
    created_at: Mapped[datetime]
    delivered_at: Mapped[datetime | None]
    version: Mapped[int] = mapped_column(default=1)

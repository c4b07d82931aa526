"""Observations, statements, their lines and the breaks found between them and our records."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from metatron.kernel.database.mapping import Model, TenantRow


class ObservationRow(TenantRow, Model):
    """What happened at the provider without an instruction; written once."""

    __tablename__ = "observation"
    __table_args__ = {"schema": "payments"}  # noqa: RUF012 - SQLAlchemy reads it from the class

    provider: Mapped[str] = mapped_column(String)
    action: Mapped[str] = mapped_column(String)
    reference: Mapped[str] = mapped_column(String)
    source_reference: Mapped[str | None] = mapped_column(String)
    instruction_id: Mapped[UUID | None]
    target_kind: Mapped[str | None] = mapped_column(String)
    target_id: Mapped[UUID | None]
    amount_minor: Mapped[int]
    fee_minor: Mapped[int]
    currency: Mapped[str] = mapped_column(String(3))
    origin: Mapped[str] = mapped_column(String)
    occurred_at: Mapped[datetime]
    recorded_at: Mapped[datetime]


class StatementRow(TenantRow, Model):
    """One statement as it was read; written once."""

    __tablename__ = "statement"
    __table_args__ = {"schema": "payments"}  # noqa: RUF012 - SQLAlchemy reads it from the class

    provider: Mapped[str] = mapped_column(String)
    origin: Mapped[str] = mapped_column(String)
    format: Mapped[str] = mapped_column(String)
    file_name: Mapped[str | None] = mapped_column(String)
    content_sha256: Mapped[str] = mapped_column(String)
    raw: Mapped[bytes] = mapped_column(LargeBinary, deferred=True)
    from_on: Mapped[date]
    to_on: Mapped[date]
    line_count: Mapped[int]
    balances: Mapped[list[Any]]
    is_balanced: Mapped[bool | None]
    imported_by: Mapped[UUID | None]
    imported_at: Mapped[datetime]


class LineRow(TenantRow, Model):
    """One line of a statement; only its match changes, once."""

    __tablename__ = "statement_line"
    __table_args__ = {"schema": "payments"}  # noqa: RUF012 - SQLAlchemy reads it from the class

    statement_id: Mapped[UUID]
    line_no: Mapped[int]
    provider: Mapped[str] = mapped_column(String)
    line_id: Mapped[str] = mapped_column(String)
    reference: Mapped[str | None] = mapped_column(String)
    source_reference: Mapped[str | None] = mapped_column(String)
    kind: Mapped[str | None] = mapped_column(String)
    amount_minor: Mapped[int]
    currency: Mapped[str] = mapped_column(String(3))
    value_on: Mapped[date]
    match_state: Mapped[str] = mapped_column(String)
    movement_kind: Mapped[str | None] = mapped_column(String)
    movement_id: Mapped[UUID | None]
    movement_part: Mapped[str | None] = mapped_column(String)
    decided_at: Mapped[datetime | None]


class BreakRow(TenantRow, Model):
    """One difference between a statement and our records: open, then resolved by a person."""

    __tablename__ = "reconciliation_break"
    __table_args__ = {"schema": "payments"}  # noqa: RUF012 - SQLAlchemy reads it from the class

    provider: Mapped[str] = mapped_column(String)
    kind: Mapped[str] = mapped_column(String)
    state: Mapped[str] = mapped_column(String)
    statement_line_id: Mapped[UUID | None]
    movement_kind: Mapped[str | None] = mapped_column(String)
    movement_id: Mapped[UUID | None]
    movement_part: Mapped[str | None] = mapped_column(String)
    reference: Mapped[str | None] = mapped_column(String)
    expected_minor: Mapped[int | None]
    found_minor: Mapped[int | None]
    currency: Mapped[str] = mapped_column(String(3))
    value_on: Mapped[date]
    opened_at: Mapped[datetime]
    resolution: Mapped[str | None] = mapped_column(String)
    reason: Mapped[str | None] = mapped_column(String)
    resolved_by: Mapped[UUID | None]
    resolved_at: Mapped[datetime | None]
    version: Mapped[int] = mapped_column(default=1)

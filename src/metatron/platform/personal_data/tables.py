"""Requests for a copy or an erasure, and what was done of each."""

from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from metatron.kernel.database.mapping import Model, TenantRow

RequestKind = Literal["export", "erasure"]
RequestState = Literal["waiting", "running", "done", "withdrawn"]
OPEN = ("waiting", "running")


class RequestRow(TenantRow, Model):
    """One request; of the person no more than the id."""

    __tablename__ = "request"
    __table_args__ = {"schema": "personal_data"}  # noqa: RUF012 - SQLAlchemy reads it

    kind: Mapped[str] = mapped_column(String)
    user_id: Mapped[UUID]
    requested_by: Mapped[UUID]
    requested_at: Mapped[datetime]
    due_at: Mapped[datetime]
    state: Mapped[str] = mapped_column(String, default="waiting")
    obstacles: Mapped[list[Any]] = mapped_column(default=list)
    file_id: Mapped[UUID | None]
    link_expires_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    version: Mapped[int] = mapped_column(default=1)


class StepRow(Model):
    """What became of one kind of data: noted in the transaction that did it."""

    __tablename__ = "step"
    __table_args__ = {"schema": "personal_data"}  # noqa: RUF012 - SQLAlchemy reads it

    tenant_id: Mapped[UUID] = mapped_column(primary_key=True)
    request_id: Mapped[UUID] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(primary_key=True)
    title: Mapped[str]
    fate: Mapped[str]
    why: Mapped[str]
    years: Mapped[int | None]
    count: Mapped[int]
    done_at: Mapped[datetime]

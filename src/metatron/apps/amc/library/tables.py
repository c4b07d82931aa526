"""Workflows, their versions that never change, and saved values."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from metatron.kernel.database.mapping import Model, TenantRow

SCHEMA = {"schema": "amc"}


class Workflow(Model, TenantRow):
    """A query under a name. `current_version` numbers its text; `version` counts every change."""

    __tablename__ = "workflow"
    __table_args__ = SCHEMA

    name: Mapped[str]
    description: Mapped[str] = mapped_column(default="")
    folder: Mapped[str] = mapped_column(default="")
    tags: Mapped[list[str]] = mapped_column(ARRAY(Text), default=list)
    category: Mapped[str] = mapped_column(default="custom")
    shared: Mapped[bool] = mapped_column(default=True)
    owner_id: Mapped[UUID | None]
    forked_from: Mapped[UUID | None]
    guide: Mapped[str | None]
    current_version: Mapped[int]
    runs: Mapped[int] = mapped_column(default=0)
    last_run_at: Mapped[datetime | None]
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]
    archived_at: Mapped[datetime | None]
    version: Mapped[int] = mapped_column(default=1)


class WorkflowVersion(Model):
    """One saved text of a workflow with its parameters."""

    __tablename__ = "workflow_version"
    __table_args__ = SCHEMA

    tenant_id: Mapped[UUID] = mapped_column(primary_key=True)
    workflow_id: Mapped[UUID] = mapped_column(primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True)
    sql: Mapped[str]
    parameters: Mapped[list[Any]]
    privacy: Mapped[str]
    note: Mapped[str] = mapped_column(default="")
    saved_by: Mapped[UUID | None]
    saved_at: Mapped[datetime]


class ParameterSet(Model, TenantRow):
    """Values of a workflow's parameters under a name."""

    __tablename__ = "parameter_set"
    __table_args__ = SCHEMA

    workflow_id: Mapped[UUID]
    name: Mapped[str]
    values: Mapped[dict[str, Any]]
    saved_by: Mapped[UUID | None]
    saved_at: Mapped[datetime]

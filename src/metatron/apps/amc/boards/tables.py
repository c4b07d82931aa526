"""Mapped classes of boards and snapshots; constraints stand in the migration."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Mapped, mapped_column

from metatron.kernel.database.mapping import Model, TenantRow

SCHEMA = {"schema": "amc"}
LONGEST_SHARED = timedelta(days=90)


class Board(Model, TenantRow):
    """What a collection comes to, by measures, laid out on tiles."""

    __tablename__ = "board"
    __table_args__ = SCHEMA

    collection_id: Mapped[UUID]
    name: Mapped[str]
    measures: Mapped[list[Any]]
    layout: Mapped[list[Any]]
    created_by: Mapped[UUID | None]
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]
    version: Mapped[int] = mapped_column(default=1)


class BoardSnapshot(Model, TenantRow):
    """Frozen figures behind a link, of which only the hash is kept."""

    __tablename__ = "board_snapshot"
    __table_args__ = SCHEMA

    board_id: Mapped[UUID]
    name: Mapped[str]
    token_hash: Mapped[bytes]
    figures: Mapped[dict[str, Any]]
    made_by: Mapped[UUID | None]
    made_at: Mapped[datetime]
    expires_at: Mapped[datetime]

"""Answers of destinations and deliveries; no secret is ever among them."""

from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from pydantic import BaseModel

DeliveryState = Literal["pending", "delivering", "delivered", "failed", "skipped"]
DestinationKind = Literal["postgresql", "folder", "s3"]


class DestinationAnswer(BaseModel):
    """A destination."""

    id: UUID
    name: str
    kind: DestinationKind
    settings: dict[str, Any]
    created_by: UUID | None
    created_at: datetime
    updated_at: datetime
    version: int


class TrialAnswer(BaseModel):
    """Whether a result could be delivered now, and what stands in its way."""

    ok: bool
    problem: str | None


class OfDestination(BaseModel):
    """The destination of a delivery."""

    id: UUID
    name: str
    kind: DestinationKind


class DeliveryAnswer(BaseModel):
    """What became of a result on its way to a destination; `rows` were written."""

    id: UUID
    destination: OfDestination
    run_id: UUID
    state: DeliveryState
    tries: int
    rows: int | None
    problem: str | None
    next_at: datetime | None
    created_at: datetime
    delivered_at: datetime | None
    version: int

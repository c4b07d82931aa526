"""What the health routes answer."""

from datetime import datetime
from typing import Any
from uuid import UUID

from pydantic import BaseModel

from metatron.platform.health.checks import State


class Brief(BaseModel):
    """The state in short."""

    status: State


class Summary(Brief):
    """The state of this process and its surroundings."""

    version: str
    uptime_seconds: float
    checks: dict[str, State]


class CheckRow(BaseModel):
    """One check."""

    name: str
    state: State
    essential: bool
    response_ms: float
    error_count: int
    error: str | None
    facts: dict[str, Any]


class Detailed(Summary):
    """Everything that was checked."""

    checked_at: datetime
    findings: list[CheckRow]


class Instance(BaseModel):
    """A running process."""

    id: UUID
    version: str
    started_at: datetime
    beat_at: datetime


class Service(BaseModel):
    """A service and its instances; unknown when none has beaten for a minute."""

    name: str
    state: State
    instances: list[Instance]


class Services(BaseModel):
    """The services that beat."""

    services: list[Service]


class Card(BaseModel):
    """A figure of the console; null when nothing has measured it, and then without a level."""

    value: float | None
    unit: str
    level: str | None


class Moment(BaseModel):
    """One sample of the recent past."""

    taken_at: datetime
    requests: int | None
    errors: int | None
    p50_ms: float | None
    p95_ms: float | None
    p99_ms: float | None
    queue_waiting: int | None
    cpu_percent: float | None
    memory_percent: float | None


class Status(BaseModel):
    """What the console's first page and its map are fed with."""

    state: State
    version: str
    environment: str
    sampled_at: datetime | None
    cards: dict[str, Card]
    checks: list[CheckRow]
    services: list[Service]
    history: list[Moment]

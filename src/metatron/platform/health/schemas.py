"""What the health routes answer."""

from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

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


class Flow(BaseModel):
    """Calls of the last minute; null where nothing counts them."""

    calls_per_second: float | None
    error_percent: float | None
    mean_ms: float | None
    level: Literal["green", "amber", "red"] | None


class CircleRow(Flow):
    """A circle of the Cube and the calls it answered; `history` is their number by step."""

    name: str
    title: str
    state: State | None
    history: list[int]


class CubeLine(Flow):
    """Calls of one circle by another."""

    source: str
    target: str


class Cube(BaseModel):
    """The live map: who calls whom."""

    window_seconds: int
    step_seconds: int
    circles: list[CircleRow]
    lines: list[CubeLine]


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
    cube: Cube


class Alert(BaseModel):
    """A figure that was too high for too long, in `unit`; still firing without `resolved_at`.

    With a `tenant_id` it is that tenant's figure, else the platform's.
    """

    id: UUID
    rule: str
    tenant_id: UUID | None
    tenant_name: str | None
    title: str
    unit: str
    source: str
    state: Literal["firing", "resolved"]
    threshold: float
    value: float
    highest_value: float
    fired_at: datetime
    resolved_at: datetime | None
    silenced_by: UUID | None
    """The window of maintenance it fired in."""
    told_at: datetime | None
    """Since when people were told; null while a window keeps it silent."""


class AlertPage(BaseModel):
    """A page of alerts, the newest first."""

    items: list[Alert]
    next_cursor: str | None


class AlertRuleItem(BaseModel):
    """What is watched; `value` is null when nothing has measured it in the last minute."""

    name: str
    title: str
    unit: str
    source: str
    state: Literal["ok", "firing", "resolved"]
    is_enabled: bool
    threshold: float
    clears_below: float
    for_seconds: int
    value: float | None
    seen_at: datetime | None
    version: int


class AlertRules(BaseModel):
    """Everything that is watched."""

    items: list[AlertRuleItem]
    next_cursor: None = None


class AlertRuleChange(BaseModel):
    """What to change; what is left out stays."""

    model_config = ConfigDict(extra="forbid")

    is_enabled: bool = True
    threshold: Annotated[float, Field(gt=0, le=1e9)] = 1
    clears_below: Annotated[float, Field(gt=0, le=1e9)] = 1
    for_seconds: Annotated[int, Field(ge=0, le=86_400)] = 0

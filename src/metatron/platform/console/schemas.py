"""What the console's routes answer."""

from datetime import datetime
from typing import Literal
from uuid import UUID

from pydantic import BaseModel

from metatron.platform.tenancy.interface import Count


class DeadJob(BaseModel):
    """A job in the queue. Its payload stays where it is; `failed_at` is its last change."""

    id: int
    job: str
    tenant_id: UUID | None
    state: str
    attempts: int
    queued_at: datetime
    failed_at: datetime
    error: str | None


class DeadJobPage(BaseModel):
    """A page of jobs."""

    items: list[DeadJob]
    next_cursor: str | None
    count: Count | None = None


class QueueItem(BaseModel):
    """A kind of job: due and waiting, put off, at work, given up; the age of the oldest due."""

    job: str
    waiting: int
    later: int
    at_work: int
    gave_up: int
    oldest_seconds: float | None


class QueueList(BaseModel):
    """The queue; `outbox` counts what has not reached it, 10,001 for more than 10,000."""

    items: list[QueueItem]
    outbox: int
    next_cursor: None = None


class SettingItem(BaseModel):
    """A setting; of a secret only whether it is set."""

    name: str
    variable: str
    value: str | None
    is_secret: bool
    is_set: bool
    source: Literal["default", "environment", "program"]


class SettingList(BaseModel):
    """All typed settings of the process that answers."""

    items: list[SettingItem]
    next_cursor: None = None

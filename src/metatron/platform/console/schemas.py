"""What the console's routes answer."""

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, StringConstraints

from metatron.platform.tenancy.interface import Count

JobName = Annotated[str, StringConstraints(pattern=r"^[^\x00-\x1f\x7f]{1,200}$")]


class DeadJob(BaseModel):
    """A job in the queue. Its payload stays where it is; `failed_at` is its last change.

    `tenant_name` is null without a tenant, and of one that was deleted.
    """

    id: int
    job: str
    tenant_id: UUID | None
    tenant_name: str | None
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


class JobsToRetry(BaseModel):
    """Which of the jobs that gave up: of one kind, tenant or client account; all without any."""

    model_config = ConfigDict(extra="forbid")

    job: JobName | None = None
    tenant_id: UUID | None = None
    account_id: UUID | None = None


class JobsRetried(BaseModel):
    """How many go round again; `left` still stand there, 10,001 for more than 10,000."""

    retried: int
    left: int


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

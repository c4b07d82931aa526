"""What the console's routes answer."""

from datetime import datetime
from uuid import UUID

from pydantic import BaseModel

from metatron.platform.tenancy.interface import Count


class QueuedJob(BaseModel):
    """A job in the queue. Its payload stays where it is; `failed_at` is its last change."""

    id: int
    name: str
    tenant_id: UUID | None
    state: str
    attempts: int
    queued_at: datetime
    failed_at: datetime
    error: str | None


class QueuedJobPage(BaseModel):
    """A page of jobs."""

    items: list[QueuedJob]
    next_cursor: str | None
    count: Count | None = None

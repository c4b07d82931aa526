"""What the console's routes answer."""

from datetime import datetime
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

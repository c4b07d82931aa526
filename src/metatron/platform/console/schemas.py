"""What the console's routes answer."""

from datetime import datetime
from uuid import UUID

from pydantic import BaseModel

from metatron.platform.tenancy.interface import Count


class DeadJob(BaseModel):
    """A job that gave up. Its payload stays where it is."""

    id: int
    job: str
    tenant_id: UUID | None
    attempts: int
    failed_at: datetime
    error: str | None


class DeadJobPage(BaseModel):
    """A page of dead letters."""

    items: list[DeadJob]
    next_cursor: str | None
    count: Count | None = None

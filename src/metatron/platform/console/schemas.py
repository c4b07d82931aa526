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

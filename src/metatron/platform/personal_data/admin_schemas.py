"""What operators are told of requests."""

from datetime import datetime
from typing import Literal
from uuid import UUID

from pydantic import BaseModel

from metatron.platform.personal_data.schemas import ObstacleAnswer
from metatron.platform.personal_data.tables import RequestState


class AttendedRequest(BaseModel):
    """A request of an organisation's.

    `answer_by` is a month after it was asked for (GDPR, Art. 12(3)); `is_late` goes by the
    organisation's clock, and only what is open is late. `due_at` is when an erasure begins, or is
    tried again. Name and address are null once the person is erased there.
    """

    id: UUID
    tenant_id: UUID
    tenant_name: str
    kind: Literal["export", "erasure"]
    user_id: UUID
    display_name: str | None
    email: str | None
    requested_at: datetime
    answer_by: datetime
    is_late: bool
    due_at: datetime
    state: RequestState
    obstacles: list[ObstacleAnswer]
    ended_at: datetime | None
    can_retry: bool
    can_withdraw: bool


class AttendedRequestPage(BaseModel):
    """A page of requests; not complete when an organisation's own database did not answer."""

    items: list[AttendedRequest]
    next_cursor: str | None
    is_complete: bool

"""Bodies and answers of the personal data routes."""

from datetime import datetime
from typing import Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict

from metatron.kernel.personal_data import Fate
from metatron.platform.personal_data.tables import RequestState


class NewRequest(BaseModel):
    """For whom: a member of the organisation, or oneself when nobody is named."""

    model_config = ConfigDict(extra="forbid")

    member_id: UUID | None = None


class ObstacleAnswer(BaseModel):
    """What stands in the way of an erasure."""

    code: str
    text: str
    count: int


class StepAnswer(BaseModel):
    """What became of one kind of data, and why it was kept if it was."""

    name: str
    title: str
    fate: Fate
    why: str
    years: int | None
    count: int


class DataRequest(BaseModel):
    """A request for a copy or an erasure.

    `link` opens a finished copy, for its person alone, until `link_expires_at`. `obstacles` are
    what put an erasure off the last time; it is tried again at `due_at`.
    """

    id: UUID
    kind: Literal["export", "erasure"]
    user_id: UUID
    requested_by: UUID
    requested_at: datetime
    due_at: datetime
    state: RequestState
    obstacles: list[ObstacleAnswer]
    link: str | None
    link_expires_at: datetime | None
    ended_at: datetime | None
    is_own: bool
    steps: list[StepAnswer]


class DataRequestPage(BaseModel):
    """A page of requests, newest first."""

    items: list[DataRequest]
    next_cursor: str | None


class RequestMade(BaseModel):
    """A request that was taken; an erasure begins at `due_at`."""

    id: UUID
    user_id: UUID
    state: RequestState
    due_at: datetime

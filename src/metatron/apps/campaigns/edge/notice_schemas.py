"""Bodies and answers of notices."""

from datetime import datetime
from typing import Literal
from uuid import UUID

from pydantic import BaseModel

from metatron.apps.campaigns.edge.schemas import Body, Instant, Note


class NoticeBody(Body):
    """What is told: what, why, the new date (conditional for a delay) and the worst case."""

    what: Note
    why: Note
    worst_case: Note
    new_date_at: Instant


class NoticeAnswerBody(Body):
    """A member's answer for one of their own commitments."""

    commitment_id: UUID
    answer: Literal["stay", "leave"]


class NoticeShown(BaseModel):
    """A notice."""

    id: UUID
    campaign_id: UUID
    kind: str
    state: str
    what: str
    why: str
    worst_case: str
    new_date_at: datetime
    answer_by: datetime | None
    requested_at: datetime
    given_at: datetime | None
    version: int


class NoticeListAnswer(BaseModel):
    """The notices of a campaign, the newest first; there are few."""

    items: list[NoticeShown]


class OwnNoticeShown(NoticeShown):
    """A notice with the member's answer to it."""

    answer: Literal["stay", "leave"] | None
    can_answer: bool
    """By the organisation's clock and the commitment's state, when this was read."""


class OwnNoticesAnswer(BaseModel):
    """What concerns one commitment, the newest first."""

    items: list[OwnNoticeShown]

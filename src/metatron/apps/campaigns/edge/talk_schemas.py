"""Bodies and answers of updates, questions and told messages."""

from datetime import datetime
from uuid import UUID

from pydantic import BaseModel

from metatron.apps.campaigns.edge.schemas import Body, Line, Note, Paragraphs


class UpdateBody(Body):
    """What the public is told."""

    title: Line
    text: Paragraphs


class QuestionBody(Body):
    """A question about a campaign."""

    text: Note


class AnswerBody(Body):
    """The answer, public from then on."""

    answer: Note


class UpdateShown(BaseModel):
    """An update."""

    id: UUID
    campaign_id: UUID
    title: str
    text: str
    published_at: datetime


class QuestionShown(BaseModel):
    """A question as the organisation sees it."""

    id: UUID
    campaign_id: UUID
    text: str
    asked_at: datetime
    state: str
    answer: str | None
    answered_at: datetime | None
    version: int


class MessageShown(BaseModel):
    """One message that was told: the step, the template and its version, and to whom."""

    sent_at: datetime
    step: str
    template: str
    template_version: int
    user_id: UUID
    subject_id: UUID
    ordinal: int


class PublicUpdate(BaseModel):
    """An update as anybody sees it."""

    id: UUID
    title: str
    text: str
    published_at: datetime


class PublicQuestion(BaseModel):
    """An answered question, without the asker."""

    id: UUID
    text: str
    answer: str
    answered_at: datetime


class TalkAnswer(BaseModel):
    """The newest hundred updates and answered questions of a campaign."""

    updates: list[PublicUpdate]
    questions: list[PublicQuestion]

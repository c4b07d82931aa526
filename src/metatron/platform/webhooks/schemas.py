"""Bodies and answers of the webhooks' routes."""

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from metatron.platform.tenancy.interface import Count

LONGEST_OVERLAP_SECONDS = 7 * 86_400
Address = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=2_000)]
Description = Annotated[
    str, StringConstraints(strip_whitespace=True, max_length=200, pattern=r"^[^\x00]*$")
]
EventName = Annotated[str, StringConstraints(pattern=r"^[a-z0-9_.*]{1,80}$")]
Events = Annotated[list[EventName], Field(min_length=1, max_length=100)]
State = Literal["queued", "delivered", "failed", "withheld"]


class NewWebhook(BaseModel):
    """Where to, and what of; `events` are names of the catalogue, `module.*` or `*`."""

    model_config = ConfigDict(extra="forbid")

    url: Address
    description: Description = ""
    events: Events
    is_on: bool = True


class WebhookChange(BaseModel):
    """What is not named stays as it is."""

    model_config = ConfigDict(extra="forbid")

    url: Address | None = None
    description: Description | None = None
    events: Events | None = None
    is_on: bool | None = None


class SecretRotation(BaseModel):
    """For how long the old secret signs as well; none: not at all."""

    model_config = ConfigDict(extra="forbid")

    overlap_seconds: Annotated[int, Field(ge=0, le=LONGEST_OVERLAP_SECONDS)] = 86_400


class WebhookItem(BaseModel):
    """A webhook. `off_reason` says why it went off by itself: gone, failing or left."""

    model_config = ConfigDict(from_attributes=True)

    id: UUID
    url: str
    description: str
    events: list[str]
    is_on: bool
    off_reason: Literal["gone", "failing", "left"] | None
    failing_since: datetime | None
    old_secret_until: datetime | None
    answerable_id: UUID | None
    created_at: datetime
    updated_at: datetime
    version: int


class WebhookWithSecret(WebhookItem):
    """A webhook with its secret, which is shown this once."""

    secret: str


class WebhookPage(BaseModel):
    """The organisation's webhooks, the oldest first."""

    items: list[WebhookItem]
    next_cursor: str | None
    count: Count | None


class AttemptItem(BaseModel):
    """One try; without a status there was no answer, and `error` says why."""

    attempted_at: datetime
    duration_ms: int
    status: int | None
    error: str | None
    excerpt: str | None


class DeliveryItem(BaseModel):
    """One event for one webhook; its id is the message's `webhook-id`. Instants are real time."""

    id: UUID
    event_id: UUID | None
    type: str
    state: State
    reason: str | None
    attempts: int
    next_attempt_at: datetime | None
    created_at: datetime
    ended_at: datetime | None
    attempts_made: list[AttemptItem]


class DeliveryPage(BaseModel):
    """What was sent to a webhook, the newest first."""

    items: list[DeliveryItem]
    next_cursor: str | None
    count: Count | None


class DeliveryAsked(BaseModel):
    """A delivery that was asked for; its log shows what becomes of it."""

    id: UUID
    endpoint_id: UUID
    type: str
    state: State


class PublishedEvent(BaseModel):
    """A name that can be chosen; `of` names the events an alias stands for."""

    name: str
    module: str
    description: str
    of: list[str]


class PublishedEvents(BaseModel):
    """All events there are, aliases first."""

    items: list[PublishedEvent]

"""Bodies and answers of the approvals routes."""

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from metatron.kernel.money import MAX_API_AMOUNT
from metatron.platform.approvals.rules import LEAST_SECONDS, MOST_SECONDS, FourEyes
from metatron.platform.approvals.tables import ApprovalState

Reason = Annotated[str, StringConstraints(max_length=1_000, pattern=r"^[^\x00]*$")]
ActionName = Annotated[str, StringConstraints(pattern=r"^[a-z0-9_.]{1,100}$")]


class _Body(BaseModel):
    model_config = ConfigDict(extra="forbid")


class ApproveBody(_Body):
    """A yes, with a word on it if one likes."""

    reason: Reason | None = None


class RejectBody(_Body):
    """A no; the person who asked reads why."""

    reason: Reason


class RuleBody(_Body):
    """When an action needs a second person; "above" with an amount in minor units."""

    action: ActionName
    four_eyes: FourEyes
    above_minor: int | None = Field(default=None, ge=0, le=MAX_API_AMOUNT)
    currency: Annotated[str, StringConstraints(pattern=r"^[A-Z]{3}$")] | None = None


class SettingsBody(_Body):
    """What to change of the settings."""

    expires_after_seconds: int | None = Field(default=None, ge=LEAST_SECONDS, le=MOST_SECONDS)
    rules: list[RuleBody] | None = Field(default=None, max_length=200)


class ApprovalAnswer(BaseModel):
    """A request for approval; `effect` is the application's word on what approving will do.

    `people_needed` is 2 where no person asked; `agreed_by` is then the first of them.
    """

    id: UUID
    action: str
    action_title: str
    subject_kind: str
    subject_id: UUID
    payload: dict[str, Any]
    payload_hash: str
    summary: str
    effect: str | None
    amount_minor: int | None
    currency: str | None
    reason: str
    requested_by: UUID | None
    requested_by_kind: str
    requested_at: datetime
    state: ApprovalState
    people_needed: int
    agreed_by: UUID | None
    agreed_at: datetime | None
    agreed_reason: str | None
    decided_by: UUID | None
    decided_at: datetime | None
    decision_reason: str | None
    expires_at: datetime
    outcome: dict[str, Any] | None
    version: int
    can_approve: bool
    can_decide: bool
    can_withdraw: bool


class ApprovalPage(BaseModel):
    """A page of requests, newest first."""

    items: list[ApprovalAnswer]
    next_cursor: str | None


class WaitingRecord(BaseModel):
    """A decision that waits on a record; `path` is the page's address of it."""

    subject_kind: str
    subject_id: UUID
    title: str
    asks: str
    path: str
    asked_by: UUID | None
    asked_at: datetime


class WaitingRecords(BaseModel):
    """What waits for the reader's decision, the oldest first."""

    items: list[WaitingRecord]


class ConcernAnswer(BaseModel):
    """What a request is about; a person is named by the page, by `user_id`."""

    label: str
    text: str
    path: str | None
    user_id: UUID | None


class Concerns(BaseModel):
    """All of it."""

    items: list[ConcernAnswer]


class RuleAnswer(BaseModel):
    """An action and when it needs a second person."""

    action: str
    title: str
    four_eyes: FourEyes
    above_minor: int | None
    currency: str | None


class SettingsAnswer(BaseModel):
    """The organisation's settings; `version` is 0 while all are the defaults."""

    expires_after_seconds: int
    rules: list[RuleAnswer]
    version: int

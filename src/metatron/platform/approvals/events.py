"""What the approvals module announces. Amounts are minor units; no personal data."""

from typing import ClassVar
from uuid import UUID

from metatron.kernel.events.event import Event


class _ApprovalEvent(Event):
    """Common payload; `aggregate_id` is the subject, whose timeline shows the event."""

    approval_id: UUID
    action: str
    subject_kind: str
    subject_id: UUID
    payload_hash: str
    amount_minor: int | None
    currency: str | None
    requested_by: UUID | None


class ApprovalRequested(_ApprovalEvent):
    """Somebody asked for an action that needs a second person."""

    name: ClassVar[str] = "approvals.approval_requested.v1"


class ApprovalAgreed(_ApprovalEvent):
    """The first of two people agreed; nothing is done until the second one does."""

    name: ClassVar[str] = "approvals.approval_agreed.v1"
    agreed_by: UUID


class ApprovalApproved(_ApprovalEvent):
    """The last person needed agreed, and the action was done in the same transaction."""

    name: ClassVar[str] = "approvals.approval_approved.v1"
    decided_by: UUID


class ApprovalRejected(_ApprovalEvent):
    """A second person said no."""

    name: ClassVar[str] = "approvals.approval_rejected.v1"
    decided_by: UUID


class ApprovalWithdrawn(_ApprovalEvent):
    """Who asked took it back."""

    name: ClassVar[str] = "approvals.approval_withdrawn.v1"


class ApprovalExpired(_ApprovalEvent):
    """Nobody decided in time."""

    name: ClassVar[str] = "approvals.approval_expired.v1"


class ApprovalRefused(_ApprovalEvent):
    """The application closed the request: its subject moved on and it cannot happen any more."""

    name: ClassVar[str] = "approvals.approval_refused.v1"


class SettingsChanged(Event):
    """Which actions need a second person, or for how long requests stay open, was changed."""

    name: ClassVar[str] = "approvals.settings_changed.v1"
    fields: list[str]

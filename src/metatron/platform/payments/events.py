"""What the payments module announces. Amounts are minor units; no personal data."""

from datetime import date, datetime
from typing import ClassVar, Literal
from uuid import UUID

from metatron.kernel.events.event import Event
from metatron.platform.payments.adapter import Action


class _InstructionEvent(Event):
    """Common payload; `aggregate_id` is the target, whose timeline shows the event."""

    instruction_id: UUID
    kind: str
    target_kind: str
    target_id: UUID
    amount_minor: int
    requested_amount_minor: int
    currency: str
    ledger_transfer_id: UUID
    provider: str
    provider_reference: str | None
    failure_code: str | None
    capture_before: datetime | None = None
    """Of an authorisation: until when it can be captured."""


class InstructionConfirmed(_InstructionEvent):
    """The provider did it; `amount_minor` is what it moved, at most what was requested."""

    name: ClassVar[str] = "payments.instruction_confirmed.v1"


class InstructionFailed(_InstructionEvent):
    """The provider did not do it and will not; nothing was moved."""

    name: ClassVar[str] = "payments.instruction_failed.v1"


class InstructionReturned(_InstructionEvent):
    """A confirmed payout or refund came back days later; `failure_code` says why."""

    name: ClassVar[str] = "payments.instruction_returned.v1"


class ObservationRecorded(Event):
    """Something happened at the provider without an instruction of ours; told once for each.

    `instruction_id` and target are those of the capture, authorisation or payout it concerns,
    None when it could not be found; `aggregate_id` is the target, or the observation itself.
    `fee_minor` is what the provider kept on top, and of `fee_charged` all there is.
    A `payout_returned` that is told as `payments.instruction_returned.v1` too has
    `is_instruction_returned`: book one of the two.
    """

    name: ClassVar[str] = "payments.observation_recorded.v1"
    observation_id: UUID
    action: Action
    provider: str
    provider_reference: str
    source_reference: str | None
    instruction_id: UUID | None
    target_kind: str | None
    target_id: UUID | None
    amount_minor: int
    fee_minor: int
    currency: str
    occurred_at: datetime
    is_instruction_returned: bool = False
    evidence_due_at: datetime | None = None
    """Of an opened dispute: until when the provider takes evidence."""


class ProviderActionObserved(Event):
    """The provider, a bank or a person in the provider's dashboard did something by itself.

    `instruction_id` and target are those of the capture or authorisation it concerns.
    `ObservationRecorded` tells the same and more; this event goes on for those who read it.
    """

    name: ClassVar[str] = "payments.provider_action_observed.v1"
    action: Literal["captured", "voided", "expired", "refunded"]
    instruction_id: UUID
    target_kind: str
    target_id: UUID
    provider: str
    provider_reference: str
    amount_minor: int
    currency: str


class DisputeOpened(Event):
    """A member's bank took captured money back, and the provider its fee."""

    name: ClassVar[str] = "payments.dispute_opened.v1"
    instruction_id: UUID
    target_kind: str
    target_id: UUID
    provider: str
    provider_reference: str
    amount_minor: int
    fee_minor: int
    currency: str


class DisputeClosed(Event):
    """A dispute was decided; won brings the amount back, the fee stays either way."""

    name: ClassVar[str] = "payments.dispute_closed.v1"
    outcome: Literal["won", "lost"]
    instruction_id: UUID
    target_kind: str
    target_id: UUID
    provider: str
    provider_reference: str
    amount_minor: int
    currency: str


class WebhookUnmatched(Event):
    """A provider's message about something unknown here; a person has to look at it."""

    name: ClassVar[str] = "payments.webhook_unmatched.v1"
    provider: str
    event_id: str
    kind: str


class StatementImported(Event):
    """A statement was read and reconciled; `is_balanced` is None when it names no balances."""

    name: ClassVar[str] = "payments.statement_imported.v1"
    statement_id: UUID
    provider: str
    from_on: date
    to_on: date
    line_count: int
    is_balanced: bool | None


class _BreakEvent(Event):
    """Common payload; the break is the aggregate. What we expected and what the line says."""

    break_id: UUID
    provider: str
    kind: str
    statement_line_id: UUID | None
    movement_kind: str | None
    movement_id: UUID | None
    movement_part: str | None
    reference: str | None
    expected_minor: int | None
    found_minor: int | None
    currency: str
    value_on: date


class BreakOpened(_BreakEvent):
    """A statement and our records differ; a person has to look at it."""

    name: ClassVar[str] = "payments.break_opened.v1"


class BreakResolved(_BreakEvent):
    """A person settled the difference, or a later line did (`matched_later`)."""

    name: ClassVar[str] = "payments.break_resolved.v1"
    resolution: str
    resolved_by: UUID | None


class DisputeEvidenceMoved(Event):
    """Evidence against a dispute was asked for, taken or refused; `aggregate_id` is the evidence.

    `state`: created, submitted, refused, or unknown while the provider's answer is.
    """

    name: ClassVar[str] = "payments.dispute_evidence_moved.v1"
    provider: str
    provider_reference: str
    state: str
    failure_code: str | None

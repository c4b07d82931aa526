"""What the payments module announces. Amounts are minor units; no personal data."""

from typing import ClassVar, Literal
from uuid import UUID

from metatron.kernel.events.event import Event


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


class InstructionConfirmed(_InstructionEvent):
    """The provider did it; `amount_minor` is what it moved, at most what was requested."""

    name: ClassVar[str] = "payments.instruction_confirmed.v1"


class InstructionFailed(_InstructionEvent):
    """The provider did not do it and will not; nothing was moved."""

    name: ClassVar[str] = "payments.instruction_failed.v1"


class InstructionReturned(_InstructionEvent):
    """A confirmed payout came back days later; `failure_code` says why."""

    name: ClassVar[str] = "payments.instruction_returned.v1"


class ProviderActionObserved(Event):
    """The provider, a bank or a person in the provider's dashboard did something by itself.

    `instruction_id` and target are those of the capture or authorisation it concerns.
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

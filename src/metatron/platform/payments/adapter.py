"""What the platform asks of any escrow provider, and the few answers it can get."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Literal, Protocol
from uuid import UUID


class Capability(StrEnum):
    """What a provider can do; callers choose the funding mode by it."""

    ESCROW_CAPTURE = "escrow_capture"
    AUTH_HOLD = "auth_hold"
    REFUNDS = "refunds"
    PAYOUTS = "payouts"
    WEBHOOKS = "webhooks"
    LOOKUP_BY_KEY = "lookup_by_key"
    STATEMENTS = "statements"


class InstructionKind(StrEnum):
    """What the provider is told to do with the money."""

    AUTHORISE = "authorise"
    CAPTURE = "capture"
    VOID = "void"
    REFUND = "refund"
    PAYOUT = "payout"


NEEDED_CAPABILITY = {
    InstructionKind.AUTHORISE: Capability.AUTH_HOLD,
    InstructionKind.CAPTURE: Capability.ESCROW_CAPTURE,
    InstructionKind.VOID: Capability.AUTH_HOLD,
    InstructionKind.REFUND: Capability.REFUNDS,
    InstructionKind.PAYOUT: Capability.PAYOUTS,
}


@dataclass(frozen=True, slots=True)
class ProviderCall:
    """One instruction as a provider sees it; `instruction_id` is its idempotency key.

    `amount_minor` is in minor units of `currency`. Exactly one of the three references is set:
    a payment method (authorise, or capture straight into escrow), the provider's reference of
    the authorisation (capture, void, refund), or the account a payout goes to.
    """

    tenant_id: UUID
    instruction_id: UUID
    kind: InstructionKind
    amount_minor: int
    currency: str
    payment_method: str | None = None
    source_reference: str | None = None
    destination: str | None = None


@dataclass(frozen=True, slots=True)
class Confirmed:
    """It happened. `amount_minor` is what was moved: less than asked after a partial capture."""

    reference: str
    amount_minor: int


@dataclass(frozen=True, slots=True)
class Failed:
    """It did not happen and will not happen under this key."""

    code: str
    reference: str | None = None


@dataclass(frozen=True, slots=True)
class Pending:
    """The provider took it and will decide later."""

    reference: str


@dataclass(frozen=True, slots=True)
class Unknown:
    """Nobody knows: the call may or may not have had its effect."""

    reason: str


@dataclass(frozen=True, slots=True)
class RetryLater:
    """This call had no effect; the provider could not be reached or asked us to wait."""

    reason: str
    seconds: float = 1.0


@dataclass(frozen=True, slots=True)
class Returned:
    """It happened, and the money came back afterwards."""

    reference: str
    amount_minor: int
    code: str


@dataclass(frozen=True, slots=True)
class NoTrace:
    """The provider has never seen the key."""


type Outcome = Confirmed | Failed | Pending | Unknown | RetryLater | Returned

type Action = Literal[
    "captured", "voided", "expired", "refunded", "dispute_opened", "dispute_won", "dispute_lost"
]


@dataclass(frozen=True, slots=True)
class Observation:
    """Something the provider or a person in its dashboard did without an instruction of ours.

    `source_reference` is the authorisation it concerns. Amounts are minor units.
    """

    action: Action
    reference: str
    source_reference: str
    amount_minor: int
    fee_minor: int
    currency: str


@dataclass(frozen=True, slots=True)
class ProviderEvent:
    """A verified webhook, read. `instruction_id` is the key of the request that caused it."""

    event_id: str
    kind: str
    tenant_id: UUID | None
    instruction_id: UUID | None
    outcome: Outcome | None
    observation: Observation | None


@dataclass(frozen=True, slots=True)
class StatementLine:
    """One line of the provider's statement; `amount_minor` is signed, in minor units."""

    line_id: str
    reference: str
    kind: str
    amount_minor: int
    currency: str
    value_on: date


@dataclass(frozen=True, slots=True)
class ProviderAccount:
    """Who the provider says it is; a page shows `name` while it is not live."""

    name: str
    livemode: bool


class PaymentAdapter(Protocol):
    """A provider. No method raises for what the provider answers: the outcome says it."""

    @property
    def name(self) -> str:
        """Return the provider's name in routes and rows."""
        ...

    @property
    def capabilities(self) -> frozenset[Capability]:
        """Return what it can do."""
        ...

    @property
    def key_lifetime_seconds(self) -> int | None:
        """Return how long a key protects from a second effect; None means for good."""
        ...

    async def send(self, call: ProviderCall) -> Outcome:
        """Tell the provider, with the instruction's id as the idempotency key."""
        ...

    async def look_up(self, call: ProviderCall) -> Outcome | NoTrace:
        """Ask what became of the instruction's key; moves no money."""
        ...

    def read_webhook(
        self, raw: bytes, headers: Mapping[str, str], *, now: datetime
    ) -> ProviderEvent:
        """Verify the signature over the raw bytes, then read them.

        Raises:
            WebhookRefused: the signature does not hold, or the body cannot be read.
        """
        ...

    def parse_webhook(self, raw: bytes) -> ProviderEvent:
        """Read bytes that were verified when they arrived.

        Raises:
            WebhookRefused: the body cannot be read.
        """
        ...

    async def fetch_statement(self, on: date) -> tuple[StatementLine, ...]:
        """Return the lines of one UTC day.

        Raises:
            ProviderUnavailable: no statement could be had now.
        """
        ...

    async def fetch_account(self) -> ProviderAccount:
        """Return who the provider is.

        Raises:
            ProviderUnavailable: no answer could be had now.
        """
        ...

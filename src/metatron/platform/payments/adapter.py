"""What the platform asks of any escrow provider, and the few answers it can get."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Literal, Protocol
from uuid import UUID

from metatron.platform.payments.disputed import DisputeFacts, EvidenceCall


class Capability(StrEnum):
    """What a provider can do; callers choose the funding mode by it."""

    ESCROW_CAPTURE = "escrow_capture"
    AUTH_HOLD = "auth_hold"
    REFUNDS = "refunds"
    PAYOUTS = "payouts"
    WEBHOOKS = "webhooks"
    LOOKUP_BY_KEY = "lookup_by_key"
    STATEMENTS = "statements"
    DISPUTE_EVIDENCE = "dispute_evidence"


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
    provider_reference: str | None = None
    """What an earlier answer called it; for look-ups only."""


@dataclass(frozen=True, slots=True)
class Confirmed:
    """It happened. `amount_minor` is what was moved: less than asked after a partial capture.

    `capture_before`: until when an authorisation can be captured.
    """

    reference: str
    amount_minor: int
    capture_before: datetime | None = None


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
    "captured",
    "voided",
    "expired",
    "refunded",
    "dispute_opened",
    "dispute_won",
    "dispute_lost",
    "payout_returned",
    "fee_charged",
]


@dataclass(frozen=True, slots=True)
class Observation:
    """Something the provider or a person in its dashboard did without an instruction of ours.

    `reference` is the provider's name of what happened, `source_reference` that of the
    authorisation or payout it concerns. Amounts are minor units; `fee_minor` is what the provider
    keeps on top, and of a charged fee all there is. `occurred_at` is on the provider's clock.
    """

    action: Action
    reference: str
    source_reference: str
    amount_minor: int
    fee_minor: int
    currency: str
    occurred_at: datetime | None = None
    evidence_due_at: datetime | None = None
    """Of an opened dispute: until when evidence is taken."""


@dataclass(frozen=True, slots=True)
class ProviderEvent:
    """A verified webhook, read. `instruction_id` is the key of the request that caused it."""

    event_id: str
    kind: str
    tenant_id: UUID | None
    instruction_id: UUID | None
    outcome: Outcome | None
    observation: Observation | None


type LineKind = Literal[
    "capture",
    "refund",
    "refund_reversal",
    "payout",
    "payout_reversal",
    "dispute",
    "dispute_fee",
    "dispute_reversal",
    "fee",
    "other",
]


@dataclass(frozen=True, slots=True)
class StatementLine:
    """One line of a statement; `amount_minor` is signed (what came in is positive), minor units.

    `line_id` is the provider's, unique with it. Bank files often know no `kind`, sometimes no
    `reference`. `tenant_id`: whose it is, on an account that several organisations share.
    """

    line_id: str
    reference: str | None
    kind: LineKind | None
    amount_minor: int
    currency: str
    value_on: date
    source_reference: str | None = None
    tenant_id: UUID | None = None


type Custody = Literal["third_party_escrow", "operator_balance"]


@dataclass(frozen=True, slots=True)
class ProviderAccount:
    """Who the provider says it is; a page shows `name` while it is not live.

    `custody` is who holds members' money meanwhile, `custody_text` says it in a sentence.
    """

    name: str
    livemode: bool
    custody: Custody
    custody_text: str


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
    def custody(self) -> Custody:
        """Return who holds the money between capture and payout."""
        ...

    @property
    def custody_text(self) -> str:
        """Return one plain sentence that says it; texts for members are built around it."""
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

    async def fetch_dispute(self, reference: str) -> DisputeFacts:
        """Return how a dispute stands, or raise `ProviderUnavailable`."""
        ...

    async def submit_evidence(self, call: EvidenceCall) -> Outcome:
        """Hand evidence in, once; what is confirmed moved nothing, its amount is 0."""
        ...

    async def fetch_statement(self, on: date) -> tuple[StatementLine, ...]:
        """Return the lines of one UTC day, of every organisation on the account.

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

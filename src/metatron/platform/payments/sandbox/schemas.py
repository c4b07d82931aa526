"""Bodies the provider accepts. Amounts are integers in minor units, never floats or text."""

from typing import Annotated, Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, StrictInt, StringConstraints

LARGEST_AMOUNT = 2**53 - 1

Amount = Annotated[StrictInt, Field(gt=0, le=LARGEST_AMOUNT)]
Currency = Annotated[str, StringConstraints(pattern=r"^[A-Z]{3}$")]
Token = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_\-]{1,100}$")]
MetadataText = Annotated[str, StringConstraints(max_length=500)]
Metadata = Annotated[dict[Token, MetadataText], Field(max_length=20)]
Seconds = Annotated[float, Field(ge=0, le=31_536_000, allow_inf_nan=False)]

Fault = Literal[
    "timeout_with_effect",
    "timeout_with_late_effect",
    "timeout_without_effect",
    "http_500",
    "http_429",
    "decline",
    "partial_capture",
    "webhook_duplicate",
    "webhook_reorder",
    "webhook_late",
    "webhook_forged",
    "statement_line_missing",
    "statement_line_twice",
    "statement_wrong_sign",
    "statement_other_month",
]
Operation = Literal[
    "authorise",
    "capture",
    "void",
    "refund",
    "payout",
    "read",
    "webhook",
    "statement",
    "*",
    "dispute_evidence",
]


class Body(BaseModel):
    """A request body: unknown members are refused, so that a misspelt one is not lost."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class AuthorisationBody(Body):
    """Hold money of a payment method, or take it into escrow at once (`automatic`)."""

    amount_minor: Amount
    currency: Currency
    payment_method: Token
    capture_method: Literal["manual", "automatic"] = "manual"
    metadata: Metadata = {}


class CaptureBody(Body):
    """Take held money into escrow: all of it, or `amount_minor` and let the rest go."""

    amount_minor: Amount | None = None


class VoidBody(Body):
    """Let held money go."""


class RefundBody(Body):
    """Return captured money to the method it came from."""

    authorisation: Token
    amount_minor: Amount
    metadata: Metadata = {}


class PayoutBody(Body):
    """Pay out of escrow to a destination account."""

    amount_minor: Amount
    currency: Currency
    destination: Token
    metadata: Metadata = {}


class FaultRuleBody(Body):
    """One scripted fault: by `probability`, at most `count` times; `seconds` bends its timing."""

    operation: Operation
    fault: Fault
    probability: Annotated[float, Field(gt=0, le=1)] = 1.0
    count: Annotated[StrictInt, Field(gt=0, le=1_000_000)] | None = None
    seconds: Seconds | None = None


class FaultsBody(Body):
    """The faults from now on; they replace the earlier ones."""

    seed: Annotated[StrictInt, Field(ge=0, le=LARGEST_AMOUNT)] = 0
    rules: Annotated[list[FaultRuleBody], Field(max_length=100)]


class FeeRate(Body):
    """A fee: `fixed_minor` minor units and `rate_bp` hundredths of a per cent, rounded down."""

    fixed_minor: Annotated[StrictInt, Field(ge=0, le=LARGEST_AMOUNT)] = 0
    rate_bp: Annotated[StrictInt, Field(ge=0, le=10_000)] = 0


class FeesBody(Body):
    """What is charged from now on; `dispute_minor` None leaves the provider's usual fee."""

    capture: FeeRate = FeeRate()
    refund: FeeRate = FeeRate()
    payout: FeeRate = FeeRate()
    dispute_minor: Annotated[StrictInt, Field(ge=0, le=LARGEST_AMOUNT)] | None = None


class AmountBody(Body):
    """Part of an authorisation's captured amount, or all that is left of it."""

    amount_minor: Amount | None = None


class EvidenceBody(Body):
    """What is said against a dispute."""

    explanation: Annotated[str, StringConstraints(min_length=1, max_length=20_000)]


class ClockBody(Body):
    """How far to set the provider's clock ahead."""

    seconds: Seconds


class HeldClockBody(Body):
    """At which instant the provider's clock is to stand still."""

    at: AwareDatetime


class EndpointBody(Body):
    """Where webhooks go; None switches them off."""

    url: Annotated[str, StringConstraints(pattern=r"^https?://[^\s]{1,500}$")] | None


class SecretBody(Body):
    """The next webhook secret; the one before stays live until it is retired."""

    secret: Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_\-]{16,200}$")]

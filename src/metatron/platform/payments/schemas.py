"""What the payments routes take and answer. Amounts are integers in minor units."""

from datetime import date, datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, StringConstraints

from metatron.platform.payments.adapter import Action
from metatron.platform.payments.statements.matching import BreakKind
from metatron.platform.payments.tables import InstructionState
from metatron.platform.tenancy.interface import Count

type Kind = Literal["authorise", "capture", "void", "refund", "payout"]
type MatchState = Literal["matched", "unmatched", "ignored"]
type BreakState = Literal["open", "resolved"]
type MovementKind = Literal["instruction", "observation"]
# No control signs: the reason is shown as it was written.
Reason = Annotated[
    str,
    StringConstraints(
        strip_whitespace=True,
        min_length=1,
        max_length=2_000,
        pattern=r"^[^\x00-\x08\x0b\x0c\x0e-\x1f\x7f]*$",
    ),
]


class WebhookAnswer(BaseModel):
    """What became of a provider's message; providers only look at the status code."""

    status: Literal["received", "duplicate", "ignored"]


class InstructionView(BaseModel):
    """One thing a provider was told, or is to be told."""

    id: UUID
    kind: Kind
    target_kind: str
    target_id: UUID
    amount_minor: int
    currency: str
    ledger_transfer_id: UUID
    provider: str
    provider_reference: str | None
    source_reference: str | None
    destination: str | None
    state: InstructionState
    confirmed_amount_minor: int | None
    failure_code: str | None
    attempts: int
    next_attempt_at: datetime | None
    capture_before: datetime | None
    created_at: datetime
    updated_at: datetime
    sent_at: datetime | None
    resolved_at: datetime | None
    returned_at: datetime | None
    version: int


class AttemptView(BaseModel):
    """One call; without an outcome it is under way, or whoever made it died."""

    number: int
    how: Literal["send", "ask_again"]
    started_at: datetime
    ended_at: datetime | None
    outcome: Literal["confirmed", "failed", "pending", "unknown", "retry_later", "returned"] | None
    reason: str | None


class InstructionDetail(InstructionView):
    """An instruction with every call that was made for it."""

    calls: list[AttemptView]


class ObservationView(BaseModel):
    """What the provider or a person in its dashboard did by themselves."""

    id: UUID
    provider: str
    action: Action
    reference: str
    source_reference: str | None
    instruction_id: UUID | None
    target_kind: str | None
    target_id: UUID | None
    amount_minor: int
    fee_minor: int
    currency: str
    origin: Literal["webhook", "statement", "instruction"]
    occurred_at: datetime
    recorded_at: datetime


class BalanceView(BaseModel):
    """The balances a statement names for one currency."""

    currency: str
    opening_minor: int
    closing_minor: int


class StatementView(BaseModel):
    """A statement as it was read; `is_balanced` is null when it names no balances."""

    id: UUID
    provider: str
    origin: Literal["upload", "fetch"]
    format: Literal["csv", "mt940", "camt053", "api"]
    file_name: str | None
    content_sha256: str
    from_on: date
    to_on: date
    line_count: int
    balances: list[BalanceView]
    is_balanced: bool | None
    imported_by: UUID | None
    imported_at: datetime
    unmatched_count: int


class LineView(BaseModel):
    """One line of a statement and what it was matched with; `amount_minor` is signed."""

    id: UUID
    statement_id: UUID
    line_no: int
    line_id: str
    reference: str | None
    source_reference: str | None
    kind: str | None
    amount_minor: int
    currency: str
    value_on: date
    match_state: MatchState
    movement_kind: MovementKind | None
    movement_id: UUID | None
    movement_part: str | None
    decided_at: datetime | None


class BreakView(BaseModel):
    """A difference between a statement and our records, and how it was settled."""

    id: UUID
    provider: str
    kind: BreakKind
    state: BreakState
    statement_line_id: UUID | None
    movement_kind: MovementKind | None
    movement_id: UUID | None
    movement_part: str | None
    reference: str | None
    expected_minor: int | None
    found_minor: int | None
    currency: str
    value_on: date
    opened_at: datetime
    resolution: Literal["booked", "ignored", "explained", "matched_later"] | None
    reason: str | None
    resolved_by: UUID | None
    resolved_at: datetime | None
    version: int


class PositionView(BaseModel):
    """The provider's side of one currency at the end of a day."""

    currency: str
    statement_minor: int
    unmatched_minor: int
    in_transit_minor: int
    escrow_minor: int
    open_breaks: int
    covered_through_on: date | None


class Positions(BaseModel):
    """The provider's side at the end of a UTC day, one entry a currency."""

    provider: str
    on: date
    items: list[PositionView]


class ProviderView(BaseModel):
    """Who holds the money of this organisation's new commitments, and what they can do."""

    name: str
    custody: Literal["third_party_escrow", "operator_balance"]
    custody_text: str
    capabilities: list[str]


class ImportAnswer(BaseModel):
    """What became of an uploaded statement; `is_new` is false when its content was here already."""

    statement_id: UUID
    is_new: bool
    matched: int
    breaks_opened: int
    breaks_settled: int


class ResolutionBody(BaseModel):
    """How a difference is settled, and why.

    `booked`: our books were put right. `ignored`: the line does not count. `explained`: the line
    stays unmatched, the reason says why.
    """

    model_config = ConfigDict(extra="forbid")

    resolution: Literal["booked", "ignored", "explained"]
    reason: Reason


class InstructionPage(BaseModel):
    """A page of instructions."""

    items: list[InstructionView]
    next_cursor: str | None
    count: Count | None


class ObservationPage(BaseModel):
    """A page of observations."""

    items: list[ObservationView]
    next_cursor: str | None
    count: Count | None


class StatementPage(BaseModel):
    """A page of statements."""

    items: list[StatementView]
    next_cursor: str | None
    count: Count | None


class LinePage(BaseModel):
    """A page of statement lines."""

    items: list[LineView]
    next_cursor: str | None
    count: Count | None


class BreakPage(BaseModel):
    """A page of breaks."""

    items: list[BreakView]
    next_cursor: str | None
    count: Count | None

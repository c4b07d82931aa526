"""Shapes of what this module answers. Amounts are minor units of `currency`."""

from datetime import datetime
from uuid import UUID

from pydantic import BaseModel

from metatron.apps.campaigns.edge.supply_answers import AmountsAnswer, ConsentAnswer, ShareAnswer
from metatron.apps.campaigns.gathering.linked import Link


class ProductAnswer(BaseModel):
    """What the campaign is about."""

    sku: str | None
    name: str | None
    description: str | None


class TierAnswer(BaseModel):
    """One step of a ladder of prices."""

    min_units: int
    unit_price_minor: int


class TotalsAnswer(BaseModel):
    """What has been gathered."""

    committed_units: int
    reached_units: int
    """How far it came: also the units that went back only because the campaign ended."""
    escrow_minor: int
    commitments: int


class StepAnswer(BaseModel):
    """A step the reader may take now."""

    name: str
    label: str
    needs_reason: bool
    money_effect: str | None
    needs_approval: bool


class MissingAnswer(BaseModel):
    """A field that publication still needs."""

    field: str
    hint: str


class PointAnswer(BaseModel):
    """Where a bulk delivery arrives."""

    id: UUID
    name: str
    address: str
    archived_at: datetime | None = None
    version: int | None = None


class CampaignAnswer(BaseModel):
    """A campaign as its organisation sees it."""

    id: UUID
    product_id: UUID | None
    reference: str
    slug: str
    title: str | None
    summary: str | None
    product: ProductAnswer
    picture_url: str | None
    goal_units: int | None
    goal_amount_minor: int | None
    unit_price_minor: int | None
    tiers: list[TierAnswer]
    final_unit_price_minor: int | None
    milestones: list[ShareAnswer]
    released_bp: int
    inspection_extended_at: datetime | None
    min_accept_units: int | None
    oversub_rule: str
    lottery_seed: str | None
    accepted_units: int | None
    consent_until: datetime | None
    units_allocated: int | None
    allocated_at: datetime | None
    funding_mode: str
    currency: str
    min_units: int | None
    max_units: int | None
    cap_units: int | None
    opens_at: datetime | None
    deadline_at: datetime | None
    extended_at: datetime | None
    free_withdrawal_until: datetime | None
    time_zone: str
    delivery_strategy: str | None
    consolidation_point: PointAnswer | None
    supplier_id: UUID | None
    supplier_name: str | None
    supplier_unit_price_minor: int | None
    supplier_window_days: int
    terms_version: str
    terms_hash: str | None
    state: str
    outcome: str | None
    visibility: str
    accept_by: datetime | None
    inspection_ends_at: datetime | None
    release_held_at: datetime | None
    version: int
    created_at: datetime
    totals: TotalsAnswer
    allowed_transitions: list[StepAnswer]
    missing: list[MissingAnswer]
    approval_id: UUID | None = None
    """The request that now waits for a second person, when the step asked for needs one."""


class CountAnswer(BaseModel):
    """How many rows match, counted to a cap."""

    value: int
    capped: bool


class Page[Item](BaseModel):
    """One page of a list."""

    items: list[Item]
    next_cursor: str | None
    count: CountAnswer | None = None


class MoveAnswer(BaseModel):
    """One move of a commitment's money, in plain words."""

    at: datetime
    kind: str
    amount_minor: int
    why: str
    where_to: str
    trigger: str


class HistoryAnswer(BaseModel):
    """One step that was taken."""

    at: datetime
    name: str
    from_state: str
    to_state: str
    reason: str | None
    actor_kind: str


class CampaignHistoryAnswer(HistoryAnswer):
    """One step of a campaign as its organisation sees it: `actor` is the role that may take it."""

    label: str
    actor: str
    actor_id: UUID | None
    actor_name: str | None


class CommitmentAnswer(BaseModel):
    """A commitment as its member sees it."""

    id: UUID
    reference: str
    campaign_id: UUID
    campaign_title: str | None
    funding_mode: str
    units: int
    unit_price_minor: int
    amount_minor: int
    currency: str
    state: str
    state_text: str
    units_allocated: int | None
    final_unit_price_minor: int | None
    final_amount_minor: int | None
    consent: ConsentAnswer | None
    received_at: datetime | None
    placed_at: datetime
    version: int
    can_withdraw: bool
    amounts: AmountsAnswer | None
    """Of one's own detail only; None before anything was taken."""
    moves: list[MoveAnswer]
    history: list[HistoryAnswer]


class CampaignCommitmentAnswer(BaseModel):
    """A commitment as its campaign's organisation sees it."""

    id: UUID
    reference: str
    member_id: UUID
    units: int
    amount_minor: int
    units_allocated: int | None
    final_amount_minor: int | None
    currency: str
    state: str
    refund_reason: str | None
    linked_as: Link | None
    """What ties the member to the campaign: such units are no sign of demand."""

    placed_at: datetime
    version: int


class JoinAnswer(BaseModel):
    """The organisation one takes part in now; switch the session to it next."""

    tenant_id: UUID
    member_id: UUID


class FulfilmentAnswer(BaseModel):
    """One event of a delivery."""

    id: UUID
    kind: str
    note: str
    units: int | None
    recorded_at: datetime


class SupplierCampaignAnswer(BaseModel):
    """A campaign as its supplier sees it: its own price, and the units after the goal only."""

    id: UUID
    reference: str
    title: str | None
    product: ProductAnswer
    state: str
    state_text: str
    deadline_at: datetime | None
    accept_by: datetime | None
    delivery_strategy: str | None
    consolidation_point: PointAnswer | None
    supplier_unit_price_minor: int | None
    currency: str
    units: int | None
    accepted_units: int | None
    min_accept_units: int | None
    consent_until: datetime | None
    allowed_transitions: list[StepAnswer]
    fulfilment_events: list[FulfilmentAnswer]
    version: int

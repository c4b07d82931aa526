"""Mapped classes of the schema `campaigns`; constraints and triggers stand in the migration."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any, Literal
from uuid import UUID

from sqlalchemy import Date, String
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from metatron.kernel.database.mapping import Model, TenantRow

SCHEMA = {"schema": "campaigns"}
Rule = Literal["fcfs", "pro_rata", "lottery"]


class Stateful:
    """Mixin of what takes steps. The database logs a row of history whenever the count rises."""

    state: Mapped[str]
    transition_count: Mapped[int]
    last_transition: Mapped[str]
    last_reason: Mapped[str | None]
    last_actor_kind: Mapped[str]
    last_actor_id: Mapped[UUID | None]
    last_at: Mapped[datetime]
    version: Mapped[int]


class Settings(Model):
    """One organisation's rules; a row appears with the first change."""

    __tablename__ = "settings"
    __table_args__ = SCHEMA

    tenant_id: Mapped[UUID] = mapped_column(primary_key=True)
    custody: Mapped[str] = mapped_column(default="third_party_escrow")
    release_policy: Mapped[str] = mapped_column(default="after_inspection")
    revenue: Mapped[str] = mapped_column(default="margin")
    disclosure: Mapped[str] = mapped_column(default="stages")
    pricing: Mapped[str] = mapped_column(default="fixed")
    withdraw: Mapped[str] = mapped_column(default="until_close")
    public_discovery: Mapped[bool] = mapped_column(default=False)
    supplier_window_days: Mapped[int] = mapped_column(default=7)
    notice_answer_days: Mapped[int] = mapped_column(default=7)
    charge_retry_days: Mapped[int] = mapped_column(default=7)
    inspection_days: Mapped[int] = mapped_column(default=7)
    issue_hold_basis_points: Mapped[int] = mapped_column(default=500)
    collection_window_seconds: Mapped[int] = mapped_column(default=86_400)
    consent_hours: Mapped[int] = mapped_column(default=72)
    second_person_review: Mapped[bool] = mapped_column(default=True)
    browse_open: Mapped[bool] = mapped_column(default=True)
    join_open: Mapped[bool] = mapped_column(default=True)
    commit_open: Mapped[bool] = mapped_column(default=True)
    release_open: Mapped[bool] = mapped_column(default=True)
    fee_basis_points: Mapped[int] = mapped_column(default=0)
    fee_fixed_minor: Mapped[int] = mapped_column(default=0)
    fee_tax_basis_points: Mapped[int] = mapped_column(default=0)
    auto_payout: Mapped[bool] = mapped_column(default=False)
    counter_proposals: Mapped[bool] = mapped_column(default=False)
    supplier_verification: Mapped[bool] = mapped_column(default=False)
    holidays: Mapped[Sequence[date]] = mapped_column(ARRAY(Date), default=())
    halted: Mapped[bool] = mapped_column(default=False)
    halted_reason: Mapped[str | None]
    provider: Mapped[str] = mapped_column(default="sandbox")
    version: Mapped[int] = mapped_column(default=1)


class ConsolidationPoint(Model, TenantRow):
    """Where a bulk delivery arrives."""

    __tablename__ = "consolidation_point"
    __table_args__ = SCHEMA

    name: Mapped[str]
    address: Mapped[str]
    created_at: Mapped[datetime]
    archived_at: Mapped[datetime | None]
    version: Mapped[int] = mapped_column(default=1)


class Campaign(Model, TenantRow, Stateful):
    """A campaign. Prices are minor units of `currency`; `supplier_id` is a person's user id."""

    __tablename__ = "campaign"
    __table_args__ = SCHEMA

    reference: Mapped[str]
    slug: Mapped[str]
    title: Mapped[str | None]
    summary: Mapped[str | None]
    product_id: Mapped[UUID | None]
    sku: Mapped[str | None]
    product_name: Mapped[str | None]
    product_description: Mapped[str | None]
    picture_url: Mapped[str | None]
    goal_units: Mapped[int | None]
    goal_amount_minor: Mapped[int | None]
    unit_price_minor: Mapped[int | None]
    tiers: Mapped[list[Any]] = mapped_column(default=list)
    final_unit_price_minor: Mapped[int | None]
    min_accept_units: Mapped[int | None]
    oversub_rule: Mapped[Rule] = mapped_column(String, default="fcfs")
    lottery_seed: Mapped[str | None]
    accepted_units: Mapped[int | None]
    consent_until: Mapped[datetime | None]
    units_allocated: Mapped[int | None]
    allocated_at: Mapped[datetime | None]
    funding_mode: Mapped[str] = mapped_column(default="escrow_capture")
    currency: Mapped[str]
    min_units: Mapped[int | None]
    max_units: Mapped[int | None]
    cap_units: Mapped[int | None]
    opens_at: Mapped[datetime | None]
    deadline_at: Mapped[datetime | None]
    time_zone: Mapped[str]
    delivery_strategy: Mapped[str | None]
    consolidation_point_id: Mapped[UUID | None]
    supplier_id: Mapped[UUID | None]
    supplier_name: Mapped[str | None]
    supplier_unit_price_minor: Mapped[int | None]
    supplier_window_days: Mapped[int]
    terms_version: Mapped[str]
    terms_hash: Mapped[str | None]
    rules: Mapped[list[Any]] = mapped_column(default=list)
    conditions: Mapped[dict[str, Any] | None]
    review_constraints: Mapped[list[Any]] = mapped_column(default=list)
    milestones: Mapped[list[Any]] = mapped_column(default=list)
    released_bp: Mapped[int] = mapped_column(default=0)
    supplier_carry_bp: Mapped[int] = mapped_column(default=0)
    visibility: Mapped[str] = mapped_column(default="draft")
    outcome: Mapped[str | None]
    organiser_id: Mapped[UUID | None]
    submitted_by: Mapped[UUID | None]
    submitted_by_operator: Mapped[UUID | None]
    extended_at: Mapped[datetime | None]
    free_withdrawal_until: Mapped[datetime | None]
    collect_until: Mapped[datetime | None]
    accept_by: Mapped[datetime | None]
    inspection_ends_at: Mapped[datetime | None]
    inspection_extended_at: Mapped[datetime | None]
    release_held_at: Mapped[datetime | None]
    coverage_gap_at: Mapped[datetime | None]
    created_at: Mapped[datetime]


class Commitment(Model, TenantRow, Stateful):
    """One person's commitment. Amounts are minor units of `currency`."""

    __tablename__ = "commitment"
    __table_args__ = SCHEMA

    campaign_id: Mapped[UUID]
    member_id: Mapped[UUID]
    reference: Mapped[str]
    units: Mapped[int]
    unit_price_minor: Mapped[int]
    amount_minor: Mapped[int]
    currency: Mapped[str]
    captured_minor: Mapped[int | None]
    units_allocated: Mapped[int | None]
    final_unit_price_minor: Mapped[int | None]
    final_amount_minor: Mapped[int | None]
    released_bp: Mapped[int] = mapped_column(default=0)
    payment_method: Mapped[str]
    capture_transfer_id: Mapped[UUID | None]
    charge_attempts: Mapped[int] = mapped_column(default=0)
    authorised_reference: Mapped[str | None]
    provider_reference: Mapped[str | None]
    refund_reason: Mapped[str | None]
    """Why the commitment as a whole goes back, from the moment that is known."""
    payout_id: Mapped[UUID | None]
    linked_as: Mapped[str | None]
    placed_at: Mapped[datetime]


class Refund(Model, TenantRow):
    """Money of a commitment on its way back: the whole of what is in escrow, or a part of it."""

    __tablename__ = "refund"
    __table_args__ = SCHEMA

    campaign_id: Mapped[UUID]
    commitment_id: Mapped[UUID]
    amount_minor: Mapped[int]
    currency: Mapped[str]
    reason_code: Mapped[str]
    reason: Mapped[str | None]
    trigger: Mapped[str]
    whole: Mapped[bool]
    state: Mapped[str]
    transfer_id: Mapped[UUID | None]
    attempts: Mapped[int] = mapped_column(default=0)
    requested_by: Mapped[UUID | None]
    approval_id: Mapped[UUID | None]
    destination: Mapped[str | None]
    evidence: Mapped[str | None]
    came_back_minor: Mapped[int] = mapped_column(default=0)
    """What the provider had confirmed and then returned, of all attempts together."""
    created_at: Mapped[datetime]
    resolved_at: Mapped[datetime | None]
    version: Mapped[int] = mapped_column(default=1)


class Acknowledgement(Model):
    """What a member acknowledged when committing; never changed."""

    __tablename__ = "acknowledgement"
    __table_args__ = SCHEMA

    tenant_id: Mapped[UUID] = mapped_column(primary_key=True)
    commitment_id: Mapped[UUID] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(primary_key=True)
    member_id: Mapped[UUID]
    terms_version: Mapped[str]
    terms_hash: Mapped[str]
    acknowledged_at: Mapped[datetime]


class Issue(Model, TenantRow):
    """A member's quality issue with a delivered commitment."""

    __tablename__ = "issue"
    __table_args__ = SCHEMA

    campaign_id: Mapped[UUID]
    commitment_id: Mapped[UUID]
    category: Mapped[str]
    text: Mapped[str]
    state: Mapped[str] = mapped_column(default="open")
    outcome: Mapped[str | None]
    resolution: Mapped[str | None]
    refund_minor: Mapped[int | None]
    held_minor: Mapped[int] = mapped_column(default=0)
    freed_minor: Mapped[int] = mapped_column(default=0)
    supplier_answer: Mapped[str | None]
    supplier_answered_at: Mapped[datetime | None]
    opened_by: Mapped[UUID]
    opened_at: Mapped[datetime]
    resolved_by: Mapped[UUID | None]
    resolved_at: Mapped[datetime | None]
    version: Mapped[int] = mapped_column(default=1)


class Payout(Model, TenantRow):
    """A payment to the supplier, instructed to the provider; a retry gets a new transfer."""

    __tablename__ = "payout"
    __table_args__ = SCHEMA

    campaign_id: Mapped[UUID]
    destination: Mapped[str]
    amount_minor: Mapped[int]
    currency: Mapped[str]
    transfer_id: Mapped[UUID]
    attempts: Mapped[int] = mapped_column(default=1)
    state: Mapped[str] = mapped_column(default="instructed")
    created_at: Mapped[datetime]
    due_at: Mapped[datetime | None]
    confirmed_at: Mapped[datetime | None]


class Notice(Model, TenantRow):
    """A delay or an extension: what, why, the new conditional date, the worst case."""

    __tablename__ = "notice"
    __table_args__ = SCHEMA

    campaign_id: Mapped[UUID]
    kind: Mapped[str]
    state: Mapped[str]
    what: Mapped[str]
    why: Mapped[str]
    worst_case: Mapped[str]
    new_date_at: Mapped[datetime]
    answer_by: Mapped[datetime | None]
    requested_by: Mapped[UUID | None]
    requested_by_operator: Mapped[UUID | None]
    requested_at: Mapped[datetime]
    given_by: Mapped[UUID | None]
    given_at: Mapped[datetime | None]
    version: Mapped[int] = mapped_column(default=1)


class NoticeAnswer(Model):
    """A member's answer to a notice for one commitment; who stayed may still leave."""

    __tablename__ = "notice_answer"
    __table_args__ = SCHEMA

    tenant_id: Mapped[UUID] = mapped_column(primary_key=True)
    notice_id: Mapped[UUID] = mapped_column(primary_key=True)
    commitment_id: Mapped[UUID] = mapped_column(primary_key=True)
    answer: Mapped[str]
    answered_by: Mapped[UUID]
    answered_at: Mapped[datetime]

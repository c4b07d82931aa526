"""Shapes of what administration and finance are answered. Amounts are minor units."""

from datetime import date
from typing import Literal
from uuid import UUID

from pydantic import BaseModel

from metatron.apps.campaigns.edge.own_delivery_schemas import ToldIssue


class IssueAnswer(ToldIssue):
    """A reported issue as the organisation reads it."""

    campaign_id: UUID
    commitment_id: UUID
    version: int


class DecidedIssueAnswer(IssueAnswer):
    """An issue after its decision, or while that waits for a second person."""

    approval_id: UUID | None


class ListedIssueAnswer(IssueAnswer):
    """A reported issue in a list, with the commitment it concerns."""

    commitment_reference: str
    amount_minor: int
    currency: str


class BookLineAnswer(BaseModel):
    """The sums of one kind of account."""

    code: str
    name: str
    debits_posted_minor: int
    credits_posted_minor: int
    debits_pending_minor: int
    credits_pending_minor: int
    balance_minor: int


class BooksAnswer(BaseModel):
    """The campaign's trial balance."""

    accounts: list[BookLineAnswer]
    currency: str
    balanced: bool


class CampaignSettingsAnswer(BaseModel):
    """The organisation's settings."""

    custody: str
    release_policy: str
    revenue: str
    disclosure: str
    pricing: str
    withdraw: str
    public_discovery: bool
    supplier_window_days: int
    notice_answer_days: int
    charge_retry_days: int
    inspection_days: int
    issue_hold_basis_points: int
    collection_window_seconds: int
    consent_hours: int
    second_person_review: bool
    browse_open: bool
    join_open: bool
    commit_open: bool
    release_open: bool
    fee_basis_points: int
    fee_fixed_minor: int
    fee_tax_basis_points: int
    auto_payout: bool
    counter_proposals: bool
    supplier_verification: bool
    holidays: list[date]
    halted: bool
    halted_reason: str | None
    version: int


class StepOfTableAnswer(BaseModel):
    """One row of the transition table."""

    machine: Literal["campaign", "commitment"]
    name: str
    from_states: list[str]
    to_state: str
    actor: str
    guard: str
    effect: str
    label: str
    needs_reason: bool
    money_effect: str | None
    needs_approval: bool


class TransitionTableAnswer(BaseModel):
    """The declarative table."""

    transitions: list[StepOfTableAnswer]
    terminal: dict[str, list[str]]

"""Reactions to what was done at the provider without an instruction of ours; thin."""

from datetime import datetime
from uuid import UUID

from pydantic import BaseModel
from sqlalchemy.ext.asyncio import AsyncSession

from metatron.apps.campaigns.care import dispute_evidence, noticing, outside, provider_fees
from metatron.kernel.context import Context
from metatron.kernel.events.jobs import DeliveredEvent


class Observed(BaseModel):
    """What this module reads of an observation at the provider."""

    observation_id: UUID
    action: str
    provider: str
    provider_reference: str
    target_kind: str | None
    target_id: UUID | None
    amount_minor: int
    fee_minor: int
    currency: str
    occurred_at: datetime
    is_instruction_returned: bool = False
    evidence_due_at: datetime | None = None


async def on_observed(
    session: AsyncSession, context: Context, *, now: datetime, event: DeliveredEvent
) -> None:
    """Mirror what was done at the provider outside the platform."""
    read = Observed.model_validate(event.payload)
    is_others = read.target_kind is not None and not read.target_kind.startswith("campaigns.")
    # Returned instructions are booked by a reaction of their own.
    if is_others or read.is_instruction_returned:
        return
    seen = outside.Seen(
        observation_id=read.observation_id,
        action=read.action,
        provider=read.provider,
        reference=read.provider_reference,
        target_kind=read.target_kind,
        target_id=read.target_id,
        amount_minor=read.amount_minor,
        currency=read.currency,
        occurred_at=read.occurred_at,
        fee_minor=read.fee_minor,
        evidence_due_at=read.evidence_due_at,
    )
    book = provider_fees.book_fee if read.action == "fee_charged" else outside.observe
    await book(session, context, seen=seen, now=now)


class Differed(BaseModel):
    """What this module reads of a statement's break."""

    break_id: UUID
    provider: str
    kind: str
    reference: str | None
    expected_minor: int | None
    found_minor: int | None
    currency: str


async def on_break(
    session: AsyncSession, context: Context, *, now: datetime, event: DeliveredEvent
) -> None:
    """Put a difference between statement and books on the register."""
    read = Differed.model_validate(event.payload)
    detail = (
        f"{read.kind} at {read.provider}, reference {read.reference}: expected "
        f"{read.expected_minor}, found {read.found_minor} minor units of {read.currency}."
    )
    await noticing.break_opened(session, context, break_id=read.break_id, detail=detail, now=now)


class EvidenceMoved(BaseModel):
    """What this module reads of evidence against a dispute."""

    provider: str
    provider_reference: str
    state: str
    failure_code: str | None


async def on_evidence(
    session: AsyncSession, context: Context, *, now: datetime, event: DeliveredEvent
) -> None:
    """Keep how far the evidence against a card dispute is."""
    del now
    read = EvidenceMoved.model_validate(event.payload)
    await dispute_evidence.evidence_moved(session, context, **read.model_dump())

"""The rows of refunds: made, booked and instructed together, however many there are."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from metatron.apps.campaigns.errors import RefundExceedsEscrow, RefundNotFound
from metatron.apps.campaigns.events import RefundMoved
from metatron.apps.campaigns.machine.locking import lock_commitment
from metatron.apps.campaigns.money import books
from metatron.apps.campaigns.money.journal import Booking
from metatron.apps.campaigns.money.refund_writing import write_refunds
from metatron.apps.campaigns.tables import Campaign, Commitment, Refund
from metatron.apps.campaigns.wording import show_money
from metatron.kernel.context import Context
from metatron.kernel.events.event import publish_all
from metatron.kernel.ids import new_id
from metatron.platform.payments.interface import (
    InstructionKind,
    InstructionWanted,
    request_instructions,
)

COMMITMENT_TARGET = "campaigns.commitment"
Decided = tuple[Commitment, Refund]
Approved = tuple[UUID, UUID | None]
"""An approval's id, and who asked for it."""


def decide(
    context: Context,
    commitment: Commitment,
    amount_minor: int,
    *,
    whole: bool,
    reason_code: str,
    reason: str | None,
    trigger: str,
    approved: Approved | None,
    now: datetime,
) -> Decided:
    """Return a commitment with the new row of its refund; `amount_minor` in minor units."""
    asked_by = context.actor_id if context.actor_kind == "user" else None
    refund = Refund(
        tenant_id=commitment.tenant_id,
        id=new_id(),
        campaign_id=commitment.campaign_id,
        commitment_id=commitment.id,
        amount_minor=amount_minor,
        currency=commitment.currency,
        reason_code=reason_code,
        reason=reason,
        trigger=trigger,
        whole=whole,
        state="due",
        attempts=0,
        requested_by=approved[1] if approved else asked_by,
        approval_id=approved[0] if approved else None,
        created_at=now,
        version=1,
    )
    return commitment, refund


@asynccontextmanager
async def instructed(
    session: AsyncSession,
    context: Context,
    campaign: Campaign,
    decided: Sequence[Decided],
    *,
    trigger: str,
    now: datetime,
    also: Sequence[Booking] = (),
) -> AsyncIterator[None]:
    """Give refunds to the provider, new ones and refused ones alike; book them after the block.

    The books come last, because from there to the commit the accounts that all commitments of a
    campaign have in common are locked.

    Raises:
        RefundExceedsEscrow: less is in escrow for one of the commitments; nothing is booked.
    """
    journal = await books.journal_for(session, context, campaign, trigger=trigger, now=now)
    made, given = [], list(also)
    for commitment, refund in decided:
        if refund.state == "due":
            made.append(journal.decide_refund(commitment, refund))
        else:
            refund.version += 1
        refund.transfer_id, refund.state = new_id(), "instructed"
        refund.attempts += 1
        given.append(journal.refund(commitment, refund, "pending"))
    await write_refunds(session, [refund for _, refund in decided])
    for kind in (InstructionKind.REFUND, InstructionKind.PAYOUT):
        another_way = kind is InstructionKind.PAYOUT
        wanted = [_wanted(*each) for each in decided if bool(each[1].destination) == another_way]
        await request_instructions(
            session, context, kind=kind, target_kind=COMMITMENT_TARGET, wanted=wanted, now=now
        )
    yield
    await _book(session, context, made)
    await _book(session, context, given)


async def _book(session: AsyncSession, context: Context, bookings: Sequence[Booking]) -> None:
    """Book one kind of entries: the ledger is quick where no entry lives on another of its call."""
    refusal = await books.try_book(session, context, bookings)
    if refusal is not None:
        raise RefundExceedsEscrow if refusal.is_limit else refusal.error


def _wanted(commitment: Commitment, refund: Refund) -> InstructionWanted:
    assert refund.transfer_id is not None
    return InstructionWanted(
        target_id=commitment.id,
        amount_minor=refund.amount_minor,
        currency=refund.currency,
        ledger_transfer_id=refund.transfer_id,
        source_reference=None if refund.destination else commitment.provider_reference,
        destination=refund.destination,
    )


async def announce(
    session: AsyncSession, context: Context, refunds: Sequence[Refund], *, now: datetime
) -> None:
    """Publish where refunds are now."""
    events = [
        RefundMoved(
            aggregate_id=refund.commitment_id,
            campaign_id=refund.campaign_id,
            refund_id=refund.id,
            state=refund.state,
            whole=refund.whole,
            amount_minor=refund.amount_minor,
            currency=refund.currency,
            reason_code=refund.reason_code,
            attempts=refund.attempts,
        )
        for refund in refunds
    ]
    await publish_all(session, context, events, now=now)


async def refund_by_transfer(
    session: AsyncSession, context: Context, commitment_id: UUID, transfer_id: UUID
) -> Refund | None:
    """Lock and return the refund whose last attempt is `transfer_id`; None when there is none."""
    query = (
        select(Refund)
        .where(
            Refund.tenant_id == context.tenant_id,
            Refund.commitment_id == commitment_id,
            Refund.transfer_id == transfer_id,
        )
        .with_for_update(key_share=True)
        .execution_options(populate_existing=True)
    )
    return (await session.execute(query)).scalar_one_or_none()


async def refund_with_commitment(
    session: AsyncSession, context: Context, refund_id: UUID
) -> tuple[Campaign, Commitment, Refund]:
    """Lock a refund's campaign (shared), its commitment and then the refund; return all three.

    Raises:
        RefundNotFound: no such refund in this organisation.
    """
    found = await session.get(Refund, (context.tenant_id, refund_id))
    if found is None:
        raise RefundNotFound
    campaign, commitment = await lock_commitment(session, context, found.commitment_id)
    await session.refresh(found, with_for_update={"key_share": True})
    return campaign, commitment, found


async def failed_refunds(
    session: AsyncSession,
    context: Context,
    *,
    campaign_id: UUID | None = None,
    commitment_id: UUID | None = None,
) -> list[Decided]:
    """Lock and return the refused refunds of a campaign or a commitment, with the commitments."""
    query = (
        select(Commitment, Refund)
        .join(
            Refund,
            (Refund.tenant_id == Commitment.tenant_id) & (Refund.commitment_id == Commitment.id),
        )
        .where(Refund.tenant_id == context.tenant_id, Refund.state == "failed")
        .order_by(Commitment.id, Refund.id)
        .with_for_update(key_share=True)
        .execution_options(populate_existing=True)
    )
    if campaign_id is not None:
        query = query.where(Refund.campaign_id == campaign_id)
    if commitment_id is not None:
        query = query.where(Refund.commitment_id == commitment_id)
    return [(row[0], row[1]) for row in await session.execute(query)]


def amount_in_words(amount_minor: int, currency: str, cause: str = "") -> str:
    """Return what a history and a message say of a part: its amount, then its cause."""
    return f"{show_money(amount_minor, currency)}. {cause}".strip()

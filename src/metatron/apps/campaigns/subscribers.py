"""Reactions to what the payments module announces; thin, each calls a use case."""

from datetime import datetime
from uuid import UUID

from pydantic import BaseModel
from sqlalchemy.ext.asyncio import AsyncSession

from metatron.apps.campaigns.gathering import captures
from metatron.apps.campaigns.money import bond, payout_reactions, refund_reactions
from metatron.apps.campaigns.money.bond import BOND_TARGET
from metatron.apps.campaigns.money.payouts import PAYOUT_TARGET
from metatron.apps.campaigns.money.refunds import COMMITMENT_TARGET
from metatron.kernel.context import Context
from metatron.kernel.events.jobs import DeliveredEvent, Subscription

# A refund whose method is closed is paid out to an account the member has agreed to.
REFUNDS = frozenset({(COMMITMENT_TARGET, "refund"), (COMMITMENT_TARGET, "payout")})


class Answered(BaseModel):
    """What this module reads of a payments event."""

    kind: str
    target_kind: str
    target_id: UUID
    amount_minor: int
    ledger_transfer_id: UUID
    provider_reference: str | None


async def on_confirmed(
    session: AsyncSession, context: Context, *, now: datetime, event: DeliveredEvent
) -> None:
    """Book what the provider has done."""
    read = Answered.model_validate(event.payload)
    target = (read.target_kind, read.kind)
    if target == (COMMITMENT_TARGET, "capture"):
        await captures.capture_confirmed(
            session,
            context,
            commitment_id=read.target_id,
            transfer_id=read.ledger_transfer_id,
            amount_minor=read.amount_minor,
            provider_reference=read.provider_reference,
            now=now,
        )
    elif target == (COMMITMENT_TARGET, "authorise"):
        await captures.authorisation_confirmed(
            session,
            context,
            commitment_id=read.target_id,
            transfer_id=read.ledger_transfer_id,
            provider_reference=read.provider_reference,
            now=now,
        )
    elif target in REFUNDS:
        await refund_reactions.refund_confirmed(
            session,
            context,
            commitment_id=read.target_id,
            transfer_id=read.ledger_transfer_id,
            now=now,
        )
    elif target == (BOND_TARGET, "capture"):
        await bond.bond_confirmed(
            session, context, deposit_id=read.target_id, amount_minor=read.amount_minor, now=now
        )
    elif target == (PAYOUT_TARGET, "payout"):
        await payout_reactions.payout_confirmed(
            session,
            context,
            payout_id=read.target_id,
            transfer_id=read.ledger_transfer_id,
            now=now,
        )


async def on_failed(
    session: AsyncSession, context: Context, *, now: datetime, event: DeliveredEvent
) -> None:
    """Book what the provider has refused."""
    read = Answered.model_validate(event.payload)
    target = (read.target_kind, read.kind)
    transfer_id = read.ledger_transfer_id
    if target in {(COMMITMENT_TARGET, "capture"), (COMMITMENT_TARGET, "authorise")}:
        await captures.capture_failed(
            session, context, commitment_id=read.target_id, transfer_id=transfer_id, now=now
        )
    elif target in REFUNDS:
        await refund_reactions.refund_failed(
            session, context, commitment_id=read.target_id, transfer_id=transfer_id, now=now
        )
    elif target == (BOND_TARGET, "capture"):
        await bond.bond_failed(session, context, deposit_id=read.target_id, now=now)
    elif target == (PAYOUT_TARGET, "payout"):
        await payout_reactions.payout_failed(
            session, context, payout_id=read.target_id, transfer_id=transfer_id, now=now
        )


async def on_returned(
    session: AsyncSession, context: Context, *, now: datetime, event: DeliveredEvent
) -> None:
    """Book a payment to the supplier that came back."""
    read = Answered.model_validate(event.payload)
    if read.target_kind == PAYOUT_TARGET:
        await payout_reactions.payout_returned(
            session,
            context,
            payout_id=read.target_id,
            transfer_id=read.ledger_transfer_id,
            now=now,
        )


SUBSCRIPTIONS = (
    Subscription(
        "payments.instruction_confirmed.v1", "campaigns.book_confirmed_instruction", on_confirmed
    ),
    Subscription("payments.instruction_failed.v1", "campaigns.book_failed_instruction", on_failed),
    Subscription(
        "payments.instruction_returned.v1", "campaigns.book_returned_instruction", on_returned
    ),
)

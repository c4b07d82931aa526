"""Reactions to confirmed instructions; thin, each calls a use case."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from pydantic import BaseModel
from sqlalchemy.ext.asyncio import AsyncSession

from metatron.apps.campaigns.care import claim_payments, outside
from metatron.apps.campaigns.care.claim_payments import CLAIM_TARGET
from metatron.apps.campaigns.gathering import captures
from metatron.apps.campaigns.gathering.captures import Arrived
from metatron.apps.campaigns.money import bond, payout_reactions, refund_reactions
from metatron.apps.campaigns.money.bond import BOND_TARGET
from metatron.apps.campaigns.money.payouts import PAYOUT_TARGET
from metatron.apps.campaigns.money.refunds import COMMITMENT_TARGET
from metatron.kernel.context import Context
from metatron.kernel.events.jobs import DeliveredEvent, Delivery

# A refund whose method is closed is paid out to an account the member has agreed to.
REFUNDS = frozenset({(COMMITMENT_TARGET, "refund"), (COMMITMENT_TARGET, "payout")})
_CAPTURE = (COMMITMENT_TARGET, "capture")


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
    if target == _CAPTURE:
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
    elif target == (CLAIM_TARGET, "capture"):
        await claim_payments.claim_paid(
            session, context, payment_id=read.target_id, amount_minor=read.amount_minor, now=now
        )
    elif target == (PAYOUT_TARGET, "payout"):
        await payout_reactions.payout_confirmed(
            session,
            context,
            payout_id=read.target_id,
            transfer_id=read.ledger_transfer_id,
            now=now,
        )
    await mirror_waiting_for(session, context, read, now)


def is_capture(arguments: Mapping[str, Any]) -> bool:
    """Tell whether a confirmed instruction is the capture of a commitment's amount."""
    payload = arguments["event"].payload
    return (payload["target_kind"], payload["kind"]) == _CAPTURE


async def on_captures(
    session: AsyncSession, context: Context, *, now: datetime, each: Sequence[Delivery]
) -> None:
    """Book several captures at once, each as by `on_confirmed`."""
    arrived: dict[UUID, Arrived] = {}
    for one in each:
        read = Answered.model_validate(one.arguments["event"].payload)
        arrived[read.target_id] = Arrived(
            one.context,
            read.target_id,
            read.ledger_transfer_id,
            read.amount_minor,
            read.provider_reference,
        )
    assert len(arrived) == len(each), "two captures of one commitment are done one by one"
    # The booking is the last thing: until it is on the disk nobody else can commit.
    locked = await captures.lock_arrived(session, context, arrived=[*arrived.values()])
    waiting = await outside.having_waiting(session, context, [*arrived])
    await captures.book_arrived(session, context, locked, now=now)
    for commitment_id in waiting:
        signed = arrived[commitment_id].context
        await outside.mirror_waiting(session, signed, commitment_id=commitment_id, now=now)


async def mirror_waiting_for(
    session: AsyncSession, context: Context, read: Answered, now: datetime
) -> None:
    """Mirror what waited for the provider's answer about a commitment."""
    if read.target_kind == COMMITMENT_TARGET:
        await outside.mirror_waiting(session, context, commitment_id=read.target_id, now=now)

"""A member's side of a delivery: where it goes, and that it has arrived."""

from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from metatron.apps.campaigns.delivery.errors import DeliveryDataLocked, ReceiptNotPossible
from metatron.apps.campaigns.delivery.events import DeliveryAddressChanged, ReceiptConfirmed
from metatron.apps.campaigns.delivery.tables import Receipt
from metatron.apps.campaigns.errors import CommitmentNotFound
from metatron.apps.campaigns.machine.locking import lock_commitment
from metatron.apps.campaigns.machine.transitions import GOING_BACK, TERMINAL
from metatron.apps.campaigns.permissions import COMMIT
from metatron.apps.campaigns.rules.addresses import (
    DIRECT,
    Destination,
    check_destination,
    erase_destination,
    keep_destination,
)
from metatron.apps.campaigns.tables import Campaign, Commitment
from metatron.kernel.context import Context
from metatron.kernel.events.event import publish

DELIVERING = frozenset({"fulfilling", "inspecting"})
NOTHING_COMES = GOING_BACK | TERMINAL["commitment"]


async def change_destination(
    session: AsyncSession,
    context: Context,
    *,
    commitment_id: UUID,
    given: Destination,
    now: datetime,
) -> Commitment:
    """Change where one's own units go, until the delivery begins.

    Raises:
        CommitmentNotFound: none of this person's.
        DeliveryDataLocked: the delivery has begun, none comes, or none needs an address.
        DeliveryDataMissing: a part of the address is missing.
    """
    campaign, commitment = await _own(session, context, commitment_id)
    ended = campaign.state in TERMINAL["campaign"] or commitment.state in NOTHING_COMES
    if campaign.delivery_strategy != DIRECT or campaign.state in DELIVERING or ended:
        raise DeliveryDataLocked
    check_destination(campaign, given)
    await keep_destination(session, context, campaign, commitment_id, given, now=now)
    await _announce(session, context, commitment, now, is_erased=False)
    return commitment


async def erase_own_destination(
    session: AsyncSession, context: Context, *, commitment_id: UUID, now: datetime
) -> Commitment:
    """Erase one's own address once nothing is delivered there any more; bears repetition.

    Raises:
        CommitmentNotFound: none of this person's.
        DeliveryDataLocked: units are still to be delivered there.
    """
    campaign, commitment = await _own(session, context, commitment_id)
    if commitment.state not in NOTHING_COMES and campaign.state not in TERMINAL["campaign"]:
        raise DeliveryDataLocked("Units are still to be delivered there.")
    await erase_destination(session, context, commitment_id)
    await _announce(session, context, commitment, now, is_erased=True)
    return commitment


async def confirm_receipt(
    session: AsyncSession, context: Context, *, commitment_id: UUID, now: datetime
) -> Commitment:
    """Confirm that one's own units have arrived; bears repetition.

    Raises:
        CommitmentNotFound: none of this person's.
        ReceiptNotPossible: nothing of it is being delivered or inspected.
    """
    campaign, commitment = await _own(session, context, commitment_id)
    if await session.get(Receipt, (context.tenant_id, commitment_id)) is not None:
        return commitment
    if campaign.state not in DELIVERING or commitment.state != "allocated":
        raise ReceiptNotPossible
    assert context.actor_id is not None
    session.add(
        Receipt(
            tenant_id=context.tenant_id,
            commitment_id=commitment_id,
            campaign_id=campaign.id,
            confirmed_by=context.actor_id,
            confirmed_at=now,
        )
    )
    await session.flush()
    event = ReceiptConfirmed(aggregate_id=commitment_id, campaign_id=campaign.id)
    await publish(session, context, event, now=now)
    return commitment


async def _own(
    session: AsyncSession, context: Context, commitment_id: UUID
) -> tuple[Campaign, Commitment]:
    context.demand(COMMIT)
    campaign, commitment = await lock_commitment(session, context, commitment_id)
    if commitment.member_id != context.actor_id:
        raise CommitmentNotFound
    return campaign, commitment


async def _announce(
    session: AsyncSession,
    context: Context,
    commitment: Commitment,
    now: datetime,
    *,
    is_erased: bool,
) -> None:
    event = DeliveryAddressChanged(
        aggregate_id=commitment.id, campaign_id=commitment.campaign_id, is_erased=is_erased
    )
    await publish(session, context, event, now=now)

"""What the provider's answers about payments to the supplier do."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from metatron.apps.campaigns.events import PayoutMoved
from metatron.apps.campaigns.machine.locking import lock_campaign
from metatron.apps.campaigns.machine.steps import advance_all
from metatron.apps.campaigns.money import books
from metatron.apps.campaigns.money.completion import look_for_end
from metatron.apps.campaigns.tables import Campaign, Commitment, Payout
from metatron.kernel.context import Context
from metatron.kernel.events.event import publish


async def payout_confirmed(
    session: AsyncSession,
    context: Context,
    *,
    payout_id: UUID,
    transfer_id: UUID,
    now: datetime,
) -> None:
    """Book a payment that has reached the supplier; its commitments are settled."""
    found = await _lock(session, context, payout_id)
    if found is None or found[1].transfer_id != transfer_id or found[1].state != "instructed":
        return
    campaign, payout = found
    journal = await books.journal_for(session, context, campaign, trigger="provider", now=now)
    await books.book(session, context, [journal.payout(transfer_id, "post", payout.amount_minor)])
    payout.state, payout.confirmed_at = "confirmed", now
    await session.flush()
    settled = await _commitments_of(session, context, payout_id)
    await advance_all(session, context, settled, "settle", now=now, by_system=True)
    await _announce(session, context, payout, now)
    await look_for_end(session, context, campaign.id)


async def payout_failed(
    session: AsyncSession,
    context: Context,
    *,
    payout_id: UUID,
    transfer_id: UUID,
    now: datetime,
) -> None:
    """Book that a payment was refused; it stays visible until it is instructed again."""
    found = await _lock(session, context, payout_id)
    if found is None or found[1].transfer_id != transfer_id or found[1].state != "instructed":
        return
    campaign, payout = found
    journal = await books.journal_for(session, context, campaign, trigger="refusal", now=now)
    await books.book(session, context, [journal.payout(transfer_id, "void", payout.amount_minor)])
    payout.state = "failed"
    await session.flush()
    await _announce(session, context, payout, now)


async def payout_returned(
    session: AsyncSession,
    context: Context,
    *,
    payout_id: UUID,
    transfer_id: UUID,
    now: datetime,
) -> None:
    """Book a payment that came back after its confirmation: it is due to the supplier again.

    The confirmation may not have been booked yet; then it is booked first.
    """
    await payout_confirmed(session, context, payout_id=payout_id, transfer_id=transfer_id, now=now)
    found = await _lock(session, context, payout_id)
    if found is None or found[1].transfer_id != transfer_id or found[1].state != "confirmed":
        return
    campaign, payout = found
    journal = await books.journal_for(session, context, campaign, trigger="provider", now=now)
    await books.book(session, context, [journal.payout_returned(transfer_id, payout.amount_minor)])
    payout.state = "failed"
    await session.flush()
    await _announce(session, context, payout, now)


async def _lock(
    session: AsyncSession, context: Context, payout_id: UUID
) -> tuple[Campaign, Payout] | None:
    key = (context.tenant_id, payout_id)
    found = await session.get(Payout, key)
    if found is None:
        return None
    campaign = await lock_campaign(session, context, found.campaign_id, shared=True)
    query = (
        select(Payout)
        .where(Payout.tenant_id == context.tenant_id, Payout.id == payout_id)
        .with_for_update(key_share=True)
        .execution_options(populate_existing=True)
    )
    return campaign, (await session.execute(query)).scalar_one()


async def _announce(session: AsyncSession, context: Context, payout: Payout, now: datetime) -> None:
    event = PayoutMoved(
        aggregate_id=payout.campaign_id,
        payout_id=payout.id,
        state=payout.state,
        amount_minor=payout.amount_minor,
        currency=payout.currency,
    )
    await publish(session, context, event, now=now)


async def _commitments_of(
    session: AsyncSession, context: Context, payout_id: UUID
) -> list[Commitment]:
    """Lock and return the commitments that a payment to the supplier settles."""
    query = (
        select(Commitment)
        .where(
            Commitment.tenant_id == context.tenant_id,
            Commitment.payout_id == payout_id,
            Commitment.state == "released",
        )
        .with_for_update(key_share=True)
        .execution_options(populate_existing=True)
    )
    return list((await session.execute(query)).scalars())

"""What the provider's answers about payments to the supplier do."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from metatron.apps.campaigns import books
from metatron.apps.campaigns.completion import look_for_end
from metatron.apps.campaigns.events import PayoutMoved
from metatron.apps.campaigns.journal import Journal
from metatron.apps.campaigns.locking import lock_campaign
from metatron.apps.campaigns.reactions import commitments_of_payout
from metatron.apps.campaigns.steps import advance
from metatron.apps.campaigns.tables import Campaign, Payout
from metatron.apps.campaigns.tenant_settings import read_settings
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
    journal = await _journal(session, context, campaign, "provider", now)
    await books.book(session, context, [journal.payout(transfer_id, "post", payout.amount_minor)])
    payout.state = "confirmed"
    await session.flush()
    for commitment in await commitments_of_payout(session, context, payout_id):
        await advance(session, context, commitment, "settle", now=now, by_system=True)
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
    journal = await _journal(session, context, campaign, "refusal", now)
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
    """Book a confirmed payment that came back: it is due to the supplier again."""
    found = await _lock(session, context, payout_id)
    if found is None or found[1].transfer_id != transfer_id or found[1].state != "confirmed":
        return
    campaign, payout = found
    journal = await _journal(session, context, campaign, "provider", now)
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


async def _journal(
    session: AsyncSession, context: Context, campaign: Campaign, trigger: str, now: datetime
) -> Journal:
    settings = await read_settings(session, context)
    chart = books.chart_of(campaign, settings.provider)
    return Journal(chart, campaign, trigger=trigger, now=now)


async def _announce(session: AsyncSession, context: Context, payout: Payout, now: datetime) -> None:
    event = PayoutMoved(
        aggregate_id=payout.campaign_id,
        payout_id=payout.id,
        state=payout.state,
        amount_minor=payout.amount_minor,
        currency=payout.currency,
    )
    await publish(session, context, event, now=now)

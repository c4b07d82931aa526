"""Ending a campaign once nothing of it is open any more."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from metatron.apps.campaigns.machine.locking import count_commitments, lock_campaign, take_turn
from metatron.apps.campaigns.machine.steps import advance
from metatron.apps.campaigns.machine.transitions import GOING_BACK, IN_FLIGHT, PAID_IN
from metatron.apps.campaigns.money import books
from metatron.apps.campaigns.tables import Campaign, Payout
from metatron.kernel.context import Context
from metatron.kernel.events.jobs import enqueue

FINISH_JOB = "campaigns.finish"
LAST_STEP = {
    "failing": "refunds_complete",
    "cancelling": "refunds_complete",
    "unwinding": "end_unwinding",
    "inspecting": "complete",
}
"""The step that ends a campaign of which nothing is open, by the state it is in."""
OPEN_STATES = IN_FLIGHT | PAID_IN | GOING_BACK | {"released", "disputed"}


async def look_for_end(session: AsyncSession, context: Context, campaign_id: UUID) -> None:
    """Ask for the end of the campaign if this transaction resolved its last open commitment.

    Transactions take turns here, as the last thing before they commit: of two that resolve the
    last two commitments, the second sees the first's work.
    """
    await take_turn(session, f"campaigns/{campaign_id}/end")
    if not await count_commitments(session, context, campaign_id, OPEN_STATES):
        await enqueue(session, context, FINISH_JOB, campaign_id=campaign_id)


async def look_for_finish(session: AsyncSession, context: Context, campaign: Campaign) -> None:
    """Ask for the end of a campaign that is ending, if nothing of it is open any more."""
    if campaign.state in LAST_STEP:
        await look_for_end(session, context, campaign.id)


async def finish(
    session: AsyncSession, context: Context, *, campaign_id: UUID, now: datetime
) -> None:
    """Take the last step of a campaign of which nothing is open; else do nothing."""
    campaign = await lock_campaign(session, context, campaign_id)
    step = LAST_STEP.get(campaign.state)
    if step is None:
        return
    if await count_commitments(session, context, campaign_id, OPEN_STATES):
        return
    if await _payouts_open(session, context, campaign_id):
        return
    if await _books_open(session, context, campaign):
        return
    await advance(session, context, campaign, step, now=now, by_system=True)


async def _payouts_open(session: AsyncSession, context: Context, campaign_id: UUID) -> bool:
    query = select(func.count()).where(
        Payout.tenant_id == context.tenant_id,
        Payout.campaign_id == campaign_id,
        Payout.state != "confirmed",
    )
    return bool((await session.execute(query)).scalar_one())


async def _books_open(session: AsyncSession, context: Context, campaign: Campaign) -> bool:
    """Tell whether anything is left on the campaign's or its commitments' accounts.

    A campaign that was never published has none.
    """
    if campaign.visibility == "draft":
        return False
    return await books.held_for_campaign(session, context, campaign) != 0

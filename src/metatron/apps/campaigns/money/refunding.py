"""Refunding every commitment of an ending campaign, some at a time, by two jobs side by side."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from metatron.apps.campaigns.machine.locking import lock_campaign
from metatron.apps.campaigns.money.completion import FINISH_JOB
from metatron.apps.campaigns.money.holding import free_held
from metatron.apps.campaigns.money.refunds import begin_refunds
from metatron.apps.campaigns.tables import Campaign, Commitment
from metatron.kernel.context import Context
from metatron.kernel.events.jobs import enqueue, enqueue_all

REFUND_JOB = "campaigns.refund_all"
AT_ONCE = 2_000
LANES = 2
"""Jobs under way at a time: the database works on one batch while the next one is prepared."""
REASON_OF_OUTCOME = {
    "goal_missed": "campaign_failed",
    "declined": "supplier_unable",
    "supplier_silent": "supplier_unable",
    "cancelled": "admin_manual",
    "consent_missed": "supplier_unable",
    "unwound": "delivery_failure",
}


async def ask_refunds(
    session: AsyncSession, context: Context, campaign_id: UUID, *, trigger: str
) -> None:
    """Have every commitment of an ending campaign refunded; `trigger` as in `begin_refunds`."""
    wanted = {"campaign_id": campaign_id, "trigger": trigger}
    await enqueue_all(session, context, REFUND_JOB, [wanted] * LANES)


async def refund_all(
    session: AsyncSession, context: Context, *, campaign_id: UUID, trigger: str, now: datetime
) -> None:
    """Refund the next commitments of an ending campaign, and ask for more until none is held.

    Each run is a transaction of its own, so that it can be stopped and taken up anywhere. It
    leaves out what another one is at; the last ones wait for each other and look again.
    """
    campaign = await lock_campaign(session, context, campaign_id, shared=True)
    if campaign.state not in {"failing", "cancelling", "unwinding"}:
        return
    step = "refund_unwound" if campaign.state == "unwinding" else "refund"
    held = await _next(session, context, campaign) or await _next(
        session, context, campaign, waiting=True
    )
    if not held:
        await enqueue(session, context, FINISH_JOB, campaign_id=campaign_id)
        return
    await free_held(session, context, campaign, held, trigger=trigger, now=now)
    await begin_refunds(
        session, context, campaign, held, step=step, trigger=trigger, now=now,
        reason_code=REASON_OF_OUTCOME[campaign.outcome or "cancelled"],
    )  # fmt: skip
    await enqueue(session, context, REFUND_JOB, campaign_id=campaign_id, trigger=trigger)


async def _next(
    session: AsyncSession, context: Context, campaign: Campaign, *, waiting: bool = False
) -> Sequence[Commitment]:
    states = ("held", "allocated") if campaign.state == "unwinding" else ("held",)
    # Nobody is waited for in the sequence of the index, so none can wait in a ring; else by id.
    sequence = (Commitment.id,) if waiting else (Commitment.placed_at, Commitment.id)
    query = (
        select(Commitment)
        .where(
            Commitment.tenant_id == context.tenant_id,
            Commitment.campaign_id == campaign.id,
            Commitment.state.in_(states),
        )
        .order_by(*sequence)
        .limit(AT_ONCE)
        .with_for_update(key_share=True, skip_locked=not waiting)
        .execution_options(populate_existing=True)
    )
    return (await session.execute(query)).scalars().all()

"""Payments to the supplier: instructed with a release, and again after a refusal."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from metatron.apps.campaigns.machine.locking import lock_campaign
from metatron.apps.campaigns.machine.steps import advance, refuse_step, step_or_refuse
from metatron.apps.campaigns.money import books, coverage
from metatron.apps.campaigns.rules.business_days import PAID_WITHIN, business_days_after
from metatron.apps.campaigns.rules.tenant_settings import read_settings
from metatron.apps.campaigns.tables import Campaign, Payout
from metatron.kernel.context import Context
from metatron.kernel.ids import new_id
from metatron.platform.payments.interface import InstructionKind, request_instruction

PAYOUT_TARGET = "campaigns.payout"
LATE_JOB = "campaigns.look_for_late_payment"


def account_of(campaign: Campaign) -> str:
    """Return the account of the campaign's supplier at the provider."""
    assert campaign.supplier_id is not None
    return f"acct_{campaign.supplier_id.hex}"


async def due_for(
    session: AsyncSession, context: Context, campaign: Campaign, now: datetime
) -> datetime:
    """Return by when a release is paid: two business days after the inspection ended.

    Holidays are those the organisation names now. A share before the delivery,
    and what open issues or a gap held back, count from its release.
    """
    held = campaign.release_held_at is not None or campaign.coverage_gap_at is not None
    ended_at = campaign.inspection_ends_at if campaign.state == "inspecting" else None
    begins = now if held or ended_at is None else ended_at
    settings = await read_settings(session, context)
    return business_days_after(begins, PAID_WITHIN, campaign.time_zone, settings.holidays)


async def instruct_payout(
    session: AsyncSession, context: Context, payout: Payout, now: datetime
) -> None:
    """Have the provider pay `payout`."""
    await request_instruction(
        session,
        context,
        kind=InstructionKind.PAYOUT,
        target_kind=PAYOUT_TARGET,
        target_id=payout.id,
        amount_minor=payout.amount_minor,
        currency=payout.currency,
        ledger_transfer_id=payout.transfer_id,
        destination=payout.destination,
        now=now,
    )


async def retry_payout(
    session: AsyncSession, context: Context, *, campaign_id: UUID, reason: str | None, now: datetime
) -> Campaign:
    """Instruct every refused or returned payment to the supplier again, under a new key.

    Raises:
        TransitionNotAllowed: none was refused.
        CoverageGap: the provider holds too little.
        ReasonRequired: without a reason.
    """
    campaign = await lock_campaign(session, context, campaign_id)
    step_or_refuse(campaign, "retry_payout")
    query = (
        select(Payout)
        .where(
            Payout.tenant_id == context.tenant_id,
            Payout.campaign_id == campaign_id,
            Payout.state == "failed",
        )
        .with_for_update(key_share=True)
        .execution_options(populate_existing=True)
    )
    failed = (await session.execute(query)).scalars().all()
    if not failed:
        raise refuse_step(campaign, "The provider has refused no payment.")
    await coverage.demand_covered(session, context, campaign)
    await advance(session, context, campaign, "retry_payout", reason=reason, now=now)
    journal = await books.journal_for(session, context, campaign, trigger="retry", now=now)
    for payout in failed:
        payout.transfer_id, payout.state = new_id(), "instructed"
        payout.attempts += 1
        booking = journal.payout(payout.transfer_id, "pending", payout.amount_minor)
        await books.book(session, context, [booking])
        await session.flush()
        await instruct_payout(session, context, payout, now)
    return campaign

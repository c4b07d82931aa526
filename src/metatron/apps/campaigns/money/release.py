"""The end of the inspection: escrow is released, or held while too many issues are open."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import Exists, exists, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from metatron.apps.campaigns.machine.locking import lock_campaign
from metatron.apps.campaigns.machine.steps import advance, advance_all, refuse_step, step_or_refuse
from metatron.apps.campaigns.money import books
from metatron.apps.campaigns.money.completion import look_for_end
from metatron.apps.campaigns.rules.conditions import conditions_of
from metatron.apps.campaigns.rules.tenant_settings import read_settings
from metatron.apps.campaigns.tables import Campaign, Commitment, Issue, Payout
from metatron.kernel.context import Context
from metatron.kernel.ids import new_id
from metatron.platform.payments.interface import InstructionKind, request_instruction

PAYOUT_TARGET = "campaigns.payout"
_RELEASABLE = frozenset({"allocated", "released", "settled"})


async def end_inspection(
    session: AsyncSession, context: Context, *, campaign_id: UUID, now: datetime
) -> None:
    """Release what may be released; hold everything while the issue rate is too high.

    Runs when the inspection ends and again after each decided issue; does nothing too early, or
    while the organisation has switched releases off.
    """
    campaign = await lock_campaign(session, context, campaign_id)
    if campaign.state != "inspecting" or campaign.inspection_ends_at is None:
        return
    settings = await read_settings(session, context)
    if now < campaign.inspection_ends_at or not settings.release_open:
        return
    delivered, disputed = await _counts(session, context, campaign_id)
    if (
        disputed
        and disputed * 10_000
        >= conditions_of(campaign, settings).issue_hold_basis_points * delivered
    ):
        if campaign.release_held_at is None:
            campaign.release_held_at = now
            await advance(session, context, campaign, "hold_release", now=now, by_system=True)
        return
    ready = await _ready(session, context, campaign_id)
    if not ready:
        await look_for_end(session, context, campaign_id)
        return
    campaign.release_held_at = None
    await _release(session, context, campaign, ready, now=now)


async def _counts(session: AsyncSession, context: Context, campaign_id: UUID) -> tuple[int, int]:
    """Return how many commitments were delivered, and how many of them have an open issue."""
    disputed = _open_issue()
    query = select(func.count(), func.count().filter(disputed)).where(
        Commitment.tenant_id == context.tenant_id,
        Commitment.campaign_id == campaign_id,
        Commitment.state.in_(_RELEASABLE),
    )
    row = (await session.execute(query)).one()
    return int(row[0]), int(row[1])


def _open_issue() -> Exists:
    return exists().where(
        Issue.tenant_id == Commitment.tenant_id,
        Issue.commitment_id == Commitment.id,
        Issue.state == "open",
    )


async def _ready(
    session: AsyncSession, context: Context, campaign_id: UUID
) -> Sequence[Commitment]:
    query = (
        select(Commitment)
        .where(
            Commitment.tenant_id == context.tenant_id,
            Commitment.campaign_id == campaign_id,
            Commitment.state == "allocated",
            ~_open_issue(),
        )
        .order_by(Commitment.placed_at, Commitment.id)
        .with_for_update(key_share=True)
        .execution_options(populate_existing=True)
    )
    return (await session.execute(query)).scalars().all()


async def _release(
    session: AsyncSession,
    context: Context,
    campaign: Campaign,
    ready: Sequence[Commitment],
    *,
    now: datetime,
) -> None:
    """Release in one chain: all commitments, the margin, and the payment to the supplier."""
    journal = await books.journal_for(session, context, campaign, trigger="inspection", now=now)
    price = campaign.supplier_unit_price_minor or campaign.unit_price_minor
    assert price is not None
    in_escrow = await books.escrow_of(session, context, campaign, ready)
    gross_minor = sum(in_escrow)
    # What was returned in part lowers the margin first, then what is due to the supplier.
    supplier_minor = min(sum(commitment.units for commitment in ready) * price, gross_minor)
    payout = Payout(
        tenant_id=context.tenant_id,
        id=new_id(),
        campaign_id=campaign.id,
        destination=_account_of(campaign),
        amount_minor=supplier_minor,
        currency=campaign.currency,
        transfer_id=new_id(),
        created_at=now,
    )
    bookings = [
        journal.release(commitment, amount_minor)
        for commitment, amount_minor in zip(ready, in_escrow, strict=True)
    ]
    if gross_minor > supplier_minor:
        bookings.append(journal.margin(gross_minor - supplier_minor))
    bookings.append(journal.payout(payout.transfer_id, "pending", supplier_minor))
    await books.book(session, context, bookings)
    session.add(payout)
    await session.flush()
    await advance(session, context, campaign, "release", now=now, by_system=True)
    for commitment in ready:
        commitment.payout_id = payout.id
    await advance_all(session, context, ready, "release", now=now, by_system=True)
    await _instruct(session, context, payout, now)


def _account_of(campaign: Campaign) -> str:
    assert campaign.supplier_id is not None
    return f"acct_{campaign.supplier_id.hex}"


async def _instruct(session: AsyncSession, context: Context, payout: Payout, now: datetime) -> None:
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
    await advance(session, context, campaign, "retry_payout", reason=reason, now=now)
    journal = await books.journal_for(session, context, campaign, trigger="retry", now=now)
    for payout in failed:
        payout.transfer_id, payout.state = new_id(), "instructed"
        payout.attempts += 1
        booking = journal.payout(payout.transfer_id, "pending", payout.amount_minor)
        await books.book(session, context, [booking])
        await session.flush()
        await _instruct(session, context, payout, now)
    return campaign

"""Card disputes: a member's bank takes captured money back, then the dispute is won or lost.

Before the release the disputed amount leaves the commitment's escrow for its hold account, and the
commitment is `disputed`: it is neither refunded nor released. After the release the money is not
there any more, and what is lost is borne as a fee is. The provider's fee stays either way.
"""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from metatron.apps.campaigns.care import entries
from metatron.apps.campaigns.care.dispute_rate import watch
from metatron.apps.campaigns.care.mirroring import MIRRORED, WAIT, Fits, unconfirmed
from metatron.apps.campaigns.care.tables import CardDispute, ProviderAction
from metatron.apps.campaigns.delivery.fulfilment import INSPECTION_JOB
from metatron.apps.campaigns.errors import ChargeDiffers
from metatron.apps.campaigns.events import CardDisputeMoved
from metatron.apps.campaigns.machine.steps import advance
from metatron.apps.campaigns.machine.transitions import IN_FLIGHT
from metatron.apps.campaigns.money import books
from metatron.apps.campaigns.money.accounts import Kind
from metatron.apps.campaigns.money.charges import ChargeKind, record_charge
from metatron.apps.campaigns.money.completion import look_for_finish
from metatron.apps.campaigns.money.holding import free_held, hold_again
from metatron.apps.campaigns.money.refunding import REFUND_JOB
from metatron.apps.campaigns.money.refunds import begin_refunds
from metatron.apps.campaigns.tables import Campaign, Commitment
from metatron.kernel.context import Context
from metatron.kernel.events.event import publish
from metatron.kernel.events.jobs import enqueue

ENDING = frozenset({"failing", "cancelling", "unwinding"})
DECIDED = frozenset({"confirmed", "procuring", "fulfilling", "inspecting"})


async def open_dispute(
    session: AsyncSession,
    context: Context,
    campaign: Campaign,
    commitment: Commitment,
    action: ProviderAction,
    *,
    now: datetime,
) -> Fits:
    """Book a dispute the provider told of, under the commitment's lock.

    Waits while the provider has an instruction about the commitment to answer.
    """
    if commitment.state in IN_FLIGHT | {"withdrawn"} and commitment.captured_minor is None:
        return WAIT
    before = commitment.state in {"held", "allocated"}
    if before:
        refunds = await unconfirmed(session, context, commitment)
        if any(refund.state != "failed" for refund in refunds):
            return WAIT
        await free_held(session, context, campaign, [commitment], trigger="outside", now=now)
        [in_escrow] = await books.escrow_of(session, context, campaign, [commitment])
        if action.amount_minor > in_escrow:
            await hold_again(session, context, campaign, commitment, now=now)
            return Fits(None, "More is disputed than is held in escrow for the commitment.")
    elif commitment.state == "refund_due":
        return WAIT
    elif commitment.state not in {"released", "settled"}:
        return Fits(None, f"A dispute of a commitment that is {commitment.state}.")
    dispute = CardDispute(
        tenant_id=context.tenant_id,
        id=action.id,
        campaign_id=campaign.id,
        commitment_id=commitment.id,
        provider=action.provider,
        reference=action.reference,
        amount_minor=action.amount_minor,
        fee_minor=action.fee_minor,
        currency=action.currency,
        is_before_release=before,
        came_from=commitment.state,
        state="open",
        evidence_due_at=action.evidence_due_at,
        opened_at=now,
        version=1,
    )
    journal = await books.journal_for(session, context, campaign, trigger="outside", now=now)
    chart = journal.chart
    accounts = [
        chart.dispute_receivable(campaign.id, commitment.id),
        chart.commitment(Kind.COMMITMENT_HOLD, campaign.id, commitment.id),
    ]
    await books.open_accounts(session, context, accounts)
    await books.book(session, context, entries.dispute_opened(journal, commitment, dispute))
    session.add(dispute)
    await session.flush()
    if before:
        await advance(session, context, commitment, "open_dispute", now=now, by_system=True)
    await _bear(session, context, dispute, "dispute_fee", dispute.fee_minor, now)
    await _announce(session, context, dispute, now)
    await watch(session, context, dispute, now=now)
    return MIRRORED


async def close_dispute(
    session: AsyncSession,
    context: Context,
    campaign: Campaign,
    commitment: Commitment,
    action: ProviderAction,
    *,
    now: datetime,
) -> Fits:
    """Book that a dispute was won or lost; waits for its opening when that comes later."""
    dispute = await _find(session, context, action)
    if dispute is None:
        return await _without_opening(session, context, action)
    if dispute.state != "open":
        return Fits(None, f"The dispute was {dispute.state} before.")
    won = action.action == "dispute_won"
    journal = await books.journal_for(session, context, campaign, trigger="outside", now=now)
    closing = entries.dispute_won if won else entries.dispute_lost
    await books.book(session, context, closing(journal, commitment, dispute))
    dispute.state, dispute.closed_at = ("won" if won else "lost"), now
    dispute.version += 1
    await session.flush()
    if dispute.is_before_release:
        await _go_on(session, context, campaign, commitment, dispute, now)
    elif not won:
        await _bear(session, context, dispute, "dispute_loss", dispute.amount_minor, now)
    await _announce(session, context, dispute, now)
    await look_for_finish(session, context, campaign)
    return MIRRORED


async def _go_on(  # noqa: PLR0917 - what is locked
    session: AsyncSession,
    context: Context,
    campaign: Campaign,
    commitment: Commitment,
    dispute: CardDispute,
    now: datetime,
) -> None:
    """Take the commitment out of its dispute: lost when nothing is left, else back to its way."""
    [left] = await books.escrow_of(session, context, campaign, [commitment])
    if not left:
        journal = await books.journal_for(session, context, campaign, trigger="outside", now=now)
        await books.book(session, context, [journal.free_units(commitment)])
        await advance(session, context, commitment, "dispute_lost", now=now, by_system=True)
        return
    step = f"dispute_back_{dispute.came_from}"
    await advance(session, context, commitment, step, now=now, by_system=True)
    if campaign.state in ENDING:
        await enqueue(
            session, context, REFUND_JOB, campaign_id=campaign.id, trigger="dispute_ended"
        )
    elif campaign.state in DECIDED and commitment.state == "held":
        # The supplier accepted while it was disputed: no units were allocated to it.
        await begin_refunds(
            session, context, campaign, [commitment], step="refund",
            reason_code="supplier_unable", trigger="dispute_ended", now=now,
        )  # fmt: skip
    elif campaign.state == "inspecting":
        await hold_again(session, context, campaign, commitment, now=now)
        await enqueue(
            session, context, INSPECTION_JOB, run_at=campaign.inspection_ends_at,
            campaign_id=campaign.id,
        )  # fmt: skip


async def _bear(  # noqa: PLR0917 - one cost of a dispute
    session: AsyncSession,
    context: Context,
    dispute: CardDispute,
    kind: ChargeKind,
    amount_minor: int,
    now: datetime,
) -> None:
    """Record a cost of a dispute; the bond bears it as far as it goes."""
    if not amount_minor:
        return
    try:
        await record_charge(
            session, context, campaign_id=dispute.campaign_id, kind=kind,
            amount_minor=amount_minor, reference=dispute.reference, now=now,
        )  # fmt: skip
    except ChargeDiffers:
        # Somebody recorded this fee by hand, with another amount: the statement will tell.
        return


async def _find(
    session: AsyncSession, context: Context, action: ProviderAction
) -> CardDispute | None:
    query = (
        select(CardDispute)
        .where(
            CardDispute.tenant_id == context.tenant_id,
            CardDispute.provider == action.provider,
            CardDispute.reference == action.reference,
        )
        .with_for_update(key_share=True)
        .execution_options(populate_existing=True)
    )
    return (await session.execute(query)).scalar_one_or_none()


async def _without_opening(session: AsyncSession, context: Context, action: ProviderAction) -> Fits:
    query = select(ProviderAction.state).where(
        ProviderAction.tenant_id == context.tenant_id,
        ProviderAction.provider == action.provider,
        ProviderAction.reference == action.reference,
        ProviderAction.action == "dispute_opened",
    )
    opening = (await session.execute(query)).scalar_one_or_none()
    return Fits(None, "Its opening is not in the books.") if opening == "unmirrored" else WAIT


async def _announce(
    session: AsyncSession, context: Context, dispute: CardDispute, now: datetime
) -> None:
    event = CardDisputeMoved(
        aggregate_id=dispute.commitment_id,
        campaign_id=dispute.campaign_id,
        dispute_id=dispute.id,
        state=dispute.state,
        amount_minor=dispute.amount_minor,
        fee_minor=dispute.fee_minor,
        currency=dispute.currency,
        is_before_release=dispute.is_before_release,
    )
    await publish(session, context, event, now=now)

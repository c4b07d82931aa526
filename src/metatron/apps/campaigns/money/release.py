"""The end of the inspection: escrow is released, or held while too many issues are open."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Exists, exists, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from metatron.apps.campaigns.machine.locking import lock_campaign
from metatron.apps.campaigns.machine.steps import advance, advance_all, refuse_step
from metatron.apps.campaigns.money import books, coverage
from metatron.apps.campaigns.money.completion import look_for_end
from metatron.apps.campaigns.money.division import pay_out_released
from metatron.apps.campaigns.money.payouts import LATE_JOB, due_for, instruct_payout
from metatron.apps.campaigns.permissions import SETTLE
from metatron.apps.campaigns.rules.conditions import conditions_of
from metatron.apps.campaigns.rules.constraints import needs_two_people
from metatron.apps.campaigns.rules.milestones import WHOLE
from metatron.apps.campaigns.rules.tenant_settings import read_settings
from metatron.apps.campaigns.rules.verification import demand_payable, may_be_paid
from metatron.apps.campaigns.tables import Campaign, Commitment, Issue, Settings
from metatron.apps.campaigns.wording import named, show_money
from metatron.kernel.context import Context
from metatron.kernel.events.jobs import enqueue
from metatron.platform.approvals.interface import (
    Approval,
    ApprovalAction,
    register_action,
    request_approval,
)

RELEASE_ACTION = "campaigns.release"
AT_ONCE = 4_000
"""Each batch looks at all balances for a gap first; the campaign is locked for a second or two."""
ASK_AGAIN = timedelta(days=1)
LOOK_AGAIN = timedelta(hours=1)
_RELEASABLE = frozenset({"allocated", "released", "settled"})


async def end_inspection(
    session: AsyncSession,
    context: Context,
    *,
    campaign_id: UUID,
    going_on: bool = False,
    now: datetime,
) -> None:
    """Release what may be released; hold everything while the issue rate is too high.

    Runs when the inspection ends, again after each decided issue, and `going_on` for the next
    commitments of a release that has begun: each run is a transaction of its own. Does nothing too
    early or while there is a coverage gap; looks again each hour while the organisation has
    switched releases off, or asks for a verified supplier and has none.
    Without `auto_payout` it asks two people for approval first, and again each day: a request that
    has expired or was rejected leaves escrow where it is, which somebody has to look at.
    """
    campaign = await lock_campaign(session, context, campaign_id)
    ends_at = campaign.inspection_ends_at
    if campaign.state != "inspecting" or ends_at is None or now < ends_at:
        return
    settings = await read_settings(session, context)
    payable = await may_be_paid(session, context, campaign, now=now)
    if not payable:
        await _look_when_late(session, context, campaign, now)
    if not settings.release_open or not payable:
        await enqueue(
            session, context, coverage.RELEASE_JOB, run_at=now + LOOK_AGAIN,
            campaign_id=campaign.id, going_on=going_on,
        )  # fmt: skip
        return
    if await _too_many_issues(session, context, campaign, settings):
        if campaign.release_held_at is None:
            campaign.release_held_at = now
            await advance(session, context, campaign, "hold_release", now=now, by_system=True)
        return
    ready = await _ready(session, context, campaign_id)
    if not ready:
        await look_for_end(session, context, campaign_id)
        return
    if await coverage.block_if_uncovered(session, context, campaign, now=now):
        return
    by_itself = settings.auto_payout and not needs_two_people(campaign.review_constraints)
    if not by_itself and not going_on:
        await _ask(session, context, campaign, now)
        return
    await _release(session, context, campaign, ready, first=not going_on, now=now)


async def _too_many_issues(
    session: AsyncSession, context: Context, campaign: Campaign, settings: Settings
) -> bool:
    disputed = await _count(session, context, campaign.id, open_issue())
    if not disputed:
        return False
    delivered = await _count(session, context, campaign.id)
    hold_rate = conditions_of(campaign, settings).issue_hold_basis_points
    return disputed * 10_000 >= hold_rate * delivered


async def _ask(session: AsyncSession, context: Context, campaign: Campaign, now: datetime) -> None:
    """Ask for the release; while the request is open, asking again changes nothing."""
    in_escrow = await books.escrowed(session, context, campaign)
    shown = show_money(in_escrow, campaign.currency)
    await request_approval(
        session,
        context,
        action=RELEASE_ACTION,
        subject_kind="campaign",
        subject_id=campaign.id,
        payload={"campaign_id": str(campaign.id)},
        summary=f"{named(campaign.title, campaign.reference)}: release {shown} from escrow, "
        "without the "
        "commitments that have an open issue, and pay the supplier's part.",
        reason="The inspection has ended.",
        amount_minor=in_escrow,
        currency=campaign.currency,
        party_ids=parties_to(campaign),
        now=now,
    )
    await enqueue(
        session, context, coverage.RELEASE_JOB, run_at=now + ASK_AGAIN, campaign_id=campaign.id
    )
    await _look_when_late(session, context, campaign, now)


async def _look_when_late(
    session: AsyncSession, context: Context, campaign: Campaign, now: datetime
) -> None:
    due_at = await due_for(session, context, campaign, now)
    if now < due_at:
        await enqueue(session, context, LATE_JOB, run_at=due_at, campaign_id=campaign.id)


async def waits_for_release(session: AsyncSession, context: Context, campaign: Campaign) -> bool:
    """Tell whether a campaign's escrow could be released, and waits for people only."""
    held = campaign.release_held_at is not None or campaign.coverage_gap_at is not None
    if campaign.state != "inspecting" or held:
        return False
    return bool(await _ready(session, context, campaign.id))


def parties_to(campaign: Campaign) -> set[UUID]:
    """Return who runs the campaign and who is paid by it: they approve no release of it."""
    people = (
        campaign.organiser_id,
        campaign.submitted_by,
        campaign.submitted_by_operator,
        campaign.supplier_id,
    )
    return {each for each in people if each is not None}


async def execute_release(
    session: AsyncSession,
    context: Context,
    *,
    payload: dict[str, Any],
    approval: Approval,
    now: datetime,
) -> dict[str, Any]:
    """Release as approved; jobs go on with the commitments beyond the first thousands.

    Raises:
        TransitionNotAllowed: nothing can be released any more.
        SupplierNotVerified: the organisation asks for it.
        CoverageGap: the provider holds too little.
    """
    del approval
    campaign = await lock_campaign(session, context, UUID(payload["campaign_id"]))
    settings = await read_settings(session, context)
    if campaign.state != "inspecting":
        raise refuse_step(campaign, "The inspection is not running.")
    if not settings.release_open:
        raise refuse_step(campaign, "The organisation has switched releases off.")
    await demand_payable(session, context, campaign, now=now)
    if await _too_many_issues(session, context, campaign, settings):
        raise refuse_step(campaign, "Too many issues are open.")
    ready = await _ready(session, context, campaign.id)
    if not ready:
        raise refuse_step(campaign, "No commitment is left to be released.")
    await coverage.demand_covered(session, context, campaign)
    await _release(session, context, campaign, ready, first=True, now=now)
    return {"commitments": len(ready)}


async def _count(
    session: AsyncSession, context: Context, campaign_id: UUID, *conditions: Exists
) -> int:
    """Return how many commitments were delivered, of those that meet the conditions."""
    query = select(func.count()).where(
        Commitment.tenant_id == context.tenant_id,
        Commitment.campaign_id == campaign_id,
        Commitment.state.in_(_RELEASABLE),
        *conditions,
    )
    return int((await session.execute(query)).scalar_one())


def open_issue() -> Exists:
    """Return the condition that a commitment has an open issue."""
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
            ~open_issue(),
        )
        .order_by(Commitment.placed_at, Commitment.id)
        .limit(AT_ONCE)
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
    first: bool,
    now: datetime,
) -> None:
    """Release together: the commitments, income and tax, and the payment to the supplier."""
    journal = await books.journal_for(session, context, campaign, trigger="inspection", now=now)
    in_escrow = await books.escrow_of(session, context, campaign, ready)
    released = [journal.release(*each) for each in zip(ready, in_escrow, strict=True)]
    parts = [(commitment, WHOLE - commitment.released_bp) for commitment in ready]
    payout = await pay_out_released(session, context, journal, released, parts, now=now)
    campaign.release_held_at = campaign.coverage_gap_at = None
    if first:
        await advance(session, context, campaign, "release", now=now, by_system=True)
    for commitment in ready:
        commitment.released_bp = WHOLE
        commitment.payout_id = payout.id
    await advance_all(session, context, ready, "release", now=now, by_system=True)
    await instruct_payout(session, context, payout, now)
    if len(ready) == AT_ONCE:
        await enqueue(
            session, context, coverage.RELEASE_JOB, campaign_id=campaign.id, going_on=True
        )


register_action(
    ApprovalAction(
        name=RELEASE_ACTION,
        request_permission=SETTLE,
        approve_permission=SETTLE,
        execute=execute_release,
        title="Release escrow and pay the supplier",
        is_fixed=True,
    )
)

"""Milestones: evidence given, rejected or approved by two persons, and the share released."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from metatron.apps.campaigns.delivery.errors import MilestoneNotFound, MilestoneNotPossible
from metatron.apps.campaigns.delivery.evidence import Shown, add_evidence
from metatron.apps.campaigns.delivery.milestone_rows import lock_milestone, move_milestone
from metatron.apps.campaigns.delivery.milestone_tables import Evidence, Milestone
from metatron.apps.campaigns.delivery.shares import BEFORE_DELIVERY, release_next
from metatron.apps.campaigns.errors import ReasonRequired
from metatron.apps.campaigns.money.coverage import block_if_uncovered, demand_covered
from metatron.apps.campaigns.money.release import LOOK_AGAIN, parties_to
from metatron.apps.campaigns.permissions import ORGANISE, SETTLE, SUPPLY
from metatron.apps.campaigns.rules.constraints import needs_two_people
from metatron.apps.campaigns.rules.tenant_settings import read_settings
from metatron.apps.campaigns.rules.verification import NOT_VERIFIED, may_be_paid
from metatron.apps.campaigns.tables import Campaign, Issue
from metatron.apps.campaigns.wording import named
from metatron.kernel.context import Context
from metatron.kernel.events.jobs import enqueue
from metatron.platform.approvals import interface as approvals

AUTO_JOB = "campaigns.auto_approve_milestone"
RELEASE_ACTION = "campaigns.release_milestone"


async def give_evidence(
    session: AsyncSession, context: Context, *, milestone_id: UUID, shown: Shown, now: datetime
) -> Evidence:
    """Give a file as evidence of a milestone; the campaign's supplier or an organiser may.

    Raises:
        MilestoneNotFound: no such milestone, or of another supplier's campaign.
        MilestoneNotPossible: it is decided, released by the inspection, or not its time.
        FileNotFound, InvalidInput, EvidenceReused: as they say.
    """
    if not context.allows(ORGANISE):
        context.demand(SUPPLY)
    campaign, milestone = await lock_milestone(session, context, milestone_id)
    if not context.allows(ORGANISE) and campaign.supplier_id != context.actor_id:
        raise MilestoneNotFound
    if milestone.state not in {"planned", "evidence_in", "rejected"} or milestone.is_last:
        raise MilestoneNotPossible(f"The milestone is {milestone.state}.")
    if campaign.state not in BEFORE_DELIVERY:
        raise MilestoneNotPossible(f"The campaign is {campaign.state}.")
    evidence = await add_evidence(session, context, milestone, shown, now=now)
    milestone.evidence_at = now
    await move_milestone(session, context, milestone, "evidence_in", now)
    if milestone.auto_approve_hours is not None:
        run_at = now + timedelta(hours=milestone.auto_approve_hours)
        await enqueue(session, context, AUTO_JOB, run_at=run_at, milestone_id=milestone.id)
    return evidence


async def reject(
    session: AsyncSession, context: Context, *, milestone_id: UUID, reason: str, now: datetime
) -> Milestone:
    """Reject the evidence of a milestone, with a reason; more may be given.

    Raises:
        MilestoneNotFound: no such milestone.
        MilestoneNotPossible: there is no undecided evidence.
        ReasonRequired: without a reason.
    """
    context.demand(SETTLE)
    if not reason.strip():
        raise ReasonRequired
    _, milestone = await lock_milestone(session, context, milestone_id)
    if milestone.state != "evidence_in":
        raise MilestoneNotPossible(f"The milestone is {milestone.state}.")
    milestone.decided_by, milestone.decided_at = context.actor_id, now
    milestone.reason = reason.strip()
    await move_milestone(session, context, milestone, "rejected", now)
    await approvals.refuse_open(
        session, context, subject_id=milestone.id, reason="The evidence was rejected.", now=now
    )
    return milestone


async def approve(
    session: AsyncSession, context: Context, *, milestone_id: UUID, reason: str, now: datetime
) -> Milestone:
    """Approve a milestone; another person of finance approves its release, where the rules say so.

    Where the review accepted the campaign for releases by two people, the organisation's own rule
    lets no share go by one. Who runs the campaign or supplies it may ask, and decides nothing.

    Raises:
        MilestoneNotFound: no such milestone.
        MilestoneNotPossible: no evidence is in (an upfront share needs none), an issue is open,
            releases are switched off, or it is not its time.
        CoverageGap: the provider holds too little.
    """
    context.demand(SETTLE)
    campaign, milestone = await lock_milestone(session, context, milestone_id)
    await _check_releasable(session, context, campaign, milestone, now)
    await demand_covered(session, context, campaign)
    by_two = needs_two_people(campaign.review_constraints)
    if not by_two and not await approvals.needs_approval(session, context, action=RELEASE_ACTION):
        await _release(session, context, campaign, milestone, context.actor_id, now)
        return milestone
    await approvals.request_approval(
        session,
        context,
        action=RELEASE_ACTION,
        subject_kind="campaign_milestone",
        subject_id=milestone.id,
        payload=_payload(milestone),
        summary=f"{named(campaign.title, campaign.reference)}: release the share "
        f"'{milestone.title}'.",
        reason=reason,
        party_ids=parties_to(campaign),
        now=now,
    )
    return milestone


def _payload(milestone: Milestone) -> dict[str, Any]:
    evidence_at = milestone.evidence_at
    return {
        "milestone_id": str(milestone.id),
        "share_bp": milestone.share_bp,
        "evidence_at": evidence_at.isoformat() if evidence_at else None,
    }


async def _execute(
    session: AsyncSession,
    context: Context,
    *,
    payload: dict[str, Any],
    approval: approvals.Approval,
    now: datetime,
) -> dict[str, Any]:
    """Release what was approved, if its evidence is still the one that was judged."""
    campaign, milestone = await lock_milestone(session, context, approval.subject_id)
    if _payload(milestone) != payload:
        raise MilestoneNotPossible("Other evidence came in after the request.")
    await _check_releasable(session, context, campaign, milestone, now)
    await demand_covered(session, context, campaign)
    await _release(session, context, campaign, milestone, context.actor_id, now)
    return {"released_minor": milestone.released_minor, "state": milestone.state}


approvals.register_action(
    approvals.ApprovalAction(
        RELEASE_ACTION,
        SETTLE,
        SETTLE,
        _execute,
        describe=lambda payload: (
            f"Releases {payload['share_bp'] / 100:g} % of what is in escrow before delivery."
        ),
        title="Release a milestone's share",
    )
)


async def auto_approve(
    session: AsyncSession, context: Context, *, milestone_id: UUID, now: datetime
) -> None:
    """Release a share whose evidence stood for the published time.

    What is in the way (an open issue, releases switched off, procuring not begun, a gap in the
    coverage) only holds it up: it is asked again each hour, and when an issue is decided.
    """
    campaign, milestone = await lock_milestone(session, context, milestone_id)
    if milestone.state != "evidence_in" or milestone.auto_approve_hours is None:
        return
    assert milestone.evidence_at is not None
    if now < milestone.evidence_at + timedelta(hours=milestone.auto_approve_hours):
        return
    if needs_two_people(campaign.review_constraints):
        return
    if milestone.is_last or campaign.state not in BEFORE_DELIVERY:
        return  # what is left is released by the inspection, or refunded
    if await _is_held_up(session, context, campaign, milestone, now):
        run_at = now + LOOK_AGAIN
        await enqueue(session, context, AUTO_JOB, run_at=run_at, milestone_id=milestone.id)
        return
    await _release(session, context, campaign, milestone, None, now)


async def ask_again(session: AsyncSession, context: Context, *, campaign_id: UUID) -> None:
    """Have every share of a campaign judged anew whose evidence waits for its published time."""
    query = select(Milestone.id).where(
        Milestone.tenant_id == context.tenant_id,
        Milestone.campaign_id == campaign_id,
        Milestone.state == "evidence_in",
        Milestone.auto_approve_hours.is_not(None),
    )
    for milestone_id in (await session.scalars(query)).all():
        await enqueue(session, context, AUTO_JOB, milestone_id=milestone_id)


async def _is_held_up(
    session: AsyncSession, context: Context, campaign: Campaign, milestone: Milestone, now: datetime
) -> bool:
    try:
        await _check_releasable(session, context, campaign, milestone, now)
    except MilestoneNotPossible:
        return True
    return await block_if_uncovered(session, context, campaign, now=now)


async def _check_releasable(
    session: AsyncSession, context: Context, campaign: Campaign, milestone: Milestone, now: datetime
) -> None:
    ready = milestone.state == "evidence_in" or (
        milestone.is_upfront and milestone.state == "planned"
    )
    if not ready or milestone.is_last:
        raise MilestoneNotPossible("No undecided evidence is in.")
    if campaign.state == "confirmed" and not milestone.is_upfront:
        raise MilestoneNotPossible("Only an upfront share is released before procuring.")
    if campaign.state not in BEFORE_DELIVERY or campaign.allocated_at is None:
        raise MilestoneNotPossible(f"The campaign is {campaign.state}.")
    if not (await read_settings(session, context)).release_open:
        raise MilestoneNotPossible("The organisation has switched releases off.")
    if not await may_be_paid(session, context, campaign, now=now):
        raise MilestoneNotPossible(NOT_VERIFIED)
    query = select(Issue.id).where(
        Issue.tenant_id == context.tenant_id,
        Issue.campaign_id == campaign.id,
        Issue.state == "open",
    )
    if (await session.execute(query.limit(1))).first() is not None:
        raise MilestoneNotPossible("An issue is open.")


async def _release(  # noqa: PLR0917 - one decision and its release
    session: AsyncSession,
    context: Context,
    campaign: Campaign,
    milestone: Milestone,
    by: UUID | None,
    now: datetime,
) -> None:
    milestone.decided_by, milestone.decided_at, milestone.reason = by, now, None
    await move_milestone(session, context, milestone, "approved", now)
    await release_next(session, context, campaign, milestone, now=now)

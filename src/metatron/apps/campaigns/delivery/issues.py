"""Members' quality issues: reported while they inspect, decided by finance, one at a time."""

from datetime import datetime
from typing import Literal
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from metatron.apps.campaigns.delivery.events import IssueDecided, IssueOpened
from metatron.apps.campaigns.delivery.fulfilment import INSPECTION_JOB
from metatron.apps.campaigns.delivery.milestones import ask_again
from metatron.apps.campaigns.errors import (
    CommitmentNotFound,
    IssueNotFound,
    IssueNotPossible,
    IssueResolved,
    ReasonRequired,
)
from metatron.apps.campaigns.machine.locking import instant_by_database, lock_commitment
from metatron.apps.campaigns.machine.steps import advance
from metatron.apps.campaigns.money.holding import free_held, hold_apart
from metatron.apps.campaigns.money.refunds import begin_refunds, return_part
from metatron.apps.campaigns.permissions import COMMIT, SETTLE
from metatron.apps.campaigns.tables import Issue
from metatron.kernel.context import Context
from metatron.kernel.errors import InvalidInput
from metatron.kernel.events.event import publish
from metatron.kernel.events.jobs import enqueue
from metatron.kernel.ids import new_id


async def open_issue(
    session: AsyncSession,
    context: Context,
    *,
    commitment_id: UUID,
    category: str,
    text: str,
    now: datetime,
) -> Issue:
    """Report an issue with one's own delivered commitment; it is not released while that is open.

    All that is left of it in escrow is held apart until the decision.

    Raises:
        CommitmentNotFound: none of this person's.
        IssueNotPossible: the inspection is not running, or an issue is open already.
    """
    context.demand(COMMIT)
    campaign, commitment = await lock_commitment(session, context, commitment_id)
    if commitment.member_id != context.actor_id:
        raise CommitmentNotFound
    if campaign.state != "inspecting" or commitment.state != "allocated":
        raise IssueNotPossible
    assert campaign.inspection_ends_at is not None
    if await instant_by_database(session, now) >= campaign.inspection_ends_at:
        raise IssueNotPossible("The inspection has ended.")
    query = select(Issue.id).where(
        Issue.tenant_id == context.tenant_id,
        Issue.commitment_id == commitment_id,
        Issue.state == "open",
    )
    if (await session.execute(query)).first() is not None:
        raise IssueNotPossible("An issue of this commitment is open already.")
    issue = Issue(
        tenant_id=context.tenant_id,
        id=new_id(),
        campaign_id=campaign.id,
        commitment_id=commitment_id,
        category=category,
        text=text,
        opened_by=context.actor_id,
        opened_at=now,
    )
    session.add(issue)
    await session.flush()
    await hold_apart(session, context, campaign, commitment, issue, now=now)
    await advance(session, context, commitment, "open_issue", now=now)
    event = IssueOpened(
        aggregate_id=campaign.id, issue_id=issue.id, commitment_id=commitment_id, category=category
    )
    await publish(session, context, event, now=now)
    return issue


def check_decision(outcome: str, resolution: str, refund_minor: int | None) -> None:
    """Refuse what is no whole decision.

    Raises:
        ReasonRequired: without words of resolution.
        InvalidInput: a split without its amount, or an amount without a split.
    """
    if (outcome == "split") != (refund_minor is not None):
        hint = "A split, and only that, names the part that is refunded."
        raise InvalidInput.field("body.refund_minor", "not_a_split", hint)
    if not resolution.strip():
        raise ReasonRequired


async def decide_issue(
    session: AsyncSession,
    context: Context,
    *,
    issue_id: UUID,
    outcome: Literal["release", "refund", "split"],
    resolution: str,
    refund_minor: int | None = None,
    now: datetime,
) -> Issue:
    """Resolve an issue: refund the commitment, or let it be released with the others.

    A `split` refunds `refund_minor` minor units of it and lets the rest be released.

    Raises:
        IssueNotFound: no such issue.
        IssueResolved: it was decided before.
        ReasonRequired: without words of resolution.
        InvalidInput: a split without its amount, or an amount without a split.
        RefundExceedsEscrow: a split is of less than what is in escrow.
    """
    context.demand(SETTLE)
    check_decision(outcome, resolution, refund_minor)
    found = await session.get(Issue, (context.tenant_id, issue_id))
    if found is None:
        raise IssueNotFound
    # Releasing and deciding exclude each other: both take the campaign's lock alone.
    campaign, commitment = await lock_commitment(
        session, context, found.commitment_id, shared_campaign=False
    )
    await session.refresh(found, with_for_update={"key_share": True})
    if found.state == "resolved":
        raise IssueResolved
    await free_held(session, context, campaign, [commitment], trigger="issue", now=now)
    found.state, found.outcome, found.resolution = "resolved", outcome, resolution.strip()
    found.refund_minor = refund_minor
    found.resolved_by, found.resolved_at = context.actor_id, now
    found.version += 1
    await session.flush()
    if outcome == "refund":
        await begin_refunds(
            session, context, campaign, [commitment], step="refund_issue",
            reason_code="quality_issue", trigger="issue", now=now, reason=resolution,
            by_system=False,
        )  # fmt: skip
    elif commitment.state == "allocated":
        why = resolution.strip()
        await advance(
            session, context, commitment, "close_issue", reason=why, now=now, by_system=True
        )
    if refund_minor is not None:
        await return_part(
            session, context, campaign, parts=[(commitment, refund_minor)],
            reason_code="quality_issue", trigger="issue", now=now, reason=resolution.strip(),
        )  # fmt: skip
    event = IssueDecided(
        aggregate_id=campaign.id, issue_id=issue_id, commitment_id=commitment.id, outcome=outcome
    )
    await publish(session, context, event, now=now)
    await enqueue(
        session, context, INSPECTION_JOB, run_at=campaign.inspection_ends_at,
        campaign_id=campaign.id,
    )  # fmt: skip
    await ask_again(session, context, campaign_id=campaign.id)
    return found

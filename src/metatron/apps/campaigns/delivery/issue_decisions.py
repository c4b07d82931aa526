"""The decision of an issue: money that goes back needs a second person where the rules say so."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from metatron.apps.campaigns.delivery.issues import check_decision, decide_issue
from metatron.apps.campaigns.errors import IssueNotFound, IssueResolved, RefundExceedsEscrow
from metatron.apps.campaigns.machine.locking import lock_commitment
from metatron.apps.campaigns.machine.steps import step_or_refuse
from metatron.apps.campaigns.money import books
from metatron.apps.campaigns.permissions import SETTLE
from metatron.apps.campaigns.tables import Issue
from metatron.apps.campaigns.wording import named, show_money
from metatron.kernel.context import Context
from metatron.platform.approvals.interface import (
    Approval,
    ApprovalAction,
    needs_approval,
    register_action,
    request_approval,
)

DECIDE_ACTION = "campaigns.resolve_issue"
Outcome = Literal["release", "refund", "split"]


@dataclass(frozen=True, slots=True)
class Decided:
    """The issue as it is now, and the request that waits for a second person, if one does."""

    issue: Issue
    approval_id: UUID | None = None


async def ask_decision(
    session: AsyncSession,
    context: Context,
    *,
    issue_id: UUID,
    outcome: Outcome,
    resolution: str,
    refund_minor: int | None = None,
    now: datetime,
) -> Decided:
    """Decide an issue, or ask a second person to approve what goes back to the member.

    `refund_minor` is the member's part of a split in minor units; the rest is released with the
    others. To release it all needs nobody else: the release itself is approved later.

    Raises:
        IssueNotFound: no such issue.
        IssueResolved: it was decided before.
        ReasonRequired: without words of resolution.
        InvalidInput: a split without its amount, or an amount without a split.
        RefundExceedsEscrow: a split is of less than what is in escrow.
        TransitionNotAllowed, CommitmentDisputed: the commitment is elsewhere by now.
    """
    context.demand(SETTLE)
    check_decision(outcome, resolution, refund_minor)
    given: dict[str, Any] = {
        "outcome": outcome, "resolution": resolution.strip(), "refund_minor": refund_minor,
    }  # fmt: skip
    if outcome == "release":
        return Decided(await decide_issue(session, context, issue_id=issue_id, now=now, **given))
    found = await session.get(Issue, (context.tenant_id, issue_id))
    if found is None:
        raise IssueNotFound
    campaign, commitment = await lock_commitment(
        session, context, found.commitment_id, shared_campaign=False
    )
    await session.refresh(found, with_for_update={"key_share": True})
    if found.state == "resolved":
        raise IssueResolved
    step_or_refuse(commitment, "refund_issue")
    [in_escrow] = await books.escrow_of(session, context, campaign, [commitment])
    in_escrow += found.held_minor
    if refund_minor is not None and refund_minor >= in_escrow:
        raise RefundExceedsEscrow
    back_minor = refund_minor or in_escrow
    if not await needs_approval(
        session, context, action=DECIDE_ACTION, amount_minor=back_minor,
        currency=commitment.currency,
    ):  # fmt: skip
        return Decided(await decide_issue(session, context, issue_id=issue_id, now=now, **given))
    back, rest = (
        show_money(amount, commitment.currency) for amount in (back_minor, in_escrow - back_minor)
    )
    approval = await request_approval(
        session,
        context,
        action=DECIDE_ACTION,
        subject_kind="campaign_issue",
        subject_id=issue_id,
        payload={"issue_id": str(issue_id), "in_escrow_minor": in_escrow, **given},
        summary=f"{named(campaign.title, campaign.reference)}: decide the issue of commitment "
        f"{commitment.reference}: {back} go back to the member, {rest} are released with the "
        "others.",
        reason=resolution.strip()[:1_000],
        amount_minor=back_minor,
        currency=commitment.currency,
        party_ids={commitment.member_id},
        now=now,
    )
    return Decided(found, approval.id)


async def execute_decision(
    session: AsyncSession,
    context: Context,
    *,
    payload: dict[str, Any],
    approval: Approval,
    now: datetime,
) -> dict[str, Any]:
    """Decide an issue as approved, if as much is in escrow as when it was asked for.

    Raises:
        IssueResolved, TransitionNotAllowed, CommitmentDisputed: it moved on since.
        RefundExceedsEscrow: what is in escrow has changed since.
    """
    found = await session.get(Issue, (context.tenant_id, approval.subject_id))
    if found is None:
        raise IssueNotFound
    campaign, commitment = await lock_commitment(
        session, context, found.commitment_id, shared_campaign=False
    )
    await session.refresh(found, with_for_update={"key_share": True})
    [in_escrow] = await books.escrow_of(session, context, campaign, [commitment])
    if in_escrow + found.held_minor != payload["in_escrow_minor"]:
        raise RefundExceedsEscrow
    issue = await decide_issue(
        session,
        context,
        issue_id=found.id,
        outcome=payload["outcome"],
        resolution=payload["resolution"],
        refund_minor=payload["refund_minor"],
        now=now,
    )
    return {"outcome": issue.outcome, "refund_minor": payload["refund_minor"]}


register_action(
    ApprovalAction(
        name=DECIDE_ACTION,
        request_permission=SETTLE,
        approve_permission=SETTLE,
        execute=execute_decision,
        title="Decide an issue with money going back",
    )
)

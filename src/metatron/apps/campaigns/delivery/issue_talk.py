"""What is said about an issue before it is decided: files of the member, the supplier's answer."""

from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from metatron.apps.campaigns.delivery.events import IssueAnswered
from metatron.apps.campaigns.delivery.evidence import Shown, add_evidence
from metatron.apps.campaigns.delivery.milestone_tables import Evidence
from metatron.apps.campaigns.errors import IssueNotFound, IssueResolved
from metatron.apps.campaigns.machine.locking import lock_commitment
from metatron.apps.campaigns.machine.steps import advance
from metatron.apps.campaigns.permissions import COMMIT, SUPPLY
from metatron.apps.campaigns.tables import Campaign, Commitment, Issue
from metatron.kernel.context import Context
from metatron.kernel.events.event import publish


async def show_issue(
    session: AsyncSession, context: Context, *, issue_id: UUID, shown: Shown, now: datetime
) -> Evidence:
    """Give a file as evidence of an open issue: the member who opened it, or its supplier.

    Raises:
        IssueNotFound: none of this person's.
        IssueResolved: it is decided.
        FileNotFound, InvalidInput, EvidenceReused: as they say.
    """
    campaign, _, issue = await _lock(session, context, issue_id)
    is_member = context.allows(COMMIT) and issue.opened_by == context.actor_id
    is_supplier = context.allows(SUPPLY) and campaign.supplier_id == context.actor_id
    if not is_member and not is_supplier:
        raise IssueNotFound
    if issue.state == "resolved":
        raise IssueResolved
    return await add_evidence(session, context, issue, shown, now=now)


async def answer_issue(
    session: AsyncSession, context: Context, *, issue_id: UUID, answer: str, now: datetime
) -> Issue:
    """Keep the supplier's side of an open issue; a later answer takes the place of an earlier.

    Raises:
        IssueNotFound: none of this supplier's.
        IssueResolved: it is decided.
    """
    context.demand(SUPPLY)
    campaign, commitment, issue = await _lock(session, context, issue_id)
    if campaign.supplier_id != context.actor_id:
        raise IssueNotFound
    if issue.state == "resolved":
        raise IssueResolved
    issue.supplier_answer, issue.supplier_answered_at = answer.strip(), now
    issue.version += 1
    await session.flush()
    event = IssueAnswered(
        aggregate_id=campaign.id, issue_id=issue.id, commitment_id=issue.commitment_id
    )
    await publish(session, context, event, now=now)
    if commitment.state == "allocated":
        said = issue.supplier_answer
        await advance(session, context, commitment, "answer_issue", reason=said, now=now)
    return issue


async def _lock(
    session: AsyncSession, context: Context, issue_id: UUID
) -> tuple[Campaign, Commitment, Issue]:
    found = await session.get(Issue, (context.tenant_id, issue_id))
    if found is None:
        raise IssueNotFound
    campaign, commitment = await lock_commitment(session, context, found.commitment_id)
    await session.refresh(found, with_for_update={"key_share": True})
    return campaign, commitment, found

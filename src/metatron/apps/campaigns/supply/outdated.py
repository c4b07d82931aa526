"""Proposals whose draft has gone on without them: it names another supplier or another currency."""

from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from metatron.apps.campaigns.rules.drafts import edit_followers
from metatron.apps.campaigns.supply.proposal_rows import move_proposal, open_proposal
from metatron.apps.campaigns.supply.proposal_tables import Proposal
from metatron.apps.campaigns.tables import Campaign
from metatron.kernel.context import Context

REASONS = {
    "supplier_id": "The draft names another supplier now.",
    "currency": "The draft is in another currency now.",
}


def outdated(proposal: Proposal, campaign: Campaign) -> str | None:
    """Return why a proposal is not about the campaign as it is now, None when it is."""
    for name, reason in REASONS.items():
        if getattr(proposal, name) != getattr(campaign, name):
            return reason
    return None


async def close_outdated(
    session: AsyncSession,
    context: Context,
    campaign: Campaign,
    changed: frozenset[str],
    now: datetime,
) -> None:
    """Decline the open proposal of a draft that names another supplier or currency now."""
    if not changed & REASONS.keys():
        return
    proposal = await open_proposal(session, context, campaign.id)
    reason = None if proposal is None else outdated(proposal, campaign)
    if proposal is None or reason is None:
        return
    proposal.reason = reason
    step = "refuse" if proposal.state == "accepted" else "decline"
    await move_proposal(session, context, proposal, step, now)


edit_followers.append(close_outdated)

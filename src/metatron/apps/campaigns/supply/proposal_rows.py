"""The rows of proposals: found, locked behind their campaign, moved by the table of steps."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from metatron.apps.campaigns.errors import CampaignNotFound
from metatron.apps.campaigns.events import ProposalMoved
from metatron.apps.campaigns.machine.locking import lock_campaign
from metatron.apps.campaigns.supply.errors import ProposalNotFound
from metatron.apps.campaigns.supply.proposal_tables import Proposal
from metatron.apps.campaigns.tables import Campaign
from metatron.kernel.context import Context
from metatron.kernel.events.event import publish

OPEN = frozenset({"draft", "submitted", "countered", "accepted"})
STEPS: dict[str, tuple[frozenset[str], str]] = {
    "submit": (frozenset({"draft", "countered"}), "submitted"),
    "counter": (frozenset({"submitted"}), "countered"),
    "accept": (frozenset({"submitted"}), "accepted"),
    "decline": (frozenset({"draft", "submitted", "countered"}), "declined"),
    "withdraw": (frozenset({"submitted", "countered", "accepted"}), "withdrawn"),
    "expire": (frozenset({"submitted", "countered"}), "expired"),
    "confirm": (frozenset({"accepted"}), "confirmed"),
    "refuse": (frozenset({"accepted"}), "declined"),
}
"""From which states each step leads where; the database holds the same pairs."""


async def open_proposal(
    session: AsyncSession, context: Context, campaign_id: UUID
) -> Proposal | None:
    """Lock and return a campaign's proposal that is not at its end."""
    query = (
        select(Proposal)
        .where(
            Proposal.tenant_id == context.tenant_id,
            Proposal.campaign_id == campaign_id,
            Proposal.state.in_(OPEN),
        )
        .with_for_update(key_share=True)
        .execution_options(populate_existing=True)
    )
    return (await session.execute(query)).scalar_one_or_none()


async def lock_proposal(
    session: AsyncSession, context: Context, proposal_id: UUID
) -> tuple[Campaign, Proposal]:
    """Lock and return a proposal behind its campaign.

    Raises:
        ProposalNotFound: no such proposal.
    """
    found = await session.get(Proposal, (context.tenant_id, proposal_id))
    if found is None:
        raise ProposalNotFound
    try:
        campaign = await lock_campaign(session, context, found.campaign_id)
    except CampaignNotFound as error:
        raise ProposalNotFound from error
    await session.refresh(found, with_for_update={"key_share": True})
    return campaign, found


async def move_proposal(
    session: AsyncSession, context: Context, proposal: Proposal, step: str, now: datetime
) -> None:
    """Take a step of the table, whose source was checked, and announce it."""
    proposal.state = STEPS[step][1]
    proposal.version += 1
    if proposal.state not in OPEN:
        proposal.closed_at = now
    await session.flush()
    await announce_proposal(session, context, proposal, now)


async def announce_proposal(
    session: AsyncSession, context: Context, proposal: Proposal, now: datetime
) -> None:
    """Announce how a proposal stands."""
    event = ProposalMoved(
        aggregate_id=proposal.campaign_id, proposal_id=proposal.id, state=proposal.state
    )
    await publish(session, context, event, now=now)

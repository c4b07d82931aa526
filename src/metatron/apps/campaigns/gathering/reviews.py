"""Submitted campaigns, for those who may approve them."""

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from metatron.apps.campaigns.permissions import REVIEW
from metatron.apps.campaigns.rules.tenant_settings import read_settings
from metatron.apps.campaigns.tables import Campaign
from metatron.kernel.context import Context
from metatron.platform.approvals.interface import WaitingDecision, register_waiting

MOST_SHOWN = 100


async def waiting_reviews(session: AsyncSession, context: Context) -> list[WaitingDecision]:
    """Return the campaigns in review that this person may approve, the oldest first."""
    if REVIEW not in context.permissions:
        return []
    query = (
        select(Campaign)
        .where(Campaign.tenant_id == context.tenant_id, Campaign.state == "in_review")
        .order_by(Campaign.last_at, Campaign.id)
        .limit(MOST_SHOWN)
    )
    if (await read_settings(session, context)).second_person_review:
        query = query.where(Campaign.submitted_by.is_distinct_from(context.actor_id))
    return [
        WaitingDecision(
            subject_kind="campaign",
            subject_id=campaign.id,
            title=campaign.title or campaign.reference,
            asks="Approve the campaign for publication, or send it back",
            path=f"/campaigns/{campaign.id}",
            asked_by=campaign.submitted_by,
            asked_at=campaign.last_at,
        )
        for campaign in (await session.scalars(query)).all()
    ]


def register() -> None:
    """Show submitted campaigns among what waits for a decision."""
    register_waiting("campaigns.review", waiting_reviews)

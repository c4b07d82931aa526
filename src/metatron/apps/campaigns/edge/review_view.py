"""The review of a campaign as the page shows it."""

from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from metatron.apps.campaigns.errors import CampaignNotFound
from metatron.apps.campaigns.gathering.opinions import PERMISSION_OF_ROLE, standing
from metatron.apps.campaigns.gathering.review_tables import BLOCKING, ReviewOpinion
from metatron.apps.campaigns.rules.constraints import Constraint, told
from metatron.apps.campaigns.rules.tenant_settings import read_settings
from metatron.apps.campaigns.tables import Campaign
from metatron.kernel.context import Context

MOST_SHOWN = 200


async def review_view(session: AsyncSession, context: Context, campaign_id: UUID) -> dict[str, Any]:
    """Return what was said of a campaign, what stands and what the reader may say.

    Raises:
        CampaignNotFound: no such campaign.
    """
    campaign = await session.get(Campaign, (context.tenant_id, campaign_id))
    if campaign is None:
        raise CampaignNotFound
    query = (
        select(ReviewOpinion)
        .where(
            ReviewOpinion.tenant_id == context.tenant_id,
            ReviewOpinion.campaign_id == campaign_id,
        )
        .order_by(ReviewOpinion.stated_at.desc(), ReviewOpinion.id.desc())
        .limit(MOST_SHOWN)
    )
    said = (await session.scalars(query)).all()
    stand = await standing(session, context, campaign)
    standing_ids = {each.id for each in stand.values()}
    return {
        "opinions": [
            {
                "id": each.id, "role": each.role, "verdict": each.verdict, "reason": each.reason,
                "constraints": _words(each.constraints, campaign.currency),
                "stated_by": each.stated_by, "stated_at": each.stated_at,
                "stands": each.id in standing_ids,
            }
            for each in said
        ],
        "own_roles": await _own_roles(session, context, campaign),
        "blocked_by": sorted(
            role for role, each in stand.items() if role != "gate" and each.verdict in BLOCKING
        ),
        "constraints": _words(campaign.review_constraints, campaign.currency),
    }  # fmt: skip


async def _own_roles(session: AsyncSession, context: Context, campaign: Campaign) -> list[str]:
    if campaign.state != "in_review":
        return []
    settings = await read_settings(session, context)
    asked_by = {campaign.submitted_by, campaign.submitted_by_operator}
    is_other = context.actor_id not in asked_by and context.impersonator_id is None
    if settings.second_person_review and not is_other:
        return []
    return [role for role, right in PERMISSION_OF_ROLE.items() if context.allows(right)]


def _words(constraints: list[Constraint], currency: str) -> list[dict[str, Any]]:
    return [each | {"told": told(each, currency)} for each in constraints]

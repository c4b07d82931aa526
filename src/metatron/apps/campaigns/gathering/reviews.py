"""Submitted campaigns, for those who review them."""

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from metatron.apps.campaigns.gathering.opinions import PERMISSION_OF_ROLE, has_stated
from metatron.apps.campaigns.rules.tenant_settings import read_settings
from metatron.apps.campaigns.tables import Campaign
from metatron.kernel.context import Context
from metatron.platform.approvals.interface import WaitingDecision, register_waiting

MOST_SHOWN = 100
_GATE_ASKS = "Approve the campaign for publication, or send it back"
_ROLE_ASKS = "Say whether the campaign may be published"


async def waiting_reviews(session: AsyncSession, context: Context) -> list[WaitingDecision]:
    """Return the campaigns in review on which this person has a say, the oldest first.

    Who speaks for a role, and does not hold the gate, is shown them until the role has spoken.
    """
    roles = [role for role, right in PERMISSION_OF_ROLE.items() if context.allows(right)]
    if not roles:
        return []
    query = (
        select(Campaign)
        .where(Campaign.tenant_id == context.tenant_id, Campaign.state == "in_review")
        .order_by(Campaign.last_at, Campaign.id)
        .limit(MOST_SHOWN)
    )
    if (await read_settings(session, context)).second_person_review:
        query = query.where(
            Campaign.submitted_by.is_distinct_from(context.actor_id),
            Campaign.submitted_by_operator.is_distinct_from(context.actor_id),
        )
    found = (await session.scalars(query)).all()
    holds_gate = "gate" in roles
    done = (
        set()
        if holds_gate
        else await has_stated(session, context, [each.id for each in found], roles)
    )
    return [
        WaitingDecision(
            subject_kind="campaign",
            subject_id=campaign.id,
            title=campaign.title or campaign.reference,
            asks=_GATE_ASKS if holds_gate else _ROLE_ASKS,
            path=f"/campaigns/{campaign.id}",
            asked_by=campaign.submitted_by,
            asked_at=campaign.last_at,
        )
        for campaign in found
        if campaign.id not in done
    ]


def register() -> None:
    """Show submitted campaigns among what waits for a decision."""
    register_waiting("campaigns.review", waiting_reviews)

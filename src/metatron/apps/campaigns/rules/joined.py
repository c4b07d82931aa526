"""Who is in a campaign: whoever has committed to it, whatever became of that."""

from uuid import UUID

from sqlalchemy import select, true
from sqlalchemy.ext.asyncio import AsyncSession

from metatron.apps.campaigns.tables import Commitment
from metatron.kernel.context import Context


async def has_joined(
    session: AsyncSession, context: Context, campaign_id: UUID | None = None
) -> bool:
    """Tell whether the reader has committed: to this campaign, or to any."""
    if context.actor_kind != "user":
        return False
    query = (
        select(Commitment.id)
        .where(
            Commitment.tenant_id == context.tenant_id,
            Commitment.member_id == context.actor_id,
            true() if campaign_id is None else Commitment.campaign_id == campaign_id,
        )
        .limit(1)
    )
    return (await session.execute(query)).first() is not None

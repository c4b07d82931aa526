"""What the provider's statements say of one campaign: the lines of its payments."""

from dataclasses import astuple, fields
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from metatron.apps.campaigns.trust.forms import Rows
from metatron.kernel.context import Context
from metatron.platform.payments import interface as payments

AT_ONCE = 1_000
_TARGETS = text("""
select id from campaigns.commitment where tenant_id = :tenant_id and campaign_id = :campaign_id
union all select id from campaigns.payout
  where tenant_id = :tenant_id and campaign_id = :campaign_id
union all select p.id from campaigns.claim_payment p
  join campaigns.supplier_claim c on c.tenant_id = p.tenant_id and c.id = p.claim_id
  where p.tenant_id = :tenant_id and c.campaign_id = :campaign_id
""")


async def statement_of(session: AsyncSession, context: Context, campaign_id: UUID) -> Rows:
    """Yield the statements' lines of the campaign's commitments, payouts and claims."""
    key = {"tenant_id": context.tenant_id, "campaign_id": campaign_id}
    yield [[each.name for each in fields(payments.LineAbout)]]
    found = await session.stream(_TARGETS, key, execution_options={"yield_per": AT_ONCE})
    async for some in found.scalars().partitions(AT_ONCE):
        lines = await payments.statement_lines_about(session, context, target_ids=some)
        yield [astuple(each) for each in lines]

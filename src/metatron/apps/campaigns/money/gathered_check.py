"""What is kept of a campaign's figures is what its commitments sum to, at every instant."""

from collections.abc import AsyncIterator
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from metatron.apps.campaigns.money.gathered import TOTALS
from metatron.kernel.context import Context

_RESERVED = "(c.funding_mode = 'charge_on_success' or m.authorised_reference is not null)"
_COUNTS = f"""(m.state in ('held', 'allocated', 'released', 'settled')
    or m.state in ('placed', 'authorised', 'authorising') and {_RESERVED})"""
_IN_ESCROW = "('held', 'allocated', 'withdrawn', 'refund_due', 'refund_failed')"
_PART_OF = "p on p.tenant_id = x.tenant_id and p.id = x.commitment_id"
_OF_CAMPAIGN = "x.tenant_id = c.tenant_id and x.campaign_id = c.id"
_SUMS = f"""
    (select json_build_object(
       'committed_units', coalesce(sum(coalesce(m.units_allocated, m.units)) filter (
         where {_COUNTS}), 0),
       'reached_units', coalesce(sum(coalesce(m.units_allocated, m.units)) filter (
         where ({_COUNTS}
           or m.state = 'lapsed' and m.last_transition = 'let_go' and {_RESERVED}
           or m.state in ('refund_due', 'refund_failed', 'refunded') and (
             m.refund_reason in ('campaign_failed', 'supplier_unable', 'delivery_failure')
             or c.state in ('cancelling', 'cancelled') and m.refund_reason = 'admin_manual'))), 0),
       'escrow_minor', coalesce(sum(m.captured_minor) filter (
         where m.state in {_IN_ESCROW}), 0)
         + (select coalesce(sum(case
             when p.state in {_IN_ESCROW}
               then case when x.state = 'confirmed' then -x.amount_minor else 0 end
             when x.state = 'confirmed' then 0 else x.amount_minor end), 0)
           from campaigns.refund x join campaigns.commitment {_PART_OF}
           where {_OF_CAMPAIGN} and not x.whole)
         - (select coalesce(sum(x.amount_minor), 0)
           from campaigns.share_release x join campaigns.commitment {_PART_OF}
           where {_OF_CAMPAIGN} and p.state in {_IN_ESCROW}),
       'commitments', count(*) filter (where m.state <> 'lapsed'))
     from campaigns.commitment m
     where m.tenant_id = c.tenant_id and m.campaign_id = c.id)"""
"""The same figures from every commitment: what they mean, and too slow for a list."""

# One statement, hence one snapshot: what is kept changes with the commitments.
_DIFFERING = text(
    "select k.id, k.kept::text, k.summed::text from (select c.id, "
    + TOTALS
    + "::jsonb kept, "
    + _SUMS
    + """::jsonb summed
  from campaigns.campaign c where c.tenant_id = :tenant_id) k
where k.kept <> k.summed order by k.id
"""
)


async def gathered_violations(
    session: AsyncSession, context: Context
) -> AsyncIterator[tuple[int, UUID, str]]:
    """Yield every violation: the invariant's number, whose it is, and what was found."""
    for row in await session.execute(_DIFFERING, {"tenant_id": context.tenant_id}):
        yield 17, row.id, f"kept {row.kept}, its commitments sum to {row.summed}"

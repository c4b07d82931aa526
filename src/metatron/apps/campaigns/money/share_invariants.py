"""What must hold between published shares, what each released, and the payments made for them."""

from collections.abc import AsyncIterator
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from metatron.kernel.context import Context

_COMMITMENTS = text("""
select m.id, m.released_bp, coalesce(s.share_bp, 0) share_bp
from campaigns.commitment m
left join (
  select r.tenant_id, r.commitment_id, sum(k.share_bp) share_bp
  from campaigns.share_release r
  join campaigns.milestone k on k.tenant_id = r.tenant_id and k.id = r.milestone_id
  where r.tenant_id = :tenant_id group by r.tenant_id, r.commitment_id
) s on s.tenant_id = m.tenant_id and s.commitment_id = m.id
where m.tenant_id = :tenant_id and m.state not in ('released', 'settled')
  and m.released_bp <> coalesce(s.share_bp, 0)
order by m.id
""")
_PARTS = text("""
select r.commitment_id, r.amount_minor, m.final_amount_minor, k.share_bp
from campaigns.share_release r
join campaigns.milestone k on k.tenant_id = r.tenant_id and k.id = r.milestone_id
join campaigns.commitment m on m.tenant_id = r.tenant_id and m.id = r.commitment_id
where r.tenant_id = :tenant_id
  and r.amount_minor > ceil(m.final_amount_minor::numeric * k.share_bp / 10000)
order by r.commitment_id
""")
_MILESTONES = text("""
select k.id, k.state, k.decided_at, coalesce(k.released_minor, 0) released,
  coalesce(s.minor, 0) parts, coalesce(p.minor, 0) paid
from campaigns.milestone k
left join (
  select tenant_id, milestone_id, sum(amount_minor)::bigint minor from campaigns.share_release
  where tenant_id = :tenant_id group by tenant_id, milestone_id
) s on s.tenant_id = k.tenant_id and s.milestone_id = k.id
left join (
  select o.tenant_id, r.milestone_id, sum(o.amount_minor)::bigint minor
  from campaigns.payout o join (
    select distinct tenant_id, milestone_id, payout_id from campaigns.share_release
    where tenant_id = :tenant_id) r on r.tenant_id = o.tenant_id and r.payout_id = o.id
  group by o.tenant_id, r.milestone_id
) p on p.tenant_id = k.tenant_id and p.milestone_id = k.id
where k.tenant_id = :tenant_id order by k.id
""")
_DECIDED = frozenset({"approved", "release_instructed", "released"})


async def share_violations(
    session: AsyncSession, context: Context
) -> AsyncIterator[tuple[int, UUID, str]]:
    """Yield every violation: the invariant's number, whose it is, and what was found."""
    key = {"tenant_id": context.tenant_id}
    for row in await session.execute(_COMMITMENTS, key):
        yield 5, row.id, f"{row.released_bp} bp by its row, shares of {row.share_bp} bp"
    for row in await session.execute(_PARTS, key):
        found = f"{row.amount_minor} of {row.final_amount_minor} for {row.share_bp} bp"
        yield 6, row.commitment_id, found
    for row in await session.execute(_MILESTONES, key):
        if row.released != row.parts:
            yield 5, row.id, f"{row.released} released by its row, parts of {row.parts}"
        if row.paid > row.parts:
            yield 6, row.id, f"{row.paid} paid to the supplier out of {row.parts}"
        if row.parts and (row.state not in _DECIDED or row.decided_at is None):
            yield 7, row.id, f"{row.parts} released of a share that is {row.state}"

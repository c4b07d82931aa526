"""What is held when the supplier answers, as claims on the units it accepts."""

from collections.abc import Mapping, Sequence
from uuid import UUID

from sqlalchemy import select, text
from sqlalchemy.ext.asyncio import AsyncSession

from metatron.apps.campaigns.rules.tiers import final_unit_price
from metatron.apps.campaigns.supply.sharing import Claim
from metatron.apps.campaigns.supply.tables import Consent
from metatron.apps.campaigns.tables import Campaign, Commitment
from metatron.kernel.context import Context

_PROPOSE = text("""
insert into campaigns.consent (tenant_id, commitment_id, campaign_id, units_proposed,
  unit_price_minor, amount_minor, back_minor)
select m.tenant_id, m.id, m.campaign_id, p.units, :price, p.units * :price,
  m.amount_minor - p.units * :price
from unnest(cast(:ids as uuid[]), cast(:units as bigint[])) p(id, units)
join campaigns.commitment m on m.tenant_id = :tenant_id and m.id = p.id
""")
_GRANT = text("""
update campaigns.consent c set units_granted = g.units
from unnest(cast(:ids as uuid[]), cast(:units as bigint[])) g(id, units)
where c.tenant_id = :tenant_id and c.commitment_id = g.id
""")


async def held_claims(
    session: AsyncSession, context: Context, campaign: Campaign, *, agreed: bool = False
) -> list[Claim]:
    """Return the held commitments in the sequence of their placing; only agreed ones if so."""
    query = (
        select(Commitment.id, Commitment.units)
        .where(
            Commitment.tenant_id == context.tenant_id,
            Commitment.campaign_id == campaign.id,
            Commitment.state == "held",
        )
        .order_by(Commitment.placed_at, Commitment.id)
    )
    if agreed:
        query = query.join(
            Consent,
            (Consent.tenant_id == Commitment.tenant_id) & (Consent.commitment_id == Commitment.id),
        ).where(Consent.answer == "agree")
    return [Claim(row.id, row.units) for row in await session.execute(query)]


def units_of(claims: Sequence[Claim]) -> int:
    """Return the units of all claims."""
    return sum(claim.units for claim in claims)


async def propose(
    session: AsyncSession, context: Context, campaign: Campaign, shares: Mapping[UUID, int]
) -> None:
    """Keep what each member is shown: units, price and the amount back if everybody agrees."""
    price = final_unit_price(campaign, sum(shares.values()))
    await session.execute(_PROPOSE, _values(context, shares) | {"price": price})


async def grant(session: AsyncSession, context: Context, shares: Mapping[UUID, int]) -> None:
    """Keep how many units each commitment that agreed is allocated."""
    await session.execute(_GRANT, _values(context, shares))


def _values(context: Context, shares: Mapping[UUID, int]) -> dict[str, object]:
    return {
        "tenant_id": context.tenant_id,
        "ids": list(shares),
        "units": list(shares.values()),
    }

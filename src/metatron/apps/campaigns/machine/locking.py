"""Loading what is about to change, always in the same sequence: campaign, commitment, books.

One sequence for every use case means no two of them can wait for each other. A use case that only
relies on the campaign's state takes its lock shared, one that changes the state takes it alone.
The turns of members who commit are the one exception: they are taken before all else.
"""

from collections.abc import Collection
from datetime import datetime, timedelta
from typing import cast
from uuid import UUID

from sqlalchemy import Uuid, any_, func, select, text
from sqlalchemy import cast as as_type
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.ext.asyncio import AsyncSession

from metatron.apps.campaigns.errors import CampaignNotFound, CommitmentNotFound
from metatron.apps.campaigns.tables import Campaign, Commitment
from metatron.kernel.context import Context

# The turns first: who waits for one holds nothing of the campaign meanwhile.
_IN_TURN = text("""
with turn as materialized (
  select pg_advisory_xact_lock(s.turn) from (
    select distinct hashtextextended(k.key, 0) turn from unnest(cast(:keys as text[])) k (key)
    order by 1) s
)
select c.* from campaigns.campaign c
where c.tenant_id = :tenant_id and c.id = :id and (select count(*) from turn) > 0
for share of c
""")


async def lock_campaign(
    session: AsyncSession, context: Context, campaign_id: UUID, *, shared: bool = False
) -> Campaign:
    """Lock and return a campaign as the database has it now.

    Raises:
        CampaignNotFound: no such campaign in this organisation.
    """
    query = (
        select(Campaign)
        .where(Campaign.tenant_id == context.tenant_id, Campaign.id == campaign_id)
        .with_for_update(read=shared, key_share=not shared)
        .execution_options(populate_existing=True)
    )
    campaign = (await session.execute(query)).scalar_one_or_none()
    if campaign is None:
        raise CampaignNotFound
    return campaign


async def lock_campaign_in_turn(
    session: AsyncSession, context: Context, campaign_id: UUID, keys: Collection[str]
) -> Campaign:
    """Take the turn of each key (see `take_turn`), then lock the campaign shared and return it.

    The turns are taken in one sequence, so that no two of such calls block each other.

    Raises:
        CampaignNotFound: no such campaign in this organisation.
    """
    values = {"tenant_id": context.tenant_id, "id": campaign_id, "keys": list(keys)}
    query = select(Campaign).from_statement(_IN_TURN).execution_options(populate_existing=True)
    found: Campaign | None = (await session.execute(query, values)).scalar_one_or_none()
    if found is None:
        raise CampaignNotFound
    return found


async def lock_commitment(
    session: AsyncSession, context: Context, commitment_id: UUID, *, shared_campaign: bool = True
) -> tuple[Campaign, Commitment]:
    """Lock a commitment's campaign, then the commitment, and return both.

    Raises:
        CommitmentNotFound: no such commitment in this organisation.
    """
    found = (
        await session.execute(
            select(Commitment.campaign_id).where(
                Commitment.tenant_id == context.tenant_id, Commitment.id == commitment_id
            )
        )
    ).scalar_one_or_none()
    if found is None:
        raise CommitmentNotFound
    campaign = await lock_campaign(session, context, found, shared=shared_campaign)
    query = (
        select(Commitment)
        .where(Commitment.tenant_id == context.tenant_id, Commitment.id == commitment_id)
        .with_for_update(key_share=True)
        .execution_options(populate_existing=True)
    )
    return campaign, (await session.execute(query)).scalar_one()


async def lock_commitments(
    session: AsyncSession, context: Context, commitment_ids: Collection[UUID]
) -> list[tuple[Campaign, Commitment]]:
    """Lock commitments with their campaigns (shared), each kind in the sequence of its ids.

    Raises:
        CommitmentNotFound: one of them is not in this organisation.
    """
    wanted = Commitment.id == any_(as_type(list(commitment_ids), ARRAY(Uuid)))
    ours = Commitment.tenant_id == context.tenant_id
    found = await session.execute(select(Commitment.campaign_id).where(ours, wanted).distinct())
    campaigns = {
        campaign_id: await lock_campaign(session, context, campaign_id, shared=True)
        for campaign_id in sorted(found.scalars())
    }
    query = (
        select(Commitment)
        .where(ours, wanted)
        .order_by(Commitment.id)
        .with_for_update(key_share=True)
        .execution_options(populate_existing=True)
    )
    locked = (await session.execute(query)).scalars().all()
    if len(locked) != len(commitment_ids):
        raise CommitmentNotFound
    return [(campaigns[commitment.campaign_id], commitment) for commitment in locked]


async def count_commitments(
    session: AsyncSession, context: Context, campaign_id: UUID, states: frozenset[str]
) -> int:
    """Return how many of the campaign's commitments are in one of `states`."""
    query = select(func.count()).where(
        Commitment.tenant_id == context.tenant_id,
        Commitment.campaign_id == campaign_id,
        Commitment.state.in_(states),
    )
    return int((await session.execute(query)).scalar_one())


async def take_turn(session: AsyncSession, key: str) -> None:
    """Wait until no other transaction holds `key`; held to the end of this one."""
    await session.execute(
        text("select pg_advisory_xact_lock(hashtextextended(:key, 0))"), {"key": key}
    )


async def instant_by_database(session: AsyncSession, now: datetime) -> datetime:
    """Return `now` moved on by what has passed since the transaction began.

    A transaction that waited for a lock must not carry its starting time over a deadline.
    """
    query = text("select clock_timestamp() - transaction_timestamp()")
    return now + cast("timedelta", (await session.execute(query)).scalar_one())

"""The batches of a bulk refund: ranges of a campaign's commitments, taken in lanes side by side."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from typing import Any, Self
from uuid import UUID

from sqlalchemy import ColumnElement, and_, func, or_, select, text
from sqlalchemy.ext.asyncio import AsyncSession

from metatron.apps.campaigns.machine.locking import lock_campaign
from metatron.apps.campaigns.money import books
from metatron.apps.campaigns.money.bulk_refunds import Bulk
from metatron.apps.campaigns.money.refund_rows import Approved
from metatron.apps.campaigns.money.refunds import begin_refunds, return_part
from metatron.apps.campaigns.tables import Campaign, Commitment, Refund
from metatron.kernel.context import Context
from metatron.kernel.events.jobs import enqueue

RANGE_JOB = "campaigns.refund_range"
AT_ONCE = 2_000
LANES = 2
"""Jobs under way at a time: the database works on one batch while the next one is prepared."""
_DISPUTED = text("""
select i.commitment_id from campaigns.issue i
where i.tenant_id = :tenant_id and i.campaign_id = :campaign_id and i.state = 'open'
""")


@dataclass(frozen=True, slots=True)
class Asked:
    """What a lane is to refund: commitments placed by `until`, whose ids come after `after`.

    `ends` are the last ids of its batches, in order; without any there is no limit.
    `approved`: the approval, and who asked for it.
    """

    campaign_id: UUID
    bulk: Bulk
    until: datetime
    approved: Approved
    after: UUID | None = None
    ends: tuple[UUID, ...] = ()

    @classmethod
    def read(cls, given: Mapping[str, Any]) -> Self:
        """Return what the arguments of a job say."""
        return cls(
            campaign_id=UUID(given["campaign_id"]),
            bulk=Bulk(**given["bulk"]),
            until=datetime.fromisoformat(given["until"]),
            approved=(UUID(given["approval_id"]), _id(given["requested_by"])),
            after=_id(given["after"]),
            ends=tuple(map(UUID, given.get("ends", ()))),
        )

    async def enqueue(self, session: AsyncSession, context: Context) -> None:
        """Ask for the job that goes on from here."""
        await enqueue(
            session, context, RANGE_JOB, campaign_id=self.campaign_id, bulk=asdict(self.bulk),
            until=self.until.isoformat(), approval_id=self.approved[0],
            requested_by=self.approved[1], after=self.after, ends=self.ends,
        )  # fmt: skip

    def covers(self, context: Context) -> ColumnElement[bool]:
        """Return the condition that a commitment belongs to the next batch."""
        conditions = [
            Commitment.tenant_id == context.tenant_id,
            Commitment.campaign_id == self.campaign_id,
            Commitment.state.in_(("held", "allocated")),
            Commitment.placed_at <= self.until,
        ]
        if self.after is not None:
            conditions.append(Commitment.id > self.after)
        if self.ends:
            conditions.append(Commitment.id <= self.ends[0])
        return and_(*conditions)


def _id(given: str | None) -> UUID | None:
    return UUID(given) if given else None


async def share_out(session: AsyncSession, context: Context, *, asked: Asked) -> None:
    """Divide what is asked into batches, once for all, and have them worked through in lanes."""
    place = func.row_number().over(order_by=Commitment.id)
    count = func.count().over()
    every = select(Commitment.id, place.label("place"), count.label("count")).where(
        asked.covers(context)
    )
    rows = every.subquery()
    is_end = or_(rows.c.place % AT_ONCE == 0, rows.c.place == rows.c.count)
    query = select(rows.c.id).where(is_end).order_by(rows.c.id)
    ends = (await session.execute(query)).scalars().all()
    each = -(-len(ends) // LANES)
    for first in range(0, len(ends), max(each, 1)):
        after = ends[first - 1] if first else asked.after
        lane = replace(asked, after=after, ends=tuple(ends[first : first + each]))
        await lane.enqueue(session, context)


async def refund_many(
    session: AsyncSession, context: Context, *, asked: Asked, now: datetime
) -> None:
    """Refund the next batch of a lane, and ask for the others.

    Each run is a transaction of its own and takes effect once.
    """
    campaign = await lock_campaign(session, context, asked.campaign_id, shared=True)
    query = (
        select(Commitment)
        .where(asked.covers(context))
        .order_by(Commitment.id)
        .with_for_update(key_share=True)
        .execution_options(populate_existing=True)
    )
    found = (await session.execute(query)).scalars().all()
    key = {"tenant_id": context.tenant_id, "campaign_id": campaign.id}
    disputed = set((await session.execute(_DISPUTED, key)).scalars())
    takes = [each for each in found if each.id not in disputed]
    await _refund(session, context, campaign, takes, asked, now)
    if len(asked.ends) > 1:
        await replace(asked, after=asked.ends[0], ends=asked.ends[1:]).enqueue(session, context)


async def _refund(  # noqa: PLR0917 - called once, just above
    session: AsyncSession,
    context: Context,
    campaign: Campaign,
    commitments: Sequence[Commitment],
    asked: Asked,
    now: datetime,
) -> list[Refund]:
    bulk = asked.bulk
    per_unit = bulk.amount_per_unit_minor
    if per_unit is not None:
        return await return_part(
            session, context, campaign,
            parts=[(one, one.units * per_unit) for one in commitments],
            reason_code=bulk.reason_code, trigger="manual", now=now, reason=bulk.reason,
            approved=asked.approved, leave_out=True, are_locked=True,
        )  # fmt: skip
    journal = await books.journal_for(session, context, campaign, trigger="manual", now=now)
    return await begin_refunds(
        session, context, campaign, commitments, step="refund_by_hand",
        reason_code=bulk.reason_code, trigger="manual", now=now, reason=bulk.reason,
        approved=asked.approved,
        also=[journal.free_units(one) for one in commitments if one.state == "held"],
    )  # fmt: skip

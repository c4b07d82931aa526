"""The batches of a bulk refund: a campaign in ranges, each worked through by jobs of its own."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from typing import Any, Self
from uuid import UUID

from sqlalchemy import ColumnElement, and_, func, select, text
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
AT_ONCE = 1_000
_DISPUTED = text("""
select i.commitment_id from campaigns.issue i
where i.tenant_id = :tenant_id and i.campaign_id = :campaign_id and i.state = 'open'
""")


@dataclass(frozen=True, slots=True)
class Asked:
    """What a job is to refund: of the commitments placed by `until`, those of one range of ids.

    The range begins after the id `after` and ends with `upto`; None stands for no limit.
    `approved`: the approval, and who asked for it.
    """

    campaign_id: UUID
    bulk: Bulk
    until: datetime
    approved: Approved
    after: UUID | None = None
    upto: UUID | None = None

    @classmethod
    def read(cls, given: Mapping[str, Any]) -> Self:
        """Return what the arguments of a job say."""
        return cls(
            campaign_id=UUID(given["campaign_id"]),
            bulk=Bulk(**given["bulk"]),
            until=datetime.fromisoformat(given["until"]),
            approved=(UUID(given["approval_id"]), _id(given["requested_by"])),
            after=_id(given["after"]),
            upto=_id(given.get("upto")),
        )

    async def enqueue(self, session: AsyncSession, context: Context) -> None:
        """Ask for the job that goes on from here."""
        await enqueue(
            session, context, RANGE_JOB, campaign_id=self.campaign_id, bulk=asdict(self.bulk),
            until=self.until.isoformat(), approval_id=self.approved[0],
            requested_by=self.approved[1], after=self.after, upto=self.upto,
        )  # fmt: skip

    def covers(self, context: Context) -> ColumnElement[bool]:
        """Return the condition that a commitment is to be refunded."""
        conditions = [
            Commitment.tenant_id == context.tenant_id,
            Commitment.campaign_id == self.campaign_id,
            Commitment.state.in_(("held", "allocated")),
            Commitment.placed_at <= self.until,
        ]
        if self.after is not None:
            conditions.append(Commitment.id > self.after)
        if self.upto is not None:
            conditions.append(Commitment.id <= self.upto)
        return and_(*conditions)


def _id(given: str | None) -> UUID | None:
    return UUID(given) if given else None


async def share_out(session: AsyncSession, context: Context, *, asked: Asked) -> None:
    """Have both halves of what is asked worked through side by side, a small number in one go."""
    middle = func.percentile_disc(0.5).within_group(Commitment.id)
    query = select(func.count(Commitment.id), middle).where(asked.covers(context))
    count, half = (await session.execute(query)).one()
    if count > AT_ONCE:
        await replace(asked, upto=half).enqueue(session, context)
        await replace(asked, after=half).enqueue(session, context)
    elif count:
        await asked.enqueue(session, context)


async def refund_many(
    session: AsyncSession, context: Context, *, asked: Asked, now: datetime
) -> None:
    """Refund the next commitments of a range, and ask for the others.

    Each run is a transaction of its own and takes effect once.
    """
    campaign = await lock_campaign(session, context, asked.campaign_id, shared=True)
    query = (
        select(Commitment)
        .where(asked.covers(context))
        .order_by(Commitment.id)
        .limit(AT_ONCE)
        .with_for_update(key_share=True)
        .execution_options(populate_existing=True)
    )
    found = (await session.execute(query)).scalars().all()
    if not found:
        return
    key = {"tenant_id": context.tenant_id, "campaign_id": campaign.id}
    disputed = set((await session.execute(_DISPUTED, key)).scalars())
    takes = [each for each in found if each.id not in disputed]
    await _refund(session, context, campaign, takes, asked, now)
    await replace(asked, after=found[-1].id).enqueue(session, context)


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

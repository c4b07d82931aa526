"""What placing looks at, read under its locks: in one statement, however many have a wish."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import Uuid, any_, cast, select, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.ext.asyncio import AsyncSession

from metatron.apps.campaigns.rules.tenant_settings import DEFAULTS
from metatron.apps.campaigns.tables import Campaign, Commitment, Settings
from metatron.kernel.context import Context

NOT_COUNTED = ("lapsed", "withdrawn", "refund_due", "refund_failed", "refunded")
_READ = text("""
select clock_timestamp() - transaction_timestamp() as waited,
  (select to_jsonb(s) from campaigns.settings s where s.tenant_id = :tenant_id) as settings,
  (select jsonb_object_agg(h.member_id, h.units) from (
     select c.member_id, coalesce(sum(c.units) filter (
       where c.state <> all(cast(:not_counted as text[]))), 0) as units
     from campaigns.commitment c
     where c.tenant_id = :tenant_id and c.campaign_id = :campaign_id
       and c.member_id = any(cast(:members as uuid[]))
     group by c.member_id) h) as held,
  exists (select from campaigns.commitment c
          where c.tenant_id = :tenant_id and c.id = any(cast(:ids as uuid[]))) as repeated
""")


@dataclass(frozen=True, slots=True)
class Facts:
    """What decides on wishes for one campaign."""

    campaign: Campaign
    settings: Settings
    instant: datetime
    """The database's clock under the locks, which may have been waited for."""
    held: Mapping[UUID, int]
    """Units each of the members holds already; who never committed is not in it."""
    existing: Mapping[UUID, Commitment]
    """Commitments that have the id of a wish."""


async def read_facts(
    session: AsyncSession,
    context: Context,
    campaign: Campaign,
    *,
    ids: Sequence[UUID],
    members: Sequence[UUID],
    now: datetime,
) -> Facts:
    """Read the facts about wishes with these ids, of these members, for a locked campaign."""
    values = {
        "tenant_id": context.tenant_id,
        "campaign_id": campaign.id,
        "ids": list(ids),
        "members": list(members),
        "not_counted": list(NOT_COUNTED),
    }
    row = (await session.execute(_READ, values)).one()
    chosen = row.settings or {}
    rules = {name: chosen.get(name, default) for name, default in DEFAULTS.items()}
    return Facts(
        campaign,
        Settings(tenant_id=context.tenant_id, **rules),
        now + row.waited,
        {UUID(member): int(units) for member, units in (row.held or {}).items()},
        await _existing(session, context, ids) if row.repeated else {},
    )


async def _existing(
    session: AsyncSession, context: Context, ids: Sequence[UUID]
) -> dict[UUID, Commitment]:
    query = select(Commitment).where(
        Commitment.tenant_id == context.tenant_id, Commitment.id == any_(cast(ids, ARRAY(Uuid)))
    )
    return {found.id: found for found in (await session.execute(query)).scalars()}

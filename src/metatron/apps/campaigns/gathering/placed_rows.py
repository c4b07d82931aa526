"""Writing placed commitments: their rows, acknowledgements and first two steps, however many."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from uuid import UUID

import orjson
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from metatron.apps.campaigns.machine.messages import TELL
from metatron.apps.campaigns.machine.steps import event_of, sign, step_or_refuse
from metatron.apps.campaigns.machine.transitions import find_step
from metatron.apps.campaigns.rules.addresses import Destination, address_rows
from metatron.apps.campaigns.tables import Campaign, Commitment
from metatron.kernel.context import Context
from metatron.kernel.events.event import publish_each
from metatron.kernel.events.jobs import enqueue_all

_COLUMNS = [column.name for column in Commitment.__table__.columns]
_INSERT = text(
    "with placed as (insert into campaigns.commitment ("
    + ", ".join(_COLUMNS)
    + ") select "
    + ", ".join(_COLUMNS)
    + """
  from jsonb_populate_recordset(cast(null as campaigns.commitment), cast(:rows as jsonb))
  returning id, member_id
), acknowledged as (
  insert into campaigns.acknowledgement (tenant_id, commitment_id, kind, member_id, terms_version,
    terms_hash, acknowledged_at)
  select cast(:tenant_id as uuid), p.id, k.kind, p.member_id, :terms_version, :terms_hash,
    cast(:at as timestamptz)
  from placed p cross join (values ('escrow_terms'), ('may_not_succeed')) k (kind)
)
insert into campaigns.delivery_address (tenant_id, commitment_id, recipient, street, postal_code,
  city, country, updated_at)
select x.tenant_id, x.commitment_id, x.recipient, x.street, x.postal_code, x.city, x.country,
  x.updated_at
from jsonb_populate_recordset(cast(null as campaigns.delivery_address), cast(:addresses as jsonb)) x
"""
)
# Who takes the second step has just taken the first: the row says it already.
_ADVANCE = text("""
update campaigns.commitment set state = :state, last_transition = :step, last_at = :at,
  transition_count = transition_count + 1, version = version + 1
where tenant_id = :tenant_id and id = any(cast(:ids as uuid[]))
""")


async def insert_placed(
    session: AsyncSession,
    campaign: Campaign,
    commitments: Sequence[Commitment],
    given: Mapping[UUID, Destination | None],
    *,
    now: datetime,
) -> None:
    """Insert commitments that have begun with the step `place`; they stay out of the session.

    With them what the members acknowledged, with version and hash of the terms, and where the
    units go (`given`, by commitment, is checked).
    """
    assert campaign.terms_hash is not None
    rows = [{name: getattr(one, name) for name in _COLUMNS} for one in commitments]
    addresses = address_rows(campaign, [(one.id, given[one.id]) for one in commitments], now=now)
    values = {
        "tenant_id": campaign.tenant_id,
        "rows": orjson.dumps(rows, default=str).decode(),
        "addresses": orjson.dumps(addresses, default=str).decode(),
        "terms_version": campaign.terms_version,
        "terms_hash": campaign.terms_hash,
        "at": now,
    }
    await session.execute(_INSERT, values)


async def advance_placed(
    session: AsyncSession,
    context: Context,
    placed: Sequence[tuple[Context, Commitment]],
    name: str,
    *,
    now: datetime,
) -> None:
    """Take the step `name`, the rules' own, for commitments inserted in this transaction.

    Both steps are announced, and told where the table says so.
    """
    place = find_step("commitment", "place", "")
    assert place is not None
    events = []
    for who, one in placed:
        step, came_from = step_or_refuse(one, name), one.state
        events.append((who, event_of(one, place, "")))
        one.state, one.transition_count, one.version = step.target, 2, 2
        sign(one, step, who, None, now)
        events.append((who, event_of(one, step, came_from)))
    values = {
        "tenant_id": context.tenant_id,
        "ids": [one.id for _, one in placed],
        "state": step.target,
        "step": step.name,
        "at": now,
    }
    await session.execute(_ADVANCE, values)
    await publish_each(session, events, now=now)
    if step.tells:
        told = [{"subject_id": one.id, "ordinal": one.transition_count} for _, one in placed]
        await enqueue_all(session, context, TELL, told)

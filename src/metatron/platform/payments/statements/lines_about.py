"""What statements say of some targets: the lines that were found to be theirs."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from metatron.kernel.context import Context


@dataclass(frozen=True, slots=True)
class LineAbout:
    """A matched line; `part` says of which part of the instruction or observation it tells.

    `amount_minor` is the provider's own: negative when money left it. `target_id` is what the
    instruction or observation was about.
    """

    target_id: UUID
    statement_id: UUID
    line_no: int
    provider: str
    line_id: str
    reference: str | None
    part: str
    amount_minor: int
    currency: str
    value_on: date
    instruction_id: UUID | None
    observation_id: UUID | None
    decided_at: datetime


_LINES = text("""
with wanted as (select unnest(cast(:targets as uuid[])) target_id), moved as (
  select i.id, i.target_id, i.id instruction_id, cast(null as uuid) observation_id
  from wanted w join payments.instruction i
    on i.tenant_id = :tenant_id and i.target_id = w.target_id
  union all
  select o.id, o.target_id, o.instruction_id, o.id
  from wanted w join payments.observation o
    on o.tenant_id = :tenant_id and o.target_id = w.target_id)
select m.target_id, l.statement_id, l.line_no, l.provider, l.line_id, l.reference,
  l.movement_part, l.amount_minor, l.currency, l.value_on, m.instruction_id, m.observation_id,
  l.decided_at
from moved m join payments.statement_line l
  on l.tenant_id = :tenant_id and l.movement_id = m.id and l.match_state = 'matched'
order by l.value_on, l.statement_id, l.line_no
""")


async def statement_lines_about(
    session: AsyncSession, context: Context, *, target_ids: Sequence[UUID]
) -> list[LineAbout]:
    """Return the statement lines that tell of what was done for these targets, by value date."""
    values = {"tenant_id": context.tenant_id, "targets": list(target_ids)}
    return [LineAbout(*row) for row in await session.execute(_LINES, values)]

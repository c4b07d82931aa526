"""What the provider says it holds, for the ledger's side to be held against (invariant 12)."""

from dataclasses import dataclass
from datetime import date

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from metatron.kernel.context import Context

_POSITION = text("""
with lines as (
  select currency, sum(amount_minor) as statement,
         coalesce(sum(amount_minor) filter (where match_state = 'unmatched'), 0) as unmatched
  from payments.statement_line
  where tenant_id = :tenant_id and provider = :provider and value_on <= :on
    and match_state <> 'ignored'
  group by currency),
transit as (
  select m.currency, sum(m.amount_minor) as amount
  from payments.movement m
  where m.tenant_id = :tenant_id and m.provider = :provider and m.is_certain
    and m.occurred_at < (cast(:on as date) + 1)::timestamp at time zone 'UTC'
    and not exists (select from payments.statement_line l where l.tenant_id = m.tenant_id
                    and l.movement_id = m.id and l.movement_part = m.part
                    and l.value_on <= :on)
    and not exists (select from payments.reconciliation_break b where b.tenant_id = m.tenant_id
                    and b.movement_id = m.id and b.movement_part = m.part
                    and b.resolution in ('booked', 'ignored'))
  group by m.currency),
breaks as (
  select currency, count(*) as open from payments.reconciliation_break
  where tenant_id = :tenant_id and provider = :provider and state = 'open' and value_on <= :on
  group by currency)
select currency, coalesce(l.statement, 0), coalesce(l.unmatched, 0), coalesce(t.amount, 0),
       coalesce(b.open, 0),
       (select max(s.to_on) from payments.statement s
        where s.tenant_id = :tenant_id and s.provider = :provider and s.from_on <= :on)
from lines l full join transit t using (currency) full join breaks b using (currency)
order by currency
""")


@dataclass(frozen=True, slots=True)
class StatementPosition:
    """The provider's side of one currency at the end of a UTC day; minor units.

    `statement_minor` is the sum of all lines up to the day, `unmatched_minor` that of the lines
    nothing here explains, `in_transit_minor` what we know of and no line names yet.
    `covered_through_on` is the last day of the statements that reach into it.
    """

    provider: str
    on: date
    currency: str
    statement_minor: int
    unmatched_minor: int
    in_transit_minor: int
    open_breaks: int
    covered_through_on: date | None

    @property
    def escrow_minor(self) -> int:
        """Return what the ledger's provider accounts should hold together, in minor units."""
        return self.statement_minor - self.unmatched_minor + self.in_transit_minor


async def statement_position(
    session: AsyncSession, context: Context, *, provider: str, on: date
) -> tuple[StatementPosition, ...]:
    """Return the provider's side at the end of the UTC day `on`, one entry a currency.

    Invariant 12: the ledger's balance of the provider's accounts (available and not yet
    available) is `escrow_minor`; with no `in_transit_minor` that is the statement's balance less
    its unmatched lines.
    """
    key = {"tenant_id": context.tenant_id, "provider": provider, "on": on}
    found = (await session.execute(_POSITION, key)).all()
    return tuple(
        StatementPosition(
            provider=provider,
            on=on,
            currency=row[0],
            statement_minor=int(row[1]),
            unmatched_minor=int(row[2]),
            in_transit_minor=int(row[3]),
            open_breaks=int(row[4]),
            covered_through_on=row[5],
        )
        for row in found
    )

"""Invariant 12: what the ledger says the provider holds is what the provider's statements say."""

from datetime import UTC, date, datetime, time, timedelta

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from metatron.apps.campaigns.money.accounts import MONEY_LEDGER, Kind
from metatron.apps.campaigns.money.invariants import Violation
from metatron.apps.campaigns.rules.tenant_settings import read_settings
from metatron.kernel.context import Context
from metatron.platform.ledger import interface as ledger
from metatron.platform.payments.interface import statement_position

BOOKED_BY = {
    "payments.instruction_confirmed.v1": "campaigns.book_confirmed_instruction",
    "payments.instruction_failed.v1": "campaigns.book_failed_instruction",
    "payments.instruction_returned.v1": "campaigns.book_returned_instruction",
    "payments.observation_recorded.v1": "campaigns.mirror_observed",
}
"""What the provider has told, and who books it."""
EVER = date(9999, 12, 30)
"""A day behind all others: the provider's clock may be ahead of ours."""
_AT_THE_PROVIDER = frozenset({Kind.PROVIDER_CLEARING, Kind.PROVIDER_ESCROW})
# Older ones are no delay any more: their booking has failed for good, and the difference counts.
_ANSWERS_WAIT = text("""
select exists (
  select from kernel.event e
  join unnest(cast(:events as text[]), cast(:handlers as text[])) b(event, handler)
    on b.event = e.name
  where e.tenant_id = :tenant_id and e.recorded_at > now() - interval '1 hour'
    and not exists (select from kernel.delivery d where d.tenant_id = e.tenant_id
      and d.id = e.id and d.handler = b.handler))
""")
# What stands on the register of exceptions, or waits for an answer of the provider.
_NOT_MIRRORED = text("""
select a.currency, sum(case a.action when 'refunded' then -a.amount_minor
  when 'dispute_opened' then -a.amount_minor - a.fee_minor
  when 'captured' then a.amount_minor when 'dispute_won' then a.amount_minor
  when 'payout_returned' then a.amount_minor else 0 end)::bigint minor
from campaigns.provider_action a
where a.tenant_id = :tenant_id and a.provider = :provider and a.state <> 'mirrored'
group by a.currency
""")


async def check_statements(
    session: AsyncSession, context: Context, *, on: date, now: datetime
) -> list[Violation]:
    """Return each currency whose books differ from the provider's side at the end of `on` (UTC).

    Meant for the night: an answer of the provider that is recorded and not booked yet differs for
    the moment between both.
    """
    provider = (await read_settings(session, context)).provider
    ends = datetime.combine(on + timedelta(days=1), time(), UTC)
    wanted = ledger.TrialBalanceFilter(
        ledger=MONEY_LEDGER,
        timestamp=0 if now < ends else int(ends.timestamp()) * 1_000_000_000,
    )
    held = await _held(session, context, wanted)
    found = await statement_position(session, context, provider=provider, on=on)
    theirs = {position.currency: position.escrow_minor for position in found}
    return _differences(context, held, theirs)


async def check_what_is_known(session: AsyncSession, context: Context) -> list[Violation]:
    """Return each currency whose books differ now from what the provider has told so far.

    What was done there and fits nothing here is left out: each has an exception of its own. While
    an answer waits to be booked nothing can be said, and nothing is returned.
    """
    names = {"events": list(BOOKED_BY), "handlers": list(BOOKED_BY.values())}
    if await session.scalar(_ANSWERS_WAIT, {"tenant_id": context.tenant_id, **names}):
        return []
    provider = (await read_settings(session, context)).provider
    held = await _held(session, context, ledger.TrialBalanceFilter(ledger=MONEY_LEDGER))
    found = await statement_position(session, context, provider=provider, on=EVER)
    theirs = {position.currency: position.escrow_minor for position in found}
    key = {"tenant_id": context.tenant_id, "provider": provider}
    for row in await session.execute(_NOT_MIRRORED, key):
        theirs[row.currency] = theirs.get(row.currency, 0) - row.minor
    return _differences(context, held, theirs)


async def _held(
    session: AsyncSession, context: Context, wanted: ledger.TrialBalanceFilter
) -> dict[str, int]:
    held: dict[str, int] = {}
    for line in await ledger.trial_balance(session, context, filter=wanted):
        if line.code in _AT_THE_PROVIDER:
            surplus = line.debits_posted - line.credits_posted
            held[line.currency] = held.get(line.currency, 0) + surplus
    return held


def _differences(context: Context, held: dict[str, int], theirs: dict[str, int]) -> list[Violation]:
    return [
        Violation(
            12, context.tenant_id,
            f"{currency}: {held.get(currency, 0)} in the books, {theirs.get(currency, 0)} there",
        )
        for currency in sorted(held.keys() | theirs.keys())
        if held.get(currency, 0) != theirs.get(currency, 0)
    ]  # fmt: skip

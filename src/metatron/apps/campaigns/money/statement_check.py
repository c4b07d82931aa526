"""Invariant 12: what the ledger says the provider holds is what the provider's statements say."""

from datetime import UTC, date, datetime, time, timedelta

from sqlalchemy.ext.asyncio import AsyncSession

from metatron.apps.campaigns.money.accounts import MONEY_LEDGER, Kind
from metatron.apps.campaigns.money.invariants import Violation
from metatron.apps.campaigns.rules.tenant_settings import read_settings
from metatron.kernel.context import Context
from metatron.platform.ledger import interface as ledger
from metatron.platform.payments.interface import statement_position

_AT_THE_PROVIDER = frozenset({Kind.PROVIDER_CLEARING, Kind.PROVIDER_ESCROW})


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
    held: dict[str, int] = {}
    for line in await ledger.trial_balance(session, context, filter=wanted):
        if line.code in _AT_THE_PROVIDER:
            surplus = line.debits_posted - line.credits_posted
            held[line.currency] = held.get(line.currency, 0) + surplus
    found = await statement_position(session, context, provider=provider, on=on)
    theirs = {position.currency: position.escrow_minor for position in found}
    return [
        Violation(
            12, context.tenant_id,
            f"{currency}: {held.get(currency, 0)} in the books, {theirs.get(currency, 0)} there",
        )
        for currency in sorted(held.keys() | theirs.keys())
        if held.get(currency, 0) != theirs.get(currency, 0)
    ]  # fmt: skip

"""What an organisation's campaigns hold for others, from the books."""

from collections import Counter

from sqlalchemy.ext.asyncio import AsyncSession

from metatron.apps.campaigns.money.accounts import HELD_FOR_SOMEBODY, MONEY_LEDGER
from metatron.kernel.context import Context
from metatron.platform.ledger import interface as ledger


async def money_under_way(session: AsyncSession, context: Context) -> dict[str, int]:
    """Return what is held for members and suppliers, in minor units by currency.

    What the provider has confirmed only: a capture counts from its confirmation on, a refund or a
    payout until its own, and what moves between these accounts counts once.
    """
    wanted = ledger.TrialBalanceFilter(ledger=MONEY_LEDGER)
    held: Counter[str] = Counter()
    for line in await ledger.trial_balance(session, context, filter=wanted):
        if line.code in HELD_FOR_SOMEBODY:
            held[line.currency] += line.credits_posted - line.debits_posted
    return {currency: amount for currency, amount in held.items() if amount}

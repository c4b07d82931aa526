"""A campaign's books as the API shows them."""

from dataclasses import asdict
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from metatron.apps.campaigns.money import books
from metatron.apps.campaigns.money.accounts import DEBIT_NORMAL, MONEY_LEDGER, NAMES, Kind
from metatron.apps.campaigns.money.charges import borne_by_bond
from metatron.apps.campaigns.rules.tenant_settings import read_settings
from metatron.apps.campaigns.tables import Campaign
from metatron.kernel.context import Context
from metatron.platform.ledger import interface as ledger

_SIDES = ("debits_posted", "credits_posted", "debits_pending", "credits_pending")


async def books_view(session: AsyncSession, context: Context, campaign: Campaign) -> dict[str, Any]:
    """Return the campaign's trial balance: every money account that belongs to it, by kind.

    The bond is the organisation's; of it, what it bore of this campaign's fees belongs here.
    """
    settings = await read_settings(session, context)
    lines = await books.lines_of(session, context, campaign.id)
    borne = await borne_by_bond(session, context, campaign.id)
    if borne:
        lines.append(
            ledger.TrialBalanceLine(
                ledger=MONEY_LEDGER, currency=campaign.currency, code=Kind.ORGANISER_BOND,
                accounts=1, debits_pending=0, debits_posted=borne, credits_pending=0,
                credits_posted=0,
            )
        )  # fmt: skip
    places = {"provider": settings.provider, "campaign": campaign.reference}
    shown = []
    for line in lines:
        kind = Kind(line.code)
        code, name = NAMES[kind]
        sums = asdict(line)
        surplus = line.debits_posted - line.credits_posted
        shown.append(
            {
                "code": code.format(**places),
                "name": name,
                **{f"{side}_minor": sums[side] for side in _SIDES},
                "balance_minor": surplus if kind in DEBIT_NORMAL else -surplus,
            }
        )
    totals = {side: sum(getattr(line, side) for line in lines) for side in _SIDES}
    balanced = (
        totals["debits_posted"] == totals["credits_posted"]
        and totals["debits_pending"] == totals["credits_pending"]
    )
    return {"accounts": shown, "currency": campaign.currency, "balanced": balanced}

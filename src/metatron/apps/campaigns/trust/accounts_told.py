"""A campaign's accounts with their balances: what its transfers lead between."""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from metatron.apps.campaigns.money import books
from metatron.apps.campaigns.money.accounts import Account, Kind
from metatron.apps.campaigns.rules.tenant_settings import read_settings
from metatron.apps.campaigns.tables import Campaign
from metatron.apps.campaigns.trust.forms import Rows
from metatron.apps.campaigns.trust.transfers import shared_accounts
from metatron.kernel.context import Context
from metatron.platform.ledger import interface as ledger

AT_ONCE = 500
_BALANCES = ("debits_pending", "debits_posted", "credits_pending", "credits_posted")
_FIELDS = ("id", "kind", "code", "commitment_id", "ledger", "currency", *_BALANCES)
_OF_COMMITMENT = (
    Kind.COMMITMENT_ESCROW, Kind.COMMITMENT_HOLD, Kind.COMMITMENT_REFUND_DUE, Kind.COMMITMENT_UNITS
)  # fmt: skip
_COMMITMENTS = text("""
select id from campaigns.commitment where tenant_id = :tenant_id and campaign_id = :campaign_id
order by placed_at, id
""")


async def accounts_of(session: AsyncSession, context: Context, campaign: Campaign) -> Rows:
    """Yield the accounts that were opened: the campaign's first, then each commitment's."""
    key = {"tenant_id": context.tenant_id, "campaign_id": campaign.id}
    provider = (await read_settings(session, context)).provider
    yield [_FIELDS]
    shared = await shared_accounts(session, context, campaign)
    yield await _opened(session, context, ((each, None) for each in shared))
    chosen = await session.stream(_COMMITMENTS, key, execution_options={"yield_per": AT_ONCE})
    async for some in chosen.scalars().partitions(AT_ONCE):
        # A chart remembers each id it made: one of its own keeps few of them.
        chart = books.chart_of(campaign, provider)
        own = [(chart.commitment(kind, campaign.id, each), each)
               for each in some for kind in _OF_COMMITMENT]  # fmt: skip
        own += [(chart.dispute_receivable(campaign.id, each), each) for each in some]
        yield await _opened(session, context, own)


async def _opened(
    session: AsyncSession, context: Context, wanted: Iterable[tuple[Account, UUID | None]]
) -> list[tuple[Any, ...]]:
    asked = list(wanted)
    found = await ledger.lookup_accounts(session, context, ids=[each.id for each, _ in asked])
    return [
        (
            one.id, each.kind.name.lower(), one.code, commitment_id, one.ledger, one.currency,
            *(getattr(one, name) for name in _BALANCES),
        )
        for (each, commitment_id), one in zip(asked, found, strict=True)
        if one is not None
    ]  # fmt: skip

"""A campaign's transfers for the audit bundle: each once, few in memory, few questions asked.

Nearly every transfer touches an account of the campaign as a whole, and is found in its history.
The rest moves between two accounts of one commitment: only where something was refunded, held
apart or disputed.
"""

from collections.abc import AsyncIterator
from itertools import batched
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from metatron.apps.campaigns.money import books
from metatron.apps.campaigns.money.accounts import Account, Chart, Kind
from metatron.apps.campaigns.rules.tenant_settings import read_settings
from metatron.apps.campaigns.tables import Campaign
from metatron.apps.campaigns.trust.forms import Rows
from metatron.kernel.context import Context
from metatron.platform.ledger import interface as ledger

PAGE = 2_000
_FIELDS = (
    "timestamp", "event_at", "id", "debit_account_id", "credit_account_id", "amount", "ledger",
    "code", "flags", "pending_id", "timeout", "pending_status", "why", "where_to", "triggered_by",
)  # fmt: skip
_OF_CAMPAIGN = (
    Kind.PROVIDER_FEE, Kind.DISPUTE_FEE, Kind.LOSS, Kind.CAMPAIGN_BONUS, Kind.FEE_INCOME,
    Kind.TAX_PAYABLE,
)  # fmt: skip
_OF_COMMITMENT = (Kind.COMMITMENT_ESCROW, Kind.COMMITMENT_HOLD, Kind.COMMITMENT_REFUND_DUE)
_MOVED_WITHIN = text("""
select commitment_id from campaigns.refund
  where tenant_id = :tenant_id and campaign_id = :campaign_id
union select commitment_id from campaigns.issue
  where tenant_id = :tenant_id and campaign_id = :campaign_id
union select commitment_id from campaigns.card_dispute
  where tenant_id = :tenant_id and campaign_id = :campaign_id
order by commitment_id
""")
_CLAIMS = text("""
select id from campaigns.supplier_claim where tenant_id = :tenant_id and campaign_id = :campaign_id
""")


async def transfers_of(session: AsyncSession, context: Context, campaign: Campaign) -> Rows:
    """Yield every transfer of the campaign, account by account in booking time."""
    key = {"tenant_id": context.tenant_id, "campaign_id": campaign.id}
    settings = await read_settings(session, context)
    chart = books.chart_of(campaign, settings.provider)
    yield [_FIELDS]
    told: set[UUID] = set()
    for account in await shared_accounts(session, context, campaign):
        async for found in _history(session, context, account.id):
            yield _told([each for each in found if not told & _sides(each)])
        # What another of them shares with this one has been told.
        told.add(account.id)
    within = (await session.execute(_MOVED_WITHIN, key)).scalars().all()
    for some in batched(within, 100):
        found = [
            each
            for commitment_id in some
            for each in await _between(session, context, chart, campaign.id, commitment_id)
        ]
        yield _told(found)


async def shared_accounts(
    session: AsyncSession, context: Context, campaign: Campaign
) -> list[Account]:
    """Return the accounts of the campaign as a whole, opened or not."""
    key = {"tenant_id": context.tenant_id, "campaign_id": campaign.id}
    settings = await read_settings(session, context)
    chart = books.chart_of(campaign, settings.provider)
    claims = (await session.execute(_CLAIMS, key)).scalars().all()
    return [
        chart.clearing(campaign.id),
        chart.escrow(campaign.id),
        chart.payable(campaign.id),
        chart.margin(campaign.id),
        *(chart.of_campaign(kind, campaign.id) for kind in _OF_CAMPAIGN),
        *(chart.supplier_receivable(claim_id) for claim_id in claims),
        chart.units_open(campaign.id, capped=campaign.cap_units is not None),
        chart.units_source(campaign.id),
    ]


async def _between(
    session: AsyncSession, context: Context, chart: Chart, campaign_id: UUID, commitment_id: UUID
) -> list[ledger.Transfer]:
    """Return what moved from one of a commitment's own accounts to another of them."""
    own = {chart.commitment(kind, campaign_id, commitment_id).id for kind in _OF_COMMITMENT}
    own.add(chart.dispute_receivable(campaign_id, commitment_id).id)
    filters = [
        ledger.AccountFilter(account_id=chart.commitment(kind, campaign_id, commitment_id).id)
        for kind in (Kind.COMMITMENT_ESCROW, Kind.COMMITMENT_HOLD)
    ]
    histories = await ledger.account_transfers(session, context, filters=filters)
    found = {each.id: each for history in histories for each in history if _sides(each) <= own}
    return sorted(found.values(), key=lambda each: each.timestamp)


async def _history(
    session: AsyncSession, context: Context, account_id: UUID
) -> AsyncIterator[list[ledger.Transfer]]:
    after = 0
    while True:
        wanted = ledger.AccountFilter(account_id=account_id, timestamp_min=after + 1, limit=PAGE)
        [found] = await ledger.account_transfers(session, context, filters=[wanted])
        if found:
            yield found
        if len(found) < PAGE:
            return
        after = found[-1].timestamp


def _sides(transfer: ledger.Transfer) -> set[UUID]:
    return {transfer.debit_account_id, transfer.credit_account_id}


def _told(transfers: list[ledger.Transfer]) -> list[list[Any]]:
    return [[getattr(each, name) for name in _FIELDS] for each in transfers]

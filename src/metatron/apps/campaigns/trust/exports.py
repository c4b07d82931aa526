"""One list of a campaign as a file: its commitments, refunds, ledger or statement lines."""

from collections.abc import AsyncGenerator
from datetime import datetime
from typing import Literal
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from metatron.apps.campaigns.errors import CampaignNotFound
from metatron.apps.campaigns.events import ExportTaken
from metatron.apps.campaigns.permissions import BOOKS
from metatron.apps.campaigns.tables import Campaign
from metatron.apps.campaigns.trust.accounts_told import accounts_of
from metatron.apps.campaigns.trust.forms import Form, Rows, as_csv, as_json_lines
from metatron.apps.campaigns.trust.statement_told import statement_of
from metatron.apps.campaigns.trust.tables_told import rows_of
from metatron.apps.campaigns.trust.transfers import transfers_of
from metatron.kernel.context import Context
from metatron.kernel.database.database import Database
from metatron.kernel.events.event import publish

type Content = Literal["commitments", "refunds", "transfers", "accounts", "statement"]


async def request_export(
    session: AsyncSession,
    context: Context,
    *,
    campaign_id: UUID,
    content: Content,
    form: Form,
    now: datetime,
) -> Campaign:
    """Note in the log that somebody takes a list along, not what stands in it.

    Raises:
        CampaignNotFound: no such campaign.
    """
    context.demand(BOOKS)
    campaign = await session.get(Campaign, (context.tenant_id, campaign_id))
    if campaign is None:
        raise CampaignNotFound
    event = ExportTaken(aggregate_id=campaign_id, content=content, form=form)
    await publish(session, context, event, now=now)
    return campaign


async def write_export(
    database: Database, context: Context, *, campaign_id: UUID, content: Content, form: Form
) -> AsyncGenerator[bytes]:
    """Yield the list, all of one state of the database, some hundred rows at a time in memory.

    People appear by their ids only. Amounts are minor units.
    """
    async with await database.session(context) as session:
        await session.connection(execution_options={"isolation_level": "REPEATABLE READ"})
        campaign = await session.get_one(Campaign, (context.tenant_id, campaign_id))
        rows = _rows(session, context, campaign, content)
        async for piece in as_csv(rows) if form == "csv" else as_json_lines(rows):
            yield piece


def _rows(session: AsyncSession, context: Context, campaign: Campaign, content: Content) -> Rows:
    if content == "transfers":
        return transfers_of(session, context, campaign)
    if content == "accounts":
        return accounts_of(session, context, campaign)
    if content == "statement":
        return statement_of(session, context, campaign.id)
    return rows_of(session, context, campaign.id, content)

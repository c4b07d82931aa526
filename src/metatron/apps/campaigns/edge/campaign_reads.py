"""Reads of campaigns that every page of theirs begins with, by either way of the HTTP edge."""

from typing import Any
from uuid import UUID

import orjson

from metatron.apps.campaigns.edge import queries
from metatron.apps.campaigns.edge.campaign_views import told_campaign
from metatron.apps.campaigns.errors import CampaignNotFound
from metatron.kernel.context import Context
from metatron.kernel.database.direct import DirectDoor
from metatron.kernel.http.edge import answer_with
from metatron.kernel.http.hot import HotRequest
from metatron.kernel.paging import cursor_values, cut_page

FIRST_PAGE = 50
NEWEST_FIRST = "-created_at"


async def campaign_page(
    direct: DirectDoor,
    context: Context,
    limit: int,
    *,
    state: str | None = None,
    q: str | None = None,
    sort: str = NEWEST_FIRST,
    cursor: str | None = None,
) -> dict[str, Any]:
    """Return a page of the organisation's campaigns, without their count.

    Raises:
        InvalidInput: no such sort, or a cursor of another list.
    """
    statement, kinds = queries.campaign_page(sort)
    after = cursor_values(cursor, kinds) if cursor else [None] * len(kinds)
    found = await direct.rows(context, statement, state, q, limit + 1, *after)
    # Only the row whose cursor is needed is read; all others are told as they were before.
    last = [orjson.loads(row[0]) for row in found[limit - 1 :]] if len(found) > limit else []
    items = [told_campaign(row[0], context)[0] for row in found[:limit]]
    return {"items": items, "next_cursor": cut_page(last, 1)[1]}


async def campaign_by_id(
    direct: DirectDoor, context: Context, campaign_id: UUID | str
) -> tuple[orjson.Fragment, int]:
    """Return a campaign as JSON, and its version.

    Raises:
        CampaignNotFound: the organisation has none of this id.
    """
    found = await direct.row(context, queries.CAMPAIGN_BY_ID, campaign_id)
    if found is None:
        raise CampaignNotFound
    return told_campaign(found[0], context)


async def hot_page(exchange: HotRequest) -> tuple[int, bytes]:
    """Answer a first page without filters."""
    direct = await exchange.database.direct(exchange.context)
    limit = exchange.limit(default=FIRST_PAGE)
    return 200, orjson.dumps(await campaign_page(direct, exchange.context, limit))


async def hot_campaign(exchange: HotRequest) -> tuple[int, bytes]:
    """Answer one campaign."""
    direct = await exchange.database.direct(exchange.context)
    campaign, version = await campaign_by_id(direct, exchange.context, exchange.path_value)
    answer_with(exchange.scope, [(b"etag", b'"%d"' % version)])
    return 200, orjson.dumps(campaign)

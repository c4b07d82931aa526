"""Reads of campaigns that every page of theirs begins with, by either way of the HTTP edge."""

from typing import Any
from uuid import UUID

import orjson

from metatron.apps.campaigns.edge import queries, views
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
    found = await direct.json(context, statement, state, q, limit + 1, *after)
    rows, next_cursor = cut_page(orjson.loads(found or b"[]"), limit)
    items = [views.finish_campaign(row, context) for row in rows]
    return {"items": items, "next_cursor": next_cursor}


async def campaign_by_id(
    direct: DirectDoor, context: Context, campaign_id: UUID | str
) -> dict[str, Any]:
    """Return a campaign; raise `CampaignNotFound` when the organisation has none of this id."""
    found = await direct.json(context, queries.CAMPAIGN_BY_ID, campaign_id)
    if found is None:
        raise CampaignNotFound
    return views.finish_campaign(orjson.loads(found), context)


async def hot_page(exchange: HotRequest) -> tuple[int, bytes]:
    """Answer a first page without filters."""
    direct = await exchange.database.direct(exchange.context)
    limit = exchange.limit(default=FIRST_PAGE)
    return 200, orjson.dumps(await campaign_page(direct, exchange.context, limit))


async def hot_campaign(exchange: HotRequest) -> tuple[int, bytes]:
    """Answer one campaign."""
    direct = await exchange.database.direct(exchange.context)
    campaign = await campaign_by_id(direct, exchange.context, exchange.path_value)
    answer_with(exchange.scope, [(b"etag", b'"%d"' % campaign["version"])])
    return 200, orjson.dumps(campaign)

"""Lists: their query parameters, and how a page of them is read and answered."""

from typing import Annotated, Any
from uuid import UUID

import orjson
from fastapi import Query
from pydantic import StringConstraints
from starlette.responses import Response

from metatron.apps.campaigns.edge.queries import CAMPAIGN_EXISTS, SORTS
from metatron.apps.campaigns.errors import CampaignNotFound
from metatron.kernel.http.sorting import sort_query
from metatron.kernel.http.unit import Read
from metatron.kernel.paging import MAX_PAGE, cursor_keys, cut_page

Limit = Annotated[int, Query(ge=1, le=MAX_PAGE)]
Cursor = Annotated[str | None, Query(max_length=2_000)]
StateFilter = Annotated[
    Annotated[str, StringConstraints(pattern=r"^[a-z_]{1,40}$")] | None, Query()
]
Words = Annotated[
    Annotated[str, StringConstraints(pattern=r"^[^\x00-\x1f\x7f]{1,200}$")] | None,
    Query(),
]
Sort = Annotated[str, sort_query(SORTS)]


async def read_page(
    read: Read, statement: str, *filters: object, limit: int, cursor: str | None
) -> tuple[list[dict[str, Any]], str | None]:
    """Return a page's rows and the cursor of the next.

    The statement takes the filters, the cursor's time and id, and how many rows to read at most.
    """
    after = cursor_keys(cursor)
    found = await read.direct.json(read.context, statement, *filters, *after, limit + 1)
    return cut_page(orjson.loads(found or b"[]"), limit)


async def answer_page(
    read: Read, statement: str, *filters: object, limit: int, cursor: str | None
) -> Response:
    """Answer a page of a list."""
    rows, next_cursor = await read_page(read, statement, *filters, limit=limit, cursor=cursor)
    return answer_json({"items": rows, "next_cursor": next_cursor})


async def answer_page_of(
    read: Read,
    campaign_id: UUID,
    statement: str,
    *filters: object,
    limit: int,
    cursor: str | None,
) -> Response:
    """Answer a page of a campaign's; the statement's first filter is the campaign.

    Raises:
        CampaignNotFound: no campaign of this organisation has the id.
    """
    rows, next_cursor = await read_page(
        read, statement, campaign_id, *filters, limit=limit, cursor=cursor
    )
    if not rows:
        await must_exist(read, campaign_id)
    return answer_json({"items": rows, "next_cursor": next_cursor})


async def must_exist(read: Read, campaign_id: UUID) -> None:
    """Tell an empty list of a campaign's from a list of a campaign that is not there.

    Raises:
        CampaignNotFound: no campaign of this organisation has the id.
    """
    if await read.direct.row(read.context, CAMPAIGN_EXISTS, campaign_id) is None:
        raise CampaignNotFound


def answer_json(content: Any, *, status: int = 200, version: int | None = None) -> Response:
    """Return JSON, with the record's entity tag when it has a version."""
    headers = {} if version is None else {"etag": f'"{version}"'}
    return Response(
        orjson.dumps(content, default=str),
        status_code=status,
        media_type="application/json",
        headers=headers,
    )

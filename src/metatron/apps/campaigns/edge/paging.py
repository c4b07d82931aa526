"""Query parameters of lists."""

from typing import Annotated, Any
from uuid import UUID

import orjson
from fastapi import Query
from pydantic import StringConstraints
from starlette.responses import Response

from metatron.apps.campaigns.edge.queries import CAMPAIGN_EXISTS
from metatron.apps.campaigns.errors import CampaignNotFound
from metatron.kernel.http.unit import Read
from metatron.kernel.paging import MAX_PAGE

Limit = Annotated[int, Query(ge=1, le=MAX_PAGE)]
Cursor = Annotated[str | None, Query(max_length=2_000)]
StateFilter = Annotated[
    Annotated[str, StringConstraints(pattern=r"^[a-z_]{1,40}$")] | None, Query()
]
Words = Annotated[
    Annotated[str, StringConstraints(pattern=r"^[^\x00-\x1f\x7f]{1,200}$")] | None,
    Query(),
]
Sort = Annotated[str, Query(pattern=r"^-?[a-z_]{1,40}(,-?[a-z_]{1,40}){0,2}$")]
"""Names of sort keys in their order of weight; a minus descends."""


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

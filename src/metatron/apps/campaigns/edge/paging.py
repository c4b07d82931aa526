"""Query parameters of lists."""

from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

import orjson
from fastapi import Query
from pydantic import StringConstraints
from starlette.responses import Response

from metatron.apps.campaigns.errors import CampaignNotFound
from metatron.apps.campaigns.queries import CAMPAIGN_EXISTS
from metatron.kernel.errors import InvalidInput
from metatron.kernel.http.unit import Read
from metatron.kernel.paging import MAX_PAGE, decode_cursor

Limit = Annotated[int, Query(ge=1, le=MAX_PAGE)]
Cursor = Annotated[str | None, Query(max_length=2_000)]
StateFilter = Annotated[
    Annotated[str, StringConstraints(pattern=r"^[a-z_]{1,40}$")] | None, Query()
]
Words = Annotated[
    Annotated[str, StringConstraints(pattern=r"^[^\x00-\x1f\x7f]{1,200}$")] | None,
    Query(),
]
Sort = Literal[
    "created_at", "-created_at", "deadline_at", "-deadline_at", "title", "-title", "state", "-state"
]


async def must_exist(read: Read, campaign_id: UUID) -> None:
    """Tell an empty list of a campaign's from a list of a campaign that is not there.

    Raises:
        CampaignNotFound: no campaign of this organisation has the id.
    """
    if await read.direct.row(read.context, CAMPAIGN_EXISTS, campaign_id) is None:
        raise CampaignNotFound


def cursor_keys(cursor: str | None, *, of_time: bool = True) -> tuple[str | None, UUID | None]:
    """Return the sort key (as text) and id of the last row seen; nothing for a first page.

    Raises:
        InvalidInput: the cursor is not one of ours.
    """
    if cursor is None:
        return None, None
    key, row_id = decode_cursor(cursor, 2)
    try:
        if not isinstance(key, str) or "\x00" in key:
            raise ValueError  # noqa: TRY301 - one refusal for everything wrong with a cursor
        if of_time and key != "infinity":
            datetime.fromisoformat(key)
        return key, UUID(row_id)
    except (ValueError, AttributeError, TypeError) as error:
        hint = "Send the next_cursor of the page before."
        raise InvalidInput.field("query.cursor", "invalid_cursor", hint) from error


def answer_json(content: Any, *, status: int = 200, version: int | None = None) -> Response:
    """Return JSON, with the record's entity tag when it has a version."""
    headers = {} if version is None else {"etag": f'"{version}"'}
    return Response(
        orjson.dumps(content, default=str),
        status_code=status,
        media_type="application/json",
        headers=headers,
    )

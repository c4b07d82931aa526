"""The delivery log, and the twin's mailbox."""

import asyncio
from typing import Annotated, Literal

import orjson
from fastapi import Query
from starlette.requests import Request
from starlette.responses import Response

from metatron.kernel.errors import NotFound
from metatron.kernel.http.access import public, requires
from metatron.kernel.http.routing import Router
from metatron.kernel.http.unit import Read
from metatron.kernel.paging import MAX_PAGE, cursor_id, encode_cursor
from metatron.kernel.settings import Settings
from metatron.platform.notifications.interface import mail_twin_in_use
from metatron.platform.notifications.mailbox.store import MailboxFolder
from metatron.platform.notifications.permissions import READ
from metatron.platform.notifications.queries import MESSAGES
from metatron.platform.notifications.schemas import (
    MailboxMail,
    MailboxPage,
    MessagePage,
)

router = Router(tags=["notifications"])
Limit = Annotated[int, Query(ge=1, le=MAX_PAGE)]


@router.get("/mail-messages", response_model=MessagePage)
@requires(READ)
async def list_messages(
    read: Read,
    state: Literal["queued", "sent", "failed", "held", "digested", "withheld"] | None = None,
    limit: Limit = 50,
    cursor: str | None = None,
) -> Response:
    """List the organisation's mails, newest first, without addresses and texts."""
    before = cursor_id(cursor)
    found = await read.direct.json(read.context, MESSAGES, before, state, limit)
    page = orjson.loads(found or b'{"items":[]}')
    items = page["items"]
    page["next_cursor"] = encode_cursor([items[-1]["id"]]) if len(items) == limit else None
    return Response(orjson.dumps(page), media_type="application/json")


@router.get("/mailbox", response_model=MailboxPage)
@public(raises=(NotFound,))
async def read_mailbox(request: Request, to: str | None = None, limit: Limit = 50) -> MailboxPage:
    """Read the local mail twin, while it is in use on a development installation."""
    settings: Settings = request.app.state.settings
    folder = settings.mailbox_dir
    at_home = settings.environment in {"development", "test"}
    if folder is None or not at_home or not mail_twin_in_use(settings):
        raise NotFound
    mails = await asyncio.to_thread(MailboxFolder(folder).newest, to=to, limit=limit)
    return MailboxPage(items=[MailboxMail.model_validate(mail) for mail in mails])

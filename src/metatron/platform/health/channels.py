"""Webhooks that are told of alerts: each a signed POST, tried again until it arrives."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import orjson
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from metatron.kernel.context import Context
from metatron.kernel.database.database import Database
from metatron.kernel.errors import InvalidInput, NotFound
from metatron.kernel.events.event import publish
from metatron.kernel.events.jobs import enqueue
from metatron.kernel.http import outward
from metatron.kernel.http.signed_webhook import new_secret, send_signed
from metatron.kernel.ids import new_id
from metatron.kernel.secrets import SecretBox
from metatron.platform.health.events import ChannelAdded, ChannelRemoved

SEND_JOB = "health.send_webhook"
MOST = 20
_ADD = text("""
insert into health.alert_channel (id, url, sealed_secret, created_by, created_at)
values (:id, :url, :sealed_secret, :created_by, :now)
""")
_COUNT = text("select count(*) from health.alert_channel")
_REMOVE = text("delete from health.alert_channel where id = :id returning id")
_ALL = text("select id from health.alert_channel order by id")
_ONE = text("select id from health.alert_channel where id = :id")
_LOAD = "select url, sealed_secret from health.alert_channel where id = $1"
_NOTE = """
update health.alert_channel set told_at = case when $2::text is null then now() else told_at end,
  last_error = $2 where id = $1
"""
_LIST = """
select coalesce(json_agg(json_build_object('id', c.id, 'url', c.url, 'created_at', c.created_at,
  'told_at', c.told_at, 'last_error', c.last_error) order by c.id), '[]')::text
from health.alert_channel c
"""


@dataclass(frozen=True, slots=True)
class Outside:
    """What this process needs to reach outside."""

    box: SecretBox
    allow_private: bool


_outside: Outside | None = None


def prepare(runtime: Any) -> None:
    """Take note of the process's settings (a module start-up hook)."""
    global _outside
    settings = runtime.settings
    keys = settings.secret_keys.get_secret_value()
    _outside = Outside(SecretBox(keys), settings.webhooks_to_private_addresses)


def outside() -> Outside:
    """Return what `prepare` noted."""
    assert _outside is not None, "start the process's modules first"
    return _outside


async def add_channel(
    session: AsyncSession, context: Context, *, url: str, now: datetime
) -> tuple[UUID, str]:
    """Tell `url` of every alert from now on; returns the id and the secret, shown only here.

    Raises:
        InvalidInput: we do not call such an address, or there are too many already.
    """
    try:
        outward.checked(url, allow_private=outside().allow_private)
    except outward.NotOutward as error:
        raise InvalidInput.field("body.url", "bad_address", str(error)) from error
    if (await session.scalar(_COUNT) or 0) >= MOST:
        raise InvalidInput.field("body.url", "too_many", f"There are {MOST} already.")
    channel_id, secret = new_id(), new_secret()
    row = {
        "id": channel_id, "url": url, "sealed_secret": outside().box.seal(secret),
        "created_by": context.actor_id, "now": now,
    }  # fmt: skip
    await session.execute(_ADD, row)
    await publish(session, context, ChannelAdded(aggregate_id=channel_id), now=now)
    return channel_id, secret


async def remove_channel(
    session: AsyncSession, context: Context, *, channel_id: UUID, now: datetime
) -> None:
    """Tell an address no longer; raises `NotFound` for one that is not there."""
    if await session.scalar(_REMOVE, {"id": channel_id}) is None:
        raise NotFound
    await publish(session, context, ChannelRemoved(aggregate_id=channel_id), now=now)


async def try_channel(
    session: AsyncSession, context: Context, *, channel_id: UUID, now: datetime
) -> None:
    """Send an address a message of no consequence; raises `NotFound`."""
    if await session.scalar(_ONE, {"id": channel_id}) is None:
        raise NotFound
    message = {"type": "health.test.v1", "at": now.isoformat()}
    await enqueue(session, context, SEND_JOB, channel_id=channel_id, message=message)


async def tell_channels(session: AsyncSession, context: Context, message: dict[str, Any]) -> int:
    """Queue a message to every address; returns to how many."""
    ids = list(await session.scalars(_ALL))
    for channel_id in ids:
        await enqueue(session, context, SEND_JOB, channel_id=channel_id, message=message)
    return len(ids)


async def send_webhook(
    database: Database,
    context: Context,
    *,
    channel_id: str,
    message: dict[str, Any],
    now: datetime,
) -> None:
    """Send one message; an address that is gone meanwhile is not told.

    Raises:
        NotDelivered: no success: the job tries again.
    """
    del context  # the platform's own
    row = await database.system.fetchrow(_LOAD, UUID(channel_id))
    if row is None:
        return
    secret, private = outside().box.open(row["sealed_secret"]), outside().allow_private
    try:
        await send_signed(row["url"], message, secret=secret, now=now, allow_private=private)
    except outward.NotOutward as error:
        # It led outside when it was set: whoever moved it inside is not followed, nor asked again.
        await database.system.execute(_NOTE, UUID(channel_id), str(error))
        return
    except outward.NotDelivered as error:
        await database.system.execute(_NOTE, UUID(channel_id), str(error))
        raise
    await database.system.execute(_NOTE, UUID(channel_id), None)


async def listed_channels(pool: Any) -> list[dict[str, Any]]:
    """Return the addresses, without their secrets, and how the last message to each went."""
    found: list[dict[str, Any]] = orjson.loads(await pool.fetchval(_LIST))
    return found

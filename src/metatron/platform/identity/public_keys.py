"""The public halves, published in the database for the processes that only verify."""

import orjson
from sqlalchemy import text

from metatron.kernel.context import system_context
from metatron.kernel.database.database import Database
from metatron.kernel.database.session import session_now
from metatron.kernel.events.event import publish
from metatron.kernel.ids import PLATFORM_TENANT_ID
from metatron.platform.identity.events import KeyPublished
from metatron.platform.identity.keys import KeyRing

_PUBLISH = text("""
insert into identity.public_key (kid, algorithm, jwk, activates_at, retires_at)
values (:kid, :algorithm, cast(:jwk as jsonb), :activates_at, :retires_at)
on conflict (kid) do update set retires_at = excluded.retires_at
returning xmax = 0 as is_new
""")
_RETIRE = text("delete from identity.public_key where retires_at <= :now")
_TELL = text("select pg_notify('metatron_access', 'keys:changed')")


async def publish_keys(database: Database, ring: KeyRing) -> None:
    """Bring the published key set up to date with the folder's keys."""
    context = system_context()
    async with database.transaction(context) as session:
        now = await session_now(session)
        await session.execute(_RETIRE, {"now": now})
        for key, retires_at in ring.published(now=now):
            values = {
                "kid": key.kid,
                "algorithm": key.algorithm,
                "jwk": orjson.dumps(key.public()).decode(),
                "activates_at": key.activates_at,
                "retires_at": retires_at,
            }
            if (await session.execute(_PUBLISH, values)).scalar_one():
                event = KeyPublished(aggregate_id=PLATFORM_TENANT_ID, kid=key.kid)
                await publish(session, context, event, now=now)
        await session.execute(_TELL)

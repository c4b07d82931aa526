"""Mails of the suite's own accord to people by their ids."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from metatron.apps.amc.permissions import EDIT, MANAGE, RUN
from metatron.kernel.context import Context
from metatron.kernel.database.database import Database
from metatron.platform.notifications.interface import MailKind, register_kinds, send_mail
from metatron.platform.tenancy.interface import members_allowed, resolve_access

MOST_TOLD = 20
RESTING = "amc.resting"
register_kinds(
    MailKind(
        RESTING,
        "Schedules and collections that rest",
        "One of yours was paused, or one without its maker needs somebody.",
    )
)
# People live in the home database, wherever the organisation's own rows are.
_ADDRESSES = "select id, email from identity.pub_user where id = any($1::uuid[]) order by id"
_AT = """
select x.address, u.id from unnest($1::text[]) x(address)
join identity.pub_user u on lower(u.email) = lower(x.address)
where u.email_verified and u.state = 'active'
"""


async def members_at(
    database: Database, tenant_id: UUID, addresses: Sequence[str]
) -> dict[str, UUID]:
    """Return the members whose verified addresses these are; few are asked for."""
    rows = await database.system.fetch(_AT, list(addresses))
    return {
        row["address"]: row["id"]
        for row in rows
        if await resolve_access(database, tenant_id, row["id"]) is not None
    }


async def able_to_take_over(database: Database, context: Context) -> list[UUID]:
    """Return members who see every client and may run and change what stands on it."""
    wanted = frozenset({RUN, EDIT, MANAGE})
    return (await members_allowed(database, context.tenant_id, wanted))[:MOST_TOLD]


async def mail(
    database: Database,
    context: Context,
    people: Sequence[UUID],
    *,
    template: str,
    variables: Mapping[str, Any],
    now: datetime,
) -> None:
    """Send each of `people` a mail; who has no account any more gets none."""
    rows = await database.system.fetch(_ADDRESSES, people)
    async with database.transaction(context) as session:
        for row in rows:
            await send_mail(
                session, context, to=row["email"], template=template, variables=dict(variables),
                now=now, recipient_id=row["id"],
            )  # fmt: skip

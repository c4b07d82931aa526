"""A connection's health: when its sign-in ends, its state says so and its owner is told, once."""

from datetime import datetime
from uuid import UUID

import structlog
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from metatron.apps.amc.connections.events import ConnectionMoved
from metatron.apps.amc.connections.site import site
from metatron.apps.amc.connections.tables import BROKEN, HEALTHY, Connection
from metatron.kernel.context import Context
from metatron.kernel.database.database import Database
from metatron.kernel.events.event import publish
from metatron.kernel.events.jobs import enqueue
from metatron.platform.notifications.interface import (
    MailTemplate,
    register_templates,
    send_mail,
)

log = structlog.get_logger(__name__)
TELL_JOB = "amc.tell_of_broken_connection"
REVOKED = "The sign-in at Amazon has ended or was revoked. Sign in again."
UNREADABLE = (
    "The kept sign-in cannot be decrypted with the keys this installation has. "
    "Give back the lost key, or sign in again."
)
TEMPLATE = "amc_connection_broken"

register_templates(
    MailTemplate(
        name=TEMPLATE,
        version=1,
        subject="Amazon connection {{ connection }} needs you",
        text=(
            "The connection {{ connection }} to Amazon Marketing Cloud does not work any more.\n\n"
            "{{ reason }}\n\nUntil then its queries and schedules wait.\n\n{{ link }}\n"
        ),
        keeps_text=True,
    )
)

_TELL = text("""
update amc.connection set broken_told_at = :now
where tenant_id = :tenant_id and id = :id and state = 'broken' and broken_told_at is null
returning name, state_reason, connected_by
""")
_ADDRESS = "select email from identity.pub_user where id = $1"


async def move(
    session: AsyncSession,
    context: Context,
    connection: Connection,
    *,
    to: str,
    reason: str | None,
    now: datetime,
) -> None:
    """Bring a connection into another state and announce it."""
    before = connection.state
    connection.state, connection.state_reason = to, reason
    connection.version += 1
    if to == HEALTHY:
        connection.broken_told_at = None
    await session.flush()
    event = ConnectionMoved(
        aggregate_id=connection.id, from_state=before, to_state=to, reason=reason
    )
    await publish(session, context, event, now=now)


async def break_off(
    session: AsyncSession,
    context: Context,
    connection: Connection,
    *,
    reason: str,
    now: datetime,
) -> None:
    """Note that a healthy connection is none any more, and have its owner told."""
    if connection.state != HEALTHY:
        return
    await move(session, context, connection, to=BROKEN, reason=reason, now=now)
    await enqueue(session, context, TELL_JOB, connection_id=connection.id)


async def tell(database: Database, context: Context, *, connection_id: UUID, now: datetime) -> None:
    """Mail whoever connected it; once for each time it broke."""
    async with database.transaction(context) as session:
        connection = await session.get(Connection, (context.tenant_id, connection_id))
        owner = None if connection is None else connection.connected_by
    # People live in the home database, wherever the organisation's own rows are.
    row = None if owner is None else await database.system.fetchrow(_ADDRESS, owner)
    if row is None:
        log.warning("amc_connection_without_owner", connection_id=str(connection_id))
        return
    async with database.transaction(context) as session:
        key = {"tenant_id": context.tenant_id, "id": connection_id, "now": now}
        found = (await session.execute(_TELL, key)).one_or_none()
        if found is None:
            return
        await send_mail(
            session,
            context,
            to=row["email"],
            template=TEMPLATE,
            variables={
                "connection": found.name,
                "reason": found.state_reason,
                "link": site().page("/amc/clients"),
            },
            now=now,
            recipient_id=found.connected_by,
        )

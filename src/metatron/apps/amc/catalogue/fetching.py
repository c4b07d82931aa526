"""Filling the catalogue from the Ads API: campaigns, and the products that are advertised."""

from datetime import datetime
from uuid import UUID

import orjson
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from metatron.apps.amc.amazon.errors import AmazonError
from metatron.apps.amc.catalogue import statements
from metatron.apps.amc.catalogue.advertised import Found, Rows, look
from metatron.apps.amc.catalogue.events import CatalogueImported, CatalogueImportFailed
from metatron.apps.amc.catalogue.files import Subject
from metatron.apps.amc.catalogue.importing import finish, put
from metatron.apps.amc.catalogue.reasons import reason_of
from metatron.apps.amc.connections.access import ads_client
from metatron.apps.amc.connections.errors import (
    AmazonAway,
    ConnectionNotFound,
    ConnectionNotUsable,
)
from metatron.apps.amc.connections.putting_off import NOT_NOW
from metatron.apps.amc.connections.renewing import usable
from metatron.apps.amc.permissions import EDIT
from metatron.kernel.context import Context
from metatron.kernel.database.database import Database
from metatron.kernel.events.event import publish
from metatron.kernel.events.jobs import enqueue
from metatron.kernel.ids import new_id

FETCH_JOB = "amc.fetch_catalogue"
SOURCE = "Amazon Ads"
"""Stands where an import of a file has the file's name."""


async def ask_for_fetch(
    session: AsyncSession, context: Context, *, connection_id: UUID, subject: Subject, now: datetime
) -> UUID:
    """Have the catalogue filled from Amazon; returns the import's id.

    Raises:
        PermissionDenied: the actor may not write the catalogue.
        ConnectionNotFound: no connection of this organisation has the id.
        ConnectionNotUsable: it is broken, disconnected or not signed in yet.
    """
    context.demand(EDIT)
    await usable(session, context, connection_id)
    import_id = new_id()
    row = {
        "tenant_id": context.tenant_id, "id": import_id, "subject": subject, "file_name": SOURCE,
        # A waiting import holds what it reads; here that is with Amazon.
        "content": b"", "asked_by": context.actor_id, "now": now,
    }  # fmt: skip
    await session.execute(text(statements.KEEP), row)
    await enqueue(
        session, context, FETCH_JOB,
        import_id=import_id, connection_id=connection_id, subject=subject,
    )  # fmt: skip
    return import_id


async def fetch(
    database: Database,
    context: Context,
    *,
    import_id: UUID,
    connection_id: UUID,
    subject: Subject,
    now: datetime,
    waits: bool = False,
) -> None:
    """Fill the catalogue; does nothing when that has been done. What goes wrong is in its log.

    Raises:
        Throttled, AmazonAway: Amazon has no time now, and the import `waits` for it.
    """
    try:
        client = await ads_client(database, context, connection_id, now=now)
        found = await look(client, subject)
    except (AmazonError, AmazonAway, ConnectionNotFound, ConnectionNotUsable) as error:
        if waits and isinstance(error, NOT_NOW):
            raise
        async with database.transaction(context) as session:
            await _close(session, context, import_id, subject, reason_of(error), now=now)
        return
    async with database.transaction(context) as session:
        await _store(session, context, import_id, subject, found, now=now)


async def _store(
    session: AsyncSession,
    context: Context,
    import_id: UUID,
    subject: Subject,
    found: Found,
    *,
    now: datetime,
) -> None:
    key = {"tenant_id": context.tenant_id, "id": import_id}
    if (await session.execute(text(statements.TAKE), key)).one_or_none() is None:
        return
    await _keep_what_is_known(session, context, subject, found.rows)
    counts = await put(session, context, subject=subject, rows=list(found.rows.values()), now=now)
    outcome = {
        "state": "done", "lines": len(found.rows), "refused": len(found.problems),
        "problems": orjson.dumps(found.problems).decode(), **counts,
    }  # fmt: skip
    await finish(session, key | outcome, now)
    event = CatalogueImported(
        aggregate_id=import_id, subject=subject, added=counts["added"],
        changed=counts["changed"], refused=len(found.problems),
    )  # fmt: skip
    await publish(session, context, event, now=now)


async def _keep_what_is_known(
    session: AsyncSession, context: Context, subject: Subject, rows: Rows
) -> None:
    """Take brands and titles from the catalogue: the Ads API knows none."""
    campaigns = subject == "campaigns"
    statement = statements.KNOWN_CAMPAIGNS if campaigns else statements.KNOWN_ASINS
    given = {"tenant_id": context.tenant_id, "ids": [key[-1] for key in rows]}
    for known in (await session.execute(text(statement), given)).mappings():
        key = (known["kind"], known["campaign_id"]) if campaigns else (known["asin"],)
        row = rows.get(key)
        if row is not None:
            names = ("brand",) if campaigns else ("brand", "title", "marketplace")
            row |= {name: known[name] for name in names if known[name]}


async def _close(
    session: AsyncSession,
    context: Context,
    import_id: UUID,
    subject: Subject,
    reason: str,
    *,
    now: datetime,
) -> None:
    key = {"tenant_id": context.tenant_id, "id": import_id}
    if (await session.execute(text(statements.TAKE), key)).one_or_none() is None:
        return
    problems = orjson.dumps([{"line": 0, "reason": reason}]).decode()
    outcome = {
        "state": "failed", "lines": 0, "refused": 0, "problems": problems,
        "added": 0, "changed": 0, "unchanged": 0,
    }  # fmt: skip
    await finish(session, key | outcome, now)
    event = CatalogueImportFailed(aggregate_id=import_id, subject=subject)
    await publish(session, context, event, now=now)

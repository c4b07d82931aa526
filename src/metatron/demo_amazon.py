"""The demo's connection to Amazon's local stand-in, made as a person makes it: over HTTP."""

from urllib.parse import parse_qs, urlsplit
from uuid import UUID

import httpx
from sqlalchemy import select

from metatron.apps.amc.connections import signing_in, site, syncing
from metatron.apps.amc.connections.tables import Connection
from metatron.apps.amc.permissions import MANAGE, READ
from metatron.kernel.clock import utc_now
from metatron.kernel.context import Context, system_context
from metatron.kernel.database.database import Database
from metatron.kernel.database.session import session_now
from metatron.kernel.settings import Settings
from metatron.platform.identity.interface import ensure_user
from metatron.platform.tenancy import interface as tenancy
from metatron.processes import start
from metatron.seed import DEMO_SLUG, PEOPLE
from metatron.welcome import ORGANISER

NAME = "Local brands"
TEST_PERSON = "amzn1.account.ANNA"
"""Whoever gives consent at the stand-in."""


async def connect_demo(settings: Settings) -> str:
    """Give the demo organisation a healthy connection, unless it has one; return what was done."""
    runtime = await start(settings)
    try:
        tenant = await tenancy.tenant_by_slug(runtime.database, DEMO_SLUG)
        if tenant is None or not site.stand_in_in_use(settings):
            return "nothing to connect"
        context = await _organiser(runtime.database, tenant.id)
        if await _is_connected(runtime.database, context):
            return "connected before"
        await _connect(runtime.database, context)
        return "connected"
    finally:
        await runtime.close()


async def _organiser(database: Database, tenant_id: UUID) -> Context:
    async with database.transaction(system_context()) as session:
        user_id = await ensure_user(
            session,
            email=ORGANISER,
            display_name=PEOPLE[ORGANISER][0],
            verified=True,
            now=utc_now(),
        )
    return Context(tenant_id, "user", user_id, frozenset({READ, MANAGE}))


async def _is_connected(database: Database, context: Context) -> bool:
    query = select(Connection.id).where(Connection.tenant_id == context.tenant_id)
    async with database.transaction(context) as session:
        return (await session.execute(query.limit(1))).first() is not None


async def _connect(database: Database, context: Context) -> None:
    async with database.transaction(context) as session:
        now = await session_now(session)
        started = await signing_in.connect(session, context, name=NAME, region="eu", now=now)
    async with httpx.AsyncClient(timeout=60, trust_env=False) as browser:
        consent = await browser.post(started.authorization_url, data={"user_id": TEST_PERSON})
    told = parse_qs(urlsplit(consent.headers["location"]).query)
    connection_id = await signing_in.complete(
        database, context, code=told["code"][0], state=told["state"][0], now=now
    )
    await syncing.sync(
        database, system_context(context.tenant_id), connection_id=connection_id, now=now
    )

"""Sessions and records of every tenant, as a thousand owners who have signed in would have them.

Sessions are opened by identity's own functions, in bulk: ten thousand sign-ins by mail would take
longer than all that is measured. The tokens are signed with the suite's keys.
"""

import asyncio
import random
from dataclasses import dataclass
from uuid import UUID

import asyncpg
import httpx

from bench._fleet import keys
from bench._running import Suite
from metatron.kernel.clock import utc_now
from metatron.kernel.context import Context
from metatron.kernel.database.session import create_engine, open_session
from metatron.kernel.process.embedded_postgres import EmbeddedPostgres
from metatron.platform.identity.access_tokens import TokenIssuer, TokenSubject
from metatron.platform.identity.keys import KeyRing
from metatron.platform.identity.sessions import open_session as sign_in

APPLICATIONS, CAMPAIGNS = 10, 5
_OWNERS = """
select t.slug, t.id as tenant_id, m.user_id, t.placement from tenancy.tenant t
join tenancy.member m on m.tenant_id = t.id
where t.slug like 'pooled-%' or t.slug like 'dedicated-%' order by t.slug
"""
_VERIFY = """
update identity.user_account set email_verified_at = now() where email_verified_at is null
"""


@dataclass(slots=True)
class Tenant:
    """One tenant and what opens it: its key, its owner's tokens, and ids of records to ask for."""

    slug: str
    id: UUID
    user_id: UUID
    placement: str
    key: str
    tokens: list[str]
    applications: list[str]
    campaigns: list[str]


async def tenants_of(suite: Suite) -> list[Tenant]:
    """Return the provisioned tenants, in an order of its own that is the same each time."""
    known = keys(suite)
    server = EmbeddedPostgres(suite.data)
    connection = await asyncpg.connect(server.dsn("metatron_system"))
    rows = await connection.fetch(_OWNERS)
    await connection.close()
    owner = await asyncpg.connect(server.dsn("postgres", "metatron"))
    await owner.execute(_VERIFY)
    await owner.close()
    found = [
        Tenant(
            row["slug"], UUID(str(row["tenant_id"])), UUID(str(row["user_id"])), row["placement"],
            known[row["slug"]], [], [], [],
        )
        for row in rows
    ]  # fmt: skip
    random.Random(7).shuffle(found)
    return found


class Lobby:
    """Opens sessions and signs their tokens."""

    def __init__(self, suite: Suite) -> None:
        """Take the suite's keys and its identity's database."""
        self._engine = create_engine(EmbeddedPostgres(suite.data).dsn("metatron_app"), size=4)
        ring = KeyRing(suite.data / "keys", now=utc_now())
        self._issuer = TokenIssuer(ring, suite.base_url.replace("127.0.0.1", "localhost"))

    async def open(self, tenant: Tenant, count: int) -> None:
        """Give a tenant's owner so many more sessions, each with a token of 15 minutes."""
        now = utc_now()
        context = Context(tenant.id, "user", tenant.user_id, user_agent="bench")
        async with open_session(self._engine, context, guarded=False) as session:
            logins = [
                sign_in(
                    session, context, user_id=tenant.user_id, tenant_id=tenant.id,
                    method="password", mfa_pending=False, now=now,
                )
                for _ in range(count)
            ]  # fmt: skip
            await session.commit()
        for login in logins:
            subject = TokenSubject(
                tenant.user_id, tenant.id, login.id, login.version, login.absolute_expires_at
            )
            tenant.tokens.append(self._issuer.access_token(subject, now=now).text)

    async def close(self) -> None:
        """Close the connections."""
        await self._engine.dispose()


async def furnish(suite: Suite, tenants: list[Tenant], *, at_once: int = 8) -> None:
    """Give each tenant applications and campaigns, over HTTP, and learn their ids."""
    limits = httpx.Limits(max_connections=at_once)
    async with httpx.AsyncClient(base_url=suite.base_url, limits=limits, timeout=60) as client:
        left = iter(tenants)

        async def work() -> None:
            for tenant in left:
                headers = {"Authorization": f"Bearer {tenant.tokens[0]}"}
                for path, count, body, ids in (
                    ("applications", APPLICATIONS, "name", tenant.applications),
                    ("campaigns", CAMPAIGNS, "title", tenant.campaigns),
                ):
                    for number in range(count):
                        answer = await client.post(
                            f"/api/v1/{path}", json={body: f"One of {number}"}, headers=headers
                        )
                        answer.raise_for_status()
                        ids.append(answer.json()["id"])

        await asyncio.gather(*(work() for _ in range(at_once)))

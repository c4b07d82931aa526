"""Real people signed in through the real API, for tests of whatever stands behind the gate.

`async with running(settings, database) as app:` composes all modules as the web process does;
`Door(app, settings, database)` gives clients: a browser with its own address and cookies, and
`signed_in` ones.
"""

import asyncio
import itertools
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

import httpx
from fastapi import FastAPI
from sqlalchemy import text

from metatron.kernel.clock import utc_now
from metatron.kernel.context import system_context
from metatron.kernel.database.database import Database
from metatron.kernel.events.registry import Registry
from metatron.kernel.ids import PLATFORM_TENANT_ID, new_id
from metatron.kernel.settings import Settings
from metatron.platform.identity.interface import ensure_user, issue_sign_in_link
from metatron.platform.tenancy.interface import TenantFacts, add_member, create_organisation
from metatron.processes import Runtime, all_modules
from tests.support.kept_application import kept_application

_MAILS = text(
    "select b.subject, b.text, m.template from notifications.message_body b"
    " join notifications.message m using (tenant_id, id) where b.address = :email order by b.id"
)
_places = itertools.count(1)


@asynccontextmanager
async def running(settings: Settings, database: Database) -> AsyncIterator[FastAPI]:
    """The web process's application on an open database, its startup hooks run."""
    with kept_application(settings) as app:
        async with started(app, settings, database):
            yield app


@asynccontextmanager
async def started(app: FastAPI, settings: Settings, database: Database) -> AsyncIterator[None]:
    """What starts with the web process, on a composed application, and ends again."""
    modules = all_modules()
    runtime = Runtime(settings, database, Registry(modules), modules, app)
    app.state.database, app.state.runtime = database, runtime
    for module in modules:
        for hook in module.startup:
            outcome: Any = hook(runtime)
            if hasattr(outcome, "__await__"):
                await outcome
    try:
        yield
    finally:
        for hook in reversed(runtime.closing):
            outcome = hook()
            if hasattr(outcome, "__await__"):
                await outcome
        for task in runtime.loops:
            task.cancel()
        await asyncio.gather(*runtime.loops, return_exceptions=True)


def new_place() -> str:
    """An address no other client of this run has, so that no throttle is shared."""
    number = next(_places)
    return f"10.{number >> 16 & 255}.{number >> 8 & 255}.{number & 255}"


@dataclass
class Door:
    """Makes clients of one application."""

    app: FastAPI
    settings: Settings
    database: Database
    clients: list[httpx.AsyncClient] = field(default_factory=list)

    def browser(self, ip: str | None = None) -> httpx.AsyncClient:
        """A client with an address and a cookie jar of its own, as the page is."""
        transport = httpx.ASGITransport(
            self.app, raise_app_exceptions=False, client=(ip or new_place(), 40_000)
        )
        client = httpx.AsyncClient(
            transport=transport,
            base_url=f"{self.settings.public_url}/api/v1",
            headers={"x-metatron-csrf": "1", "user-agent": "Firefox/140.0 (X11; Linux x86_64)"},
        )
        self.clients.append(client)
        return client

    async def organisation(
        self, owner: str | None = None, *, is_sandbox: bool = False
    ) -> TenantFacts:
        """A new organisation with a verified owner."""
        owner_id = await self.person(owner or new_email("owner"))
        return await create_organisation(
            self.database,
            name=f"Org {new_id().hex[-8:]}",
            slug=None,
            owner_user_id=owner_id,
            is_sandbox=is_sandbox,
            actor=system_context(),
        )

    async def person(self, email: str, *, verified: bool = True) -> UUID:
        """The id of a person, made if need be."""
        async with self.database.transaction(system_context()) as session:
            return await ensure_user(
                session, email=email, display_name="Test Person", verified=verified, now=utc_now()
            )

    async def sign_in(self, client: httpx.AsyncClient, email: str) -> dict[str, Any]:
        """Open a one-time link in this client; it sends the bearer token from then on."""
        link = await issue_sign_in_link(
            self.database, email=email, settings=self.settings, now=utc_now()
        )
        answer = await client.post("/auth/verify-magic-link", json={"token": token_of_link(link)})
        assert answer.status_code == 200, answer.text
        return use_token(client, answer.json())

    async def signed_in(
        self, email: str, tenant: UUID | None = None, roles: tuple[str, ...] = ()
    ) -> httpx.AsyncClient:
        """A client signed in as `email`, in `tenant` with `roles` if they are given."""
        user_id = await self.person(email)
        if tenant is not None:
            context = system_context(tenant)
            async with self.database.transaction(context) as session:
                await add_member(session, context, user_id=user_id, role_names=roles, now=utc_now())
        client = self.browser()
        await self.sign_in(client, email)
        if tenant is not None:
            answer = await client.post("/auth/switch", json={"tenant_id": str(tenant)})
            assert answer.status_code == 200, answer.text
            use_token(client, answer.json())
        return client

    async def mails(self, email: str, tenant: UUID = PLATFORM_TENANT_ID) -> list[dict[str, str]]:
        """What was mailed to an address in a tenant's name, the oldest first."""
        async with self.database.transaction(system_context(tenant)) as session:
            rows = await session.execute(_MAILS, {"email": email})
            return [dict(row) for row in rows.mappings()]

    async def link_token(self, email: str) -> str:
        """The token of the link in the last mail to an address."""
        mails = await self.mails(email)
        assert mails, f"no mail to {email}"
        found = re.search(r"https?://\S+", mails[-1]["text"])
        assert found, mails[-1]["text"]
        return token_of_link(found[0])

    async def close(self) -> None:
        """Close every client."""
        for client in self.clients:
            await client.aclose()


def use_token(client: httpx.AsyncClient, sign_in: dict[str, Any]) -> dict[str, Any]:
    """Let the client send a sign-in's access token."""
    client.headers["authorization"] = f"Bearer {sign_in['access_token']}"
    return sign_in


def token_of_link(link: str) -> str:
    """The token in a link's fragment."""
    return urlsplit(link).fragment.removeprefix("token=")


def new_email(name: str = "person") -> str:
    """An address nobody has."""
    return f"{name}-{new_id().hex}@example.com"

"""Sandbox organisations of the night, their people, and how these come in."""

import asyncio
import itertools
import random
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from uuid import UUID

import httpx
from pydantic import SecretStr
from sqlalchemy.exc import DBAPIError

from bench.night.book import Book
from bench.night.client import Client
from bench.night.stand import Stand
from metatron.kernel.clock import utc_now
from metatron.kernel.context import system_context
from metatron.kernel.database.database import Database
from metatron.kernel.database.lost import DATABASE_ERRORS
from metatron.kernel.errors import DomainError
from metatron.kernel.settings import TIER_LIMITS, Settings
from metatron.platform.identity.interface import ensure_user, issue_sign_in_link
from metatron.platform.tenancy.interface import add_member, create_organisation, prepare
from metatron.platform.tenancy.site import prepare_site
from metatron.processes import all_modules

_places = itertools.count(1)
STAFF = {
    "organiser": ("owner", "organiser"),
    "reviewer": ("administrator", "finance"),
    "finance": ("finance",),
    "supplier": ("supplier",),
}
_TROUBLE = (*DATABASE_ERRORS, DomainError, DBAPIError, TimeoutError)
_TRY_AGAIN_SECONDS = 0.5


@dataclass(slots=True)
class Organisation:
    """A sandbox with its staff and members, each with a connection of their own."""

    slug: str
    tenant_id: UUID
    organiser: Client
    reviewer: Client
    finance: Client
    supplier: Client
    supplier_id: UUID
    members: list[Client]
    advanced_seconds: int = 0
    """What its clock was told to go forward, and said it did."""

    async def advance(self, book: Book, seconds: int) -> None:
        """Let its clock go forward."""
        await self.reviewer.post("/clock/advance", {"seconds": seconds})
        self.advanced_seconds += seconds
        book.notes("clock", self.tenant_id, self.tenant_id, seconds=seconds)


@dataclass(slots=True)
class Registry:
    """Makes organisations and people, over a database connection that no fault stands in."""

    stand: Stand
    book: Book
    chance: random.Random
    database: Database
    settings: Settings

    async def organisation(self, slug: str, *, members: int) -> Organisation:
        """Make a sandbox organisation."""
        ids = {who: await self._person(f"{who}@{slug}.example") for who in STAFF}
        facts = await create_organisation(
            self.database, name=slug.title(), slug=slug, owner_user_id=ids["organiser"],
            is_sandbox=True, actor=system_context(),
        )  # fmt: skip
        context = system_context(facts.id)
        async with self.database.transaction(context) as session:
            for who, roles in STAFF.items():
                await add_member(
                    session, context, user_id=ids[who], role_names=roles, now=utc_now()
                )
        tenant_id = str(facts.id)
        staff = {who: self._client(f"{who}@{slug}.example", tenant_id) for who in STAFF}
        people = []
        for number in range(members):
            email = f"member-{number}@{slug}.example"
            await self._person(email)
            people.append(self._client(email))
        return Organisation(slug, facts.id, **staff, supplier_id=ids["supplier"], members=people)

    async def _person(self, email: str) -> UUID:
        async with self.database.transaction(system_context()) as session:
            return await ensure_user(
                session, email=email, display_name=email.partition("@")[0], verified=True,
                now=utc_now(),
            )  # fmt: skip

    def _client(self, email: str, tenant_id: str = "") -> Client:
        chance = random.Random(self.chance.random())
        return Client(
            self.book, self.stand.base_url, self._entering(email), chance, tenant_id=tenant_id
        )

    def _entering(self, email: str) -> Callable[[httpx.AsyncClient, str], Awaitable[str]]:
        """Return how a person signs in: by a new link; for an organisation, if one is given."""
        number = next(_places)
        place = f"10.9.{number // 250}.{number % 250 + 1}"

        async def enter(http: httpx.AsyncClient, tenant_id: str) -> str:
            http.headers["x-forwarded-for"] = place
            link = await self._link(email)
            given = {"token": link.partition("token=")[2]}
            answer = await http.post(
                "/api/v1/auth/verify-magic-link", json=given, headers={"authorization": ""}
            )
            token = str(_successful(answer)["access_token"])
            if not tenant_id:
                return token
            answer = await http.post(
                "/api/v1/auth/switch", json={"tenant_id": tenant_id},
                headers={"authorization": f"Bearer {token}"},
            )  # fmt: skip
            return str(_successful(answer)["access_token"])

        return enter

    async def _link(self, email: str) -> str:
        while True:
            with suppress(*_TROUBLE):
                async with asyncio.timeout(5):
                    return await issue_sign_in_link(
                        self.database, email=email, settings=self.settings, now=utc_now()
                    )
            await asyncio.sleep(_TRY_AGAIN_SECONDS)


def _successful(answer: httpx.Response) -> dict[str, object]:
    if not answer.is_success:
        # Taken for a lost call: the link is spent or the database away, so another is asked for.
        raise httpx.RemoteProtocolError(f"signing in answered {answer.status_code}")
    found: dict[str, object] = answer.json()
    return found


@asynccontextmanager
async def registry(stand: Stand, book: Book, chance: random.Random) -> AsyncIterator[Registry]:
    """Open the database beside all wires."""
    data = stand.disk.data
    settings = Settings(
        data_dir=data,
        database_url=SecretStr(stand.server.dsn("metatron_app")),
        database_system_url=SecretStr(stand.server.dsn("metatron_system")),
        public_url=stand.base_url,
        secret_keys=SecretStr((data / "secrets" / "secret-keys").read_text().strip()),
        signing_key_dir=data / "keys",
        tier_limits={tier: dict.fromkeys(limits) for tier, limits in TIER_LIMITS.items()},
    )
    # Not `processes.start`: nothing here may do the worker's work while that is dead.
    prepare(all_modules())
    prepare_site(settings)
    database = await Database.open(settings)
    try:
        yield Registry(stand, book, chance, database, settings)
    finally:
        await database.close()

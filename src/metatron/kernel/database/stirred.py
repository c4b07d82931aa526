"""Which dedicated databases have been written to: asked of the server's own counters.

A worker goes through all databases for what waits in them. Each look at one that is not open costs
a connection, so with hundreds of them one that nobody has written to is passed over. The counters
come up to ten seconds late (a backend hands on its own at most once a second, or when it rests),
they are lost in a crash, which shows as a change, and of a database on another server there are
none: that one is looked into each time.
"""

import time
from collections.abc import Collection, Mapping
from urllib.parse import urlsplit
from uuid import UUID

import asyncpg

from metatron.kernel.database.database import Database
from metatron.kernel.database.router import Address

FEW = 16
"""So many are looked into each time: their connections stay open anyway."""
KEPT_SECONDS = 0.5
_WRITTEN = """
select datname::text as name, tup_inserted + tup_updated as rows, stats_reset
from pg_stat_database where datname = any($1::text[])
"""
Mark = tuple[object, ...]


class Counters:
    """The counters of all databases, asked for at most twice a second for all who want them."""

    def __init__(self, database: Database) -> None:
        """Ask through the system role's pool of the home database."""
        self._system = database.system
        self._read_at = float("-inf")
        self._marks: dict[str, Mark] = {}

    async def marks(self, names: Collection[str]) -> Mapping[str, Mark]:
        """Return how much has been written to each, by the names the server knows."""
        if time.monotonic() - self._read_at > KEPT_SECONDS:
            rows = await self._system.fetch(_WRITTEN, list(names))
            self._marks = {row["name"]: (row["rows"], row["stats_reset"]) for row in rows}
            self._read_at = time.monotonic()
        return self._marks


def name_of(address: Address) -> str:
    """Return the name of the database at an address."""
    return urlsplit(address.system_dsn).path.removeprefix("/")


class Rounds:
    """The rounds of one sweeper over all databases with something new in them.

    Whoever finds that a database needs another look, though nothing is written to it meanwhile
    (something is due later, the look failed), says so with `again`.
    """

    def __init__(self, database: Database, *, few: int = FEW) -> None:
        """Start with nothing known: the first round goes everywhere."""
        self._database, self._few = database, few
        self._counters = database.keep(Counters)
        self._seen: dict[UUID, tuple[float, Mark | None]] = {}
        self._due: dict[UUID, float] = {}
        self._tenants: dict[int, UUID] = {}

    async def sources(
        self, tenants: Collection[UUID] | None = None
    ) -> "list[asyncpg.Pool[asyncpg.Record]]":
        """Return system pools, the home one first: of what is to be looked into, or of `tenants`.

        Besides, one database whose last look is the longest ago: nothing stays unseen for good.
        """
        if tenants is not None:
            return [self._database.system, *await self._pools(tenants)]
        return [self._database.system, *await self._pools(await self._restless())]

    async def _pools(self, tenants: Collection[UUID]) -> "list[asyncpg.Pool[asyncpg.Record]]":
        found = await self._database.router.system_pools_by_tenant(tenants)
        self._tenants = {id(pool): tenant_id for tenant_id, pool in found.items()}
        return list(found.values())

    async def _restless(self) -> list[UUID]:
        addresses = await self._database.router.directory.every()
        if len(addresses) <= self._few:
            return [address.tenant_id for address in addresses]
        marks = await self._counters.marks([name_of(address) for address in addresses])
        now = time.monotonic()
        seen = {a.tenant_id: self._seen.get(a.tenant_id) for a in addresses}
        longest_ago = min(seen, key=lambda tenant_id: (seen[tenant_id] or (0.0,))[0])
        found = []
        for address in addresses:
            tenant_id, mark = address.tenant_id, marks.get(name_of(address))
            before = seen[tenant_id]
            if (
                mark is None
                or before is None
                or before[1] != mark
                or self._due.get(tenant_id, now + 1) <= now
                or tenant_id == longest_ago
            ):
                found.append(tenant_id)
                self._due.pop(tenant_id, None)
                seen[tenant_id] = now, mark
        self._seen = {tenant_id: last for tenant_id, last in seen.items() if last is not None}
        return found

    def again(self, source: "asyncpg.Pool[asyncpg.Record]", seconds: float) -> None:
        """Look into a database of the last round once more, in so many seconds at the latest."""
        tenant_id = self._tenants.get(id(source))
        if tenant_id is not None:
            due = time.monotonic() + seconds
            self._due[tenant_id] = min(due, self._due.get(tenant_id, due))

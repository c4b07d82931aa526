"""The registry of dedicated databases: read by every process, remembered for half a minute."""

import time
from collections import OrderedDict
from collections.abc import Awaitable, Callable
from uuid import UUID

import asyncpg

from metatron.kernel.database.listener import Listener
from metatron.kernel.database.migrations import Schema
from metatron.kernel.database.router import Address
from metatron.kernel.secrets import SecretBox
from metatron.platform.tenancy.announce import CHANNEL
from metatron.platform.tenancy.site import migration_folders, site

KEPT_SECONDS = 30.0
_MOST_KEPT = 50_000
_SELECT = """
select tenant_id, app_dsn_sealed, system_dsn_sealed, schema_revisions
from tenancy.placement where is_current
"""


class PlacementRegistry:
    """Answers where a tenant lives.

    Args:
        system: system pool of the home database.
        box: opens the sealed addresses.
    """

    def __init__(self, system: "asyncpg.Pool[asyncpg.Record]", box: SecretBox) -> None:
        """Start with nothing known."""
        self._system, self._box = system, box
        self._known: OrderedDict[UUID, tuple[float, Address | None]] = OrderedDict()
        self._schema = Schema(migration_folders())
        self._every: tuple[float, list[Address]] = float("-inf"), []
        self._forgotten = 0
        self._deaf: Callable[[], Awaitable[None]] | None = None

    async def find(self, tenant_id: UUID) -> Address | None:
        """Return where a dedicated tenant lives, None for the home database."""
        now = time.monotonic()
        known = self._known.get(tenant_id)
        if known is not None and known[0] > now:
            return known[1]
        forgotten = self._forgotten
        row = await self._system.fetchrow(f"{_SELECT} and tenant_id = $1", tenant_id)
        address = self._read(row) if row is not None else None
        if forgotten != self._forgotten:
            # Something changed while we looked: right or not, this is not to be kept.
            return address
        self._known[tenant_id] = (now + KEPT_SECONDS, address)
        if len(self._known) > _MOST_KEPT:
            self._known.popitem(last=False)
        return address

    async def every(self) -> list[Address]:
        """Return all dedicated databases in use whose schema this code knows."""
        now = time.monotonic()
        if self._every[0] > now:
            return self._every[1]
        forgotten = self._forgotten
        rows = await self._system.fetch(f"{_SELECT} order by tenant_id")
        found = [address for row in rows if (address := self._read(row)).is_usable]
        # Without a listener nobody would tell of a change.
        if forgotten == self._forgotten and self._deaf is not None:
            self._every = now + KEPT_SECONDS, found
        return found

    def _read(self, row: asyncpg.Record) -> Address:
        return Address(
            tenant_id=UUID(str(row["tenant_id"])),
            dsn=site().as_ourselves(self._box.open(row["app_dsn_sealed"])),
            system_dsn=site().as_ourselves(self._box.open(row["system_dsn_sealed"]), system=True),
            is_usable=self._schema.is_understood(row["schema_revisions"]),
        )

    def forget(self, tenant_id: UUID | None = None) -> None:
        """Read afresh next time: one tenant's row, or all."""
        self._forgotten += 1
        self._every = float("-inf"), []
        if tenant_id is None:
            self._known.clear()
        else:
            self._known.pop(tenant_id, None)

    async def start(self, listener: Listener) -> None:
        """Begin to listen for changes."""
        self._deaf = await listener.hear({CHANNEL: self._on_notice}, lost=self.forget)

    async def stop(self) -> None:
        """Stop listening."""
        if self._deaf is not None:
            await self._deaf()
            self._deaf = None

    def _on_notice(self, payload: str) -> None:
        kind, _, name = payload.partition(":")
        if kind == "tenant":
            self.forget(UUID(name))

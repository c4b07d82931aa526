"""The port through which a move has a tenant's log sealed: audit provides it when it is imported.

Tenancy does not know audit; audit knows tenancy, and hands over its function.
"""

from typing import Protocol
from uuid import UUID

import asyncpg


class SealTenant(Protocol):
    """Seals what is left of a tenant's frozen log; returns how many events that were."""

    async def __call__(self, pool: "asyncpg.Pool[asyncpg.Record]", tenant_id: UUID, /) -> int:
        """Do so, as the system role of the database in which the tenant lives."""
        ...


_seal: SealTenant | None = None


def provide_sealing(seal: SealTenant) -> None:
    """Take note of how logs are sealed; called by the manifest that brings it."""
    global _seal
    _seal = seal


def sealing() -> SealTenant:
    """Return what `provide_sealing` noted."""
    assert _seal is not None, "a module that keeps the log calls provide_sealing first"
    return _seal

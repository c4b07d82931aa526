"""What other modules may use: seal before a tenant moves, verify after it."""

import asyncio
from collections.abc import Iterable
from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import UUID

import asyncpg

from metatron.platform.audit.canonical import GENESIS, canonical, instant
from metatron.platform.audit.checkpoints import CheckpointFiles, CheckpointVerifier
from metatron.platform.audit.keys import AuditKey, published_keys
from metatron.platform.audit.proofs import proofs_of
from metatron.platform.audit.sealing import seal_left_over
from metatron.platform.audit.verification import Finding, Report, tenants_of, verify

__all__ = [
    "GENESIS",
    "AuditKey",
    "Finding",
    "Report",
    "bring_checkpoints",
    "canonical",
    "instant",
    "newest_checkpoints",
    "proofs_of",
    "published_keys",
    "seal_tenant",
    "set_aside_checkpoints",
    "tenants_in_logs",
    "verify_tenant",
]


async def seal_tenant(pool: "asyncpg.Pool[asyncpg.Record]", tenant_id: UUID) -> int:
    """Seal all of a tenant's events; returns how many were left.

    Call it when the tenant's writes are frozen, before its rows are copied unchanged to another
    database (`kernel.event`, `audit.seal`, `audit.checkpoint`; not `audit.horizon`).
    """
    return await seal_left_over(pool, tenant_id)


async def verify_tenant(
    pool: "asyncpg.Pool[asyncpg.Record]", tenant_id: UUID, *, data_dir: Path
) -> Report:
    """Check a tenant's log in the database behind the system pool `pool`.

    `data_dir` holds the public audit keys and the checkpoints kept outside the database.
    """
    return await verify(
        pool,
        tenant_id,
        outside=CheckpointFiles(data_dir).read(tenant_id),
        keys=CheckpointVerifier(data_dir),
    )


async def tenants_in_logs(
    pools: "Iterable[asyncpg.Pool[asyncpg.Record]]", data_dir: Path
) -> list[UUID]:
    """Return whose logs there are, behind system pools or only outside: cut to nothing inside."""
    found = await asyncio.to_thread(CheckpointFiles(data_dir).tenants)
    for pool in pools:
        found |= await tenants_of(pool)
    return sorted(found)


def newest_checkpoints(data_dir: Path) -> dict[str, dict[str, Any]]:
    """Return the newest checkpoint kept outside the database, by tenant: count, head, instant."""
    files = CheckpointFiles(data_dir)
    found = {}
    for tenant_id in sorted(files.tenants()):
        last = max(files.read(tenant_id), key=lambda each: each.signed_at, default=None)
        if last is not None:
            found[str(tenant_id)] = {
                "count": last.count,
                "head": last.head.hex(),
                "signed_at": last.signed_at.isoformat(),
            }
    return found


def bring_checkpoints(living: Path, data_dir: Path) -> None:
    """Add to the files of a data folder the checkpoints that are only in another one's."""
    newer, files = CheckpointFiles(living), CheckpointFiles(data_dir)
    for tenant_id in newer.tenants():
        known = {each.signature for each in files.read(tenant_id)}
        files.append(each for each in newer.read(tenant_id) if each.signature not in known)


def set_aside_checkpoints(
    data_dir: Path, *, after: datetime, name: str, tenant_id: UUID | None = None
) -> int:
    """Take checkpoints signed after an instant out of the files, for a database put back to it.

    They are kept beside as `<tenant>.<name>`, where `metatron audit verify` does not look: they
    tell an auditor what the restoration cut off. Returns how many there were.
    """
    files = CheckpointFiles(data_dir)
    tenants = files.tenants() if tenant_id is None else {tenant_id}
    return sum(files.set_aside(each, after=after, name=name) for each in tenants)

"""What other modules may use: seal before a tenant moves, verify after it."""

from pathlib import Path
from uuid import UUID

import asyncpg

from metatron.platform.audit.checkpoints import CheckpointFiles, CheckpointVerifier
from metatron.platform.audit.proofs import proofs_of
from metatron.platform.audit.sealing import seal_left_over
from metatron.platform.audit.verification import Finding, Report, verify

__all__ = ["Finding", "Report", "proofs_of", "public_keys", "seal_tenant", "verify_tenant"]


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


def public_keys(data_dir: Path) -> dict[str, str]:
    """Return the installation's public audit keys (Ed25519, hex) by their ids."""
    return CheckpointVerifier(data_dir).public_keys

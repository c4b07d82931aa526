"""What measures how much of its limits a tenant uses; each module tells of what it counts."""

from collections.abc import Awaitable, Callable
from uuid import UUID

from metatron.kernel.database.database import Database
from metatron.platform.tenancy.limits import Limits

Meter = Callable[[Database, UUID], Awaitable[float]]
"""Takes a tenant and returns what it uses, in the unit of the limit."""
_meters: dict[str, Meter] = {}


def register_meter(limit: str, meter: Meter) -> None:
    """Let `meter` tell what is used of `limit`, a field of `Limits`; at import."""
    assert limit in Limits.model_fields, f"there is no limit {limit}"
    _meters[limit] = meter


async def measured(database: Database, tenant_id: UUID) -> dict[str, float]:
    """Return what a tenant uses, by limit; a limit that nothing measures is left out."""
    return {name: await meter(database, tenant_id) for name, meter in sorted(_meters.items())}

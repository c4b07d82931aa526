"""When API keys were last used, gathered in memory and written at most once a minute."""

import asyncio
from datetime import datetime
from uuid import UUID

from metatron.kernel.database.database import Database
from metatron.kernel.database.lost import DATABASE_ERRORS, outlived

INTERVAL_SECONDS = 60.0
_WRITE = """
update tenancy.api_key k set last_used_at = u.used_at
from unnest($1::uuid[], $2::uuid[], $3::timestamptz[]) u(tenant_id, id, used_at)
where k.tenant_id = u.tenant_id and k.id = u.id
  and coalesce(k.last_used_at, '-infinity') < u.used_at
"""
_uses: dict[tuple[UUID, UUID], datetime] = {}


def note_use(tenant_id: UUID, key_id: UUID, now: datetime) -> None:
    """Remember that a key was used at `now`; the gate calls this for cached keys too."""
    _uses[tenant_id, key_id] = now


async def write_uses(database: Database) -> int:
    """Write what was gathered, in one statement; returns how many keys."""
    taken = dict(_uses)
    _uses.clear()
    if not taken:
        return 0
    tenants, keys = [key[0] for key in taken], [key[1] for key in taken]
    try:
        await database.system.execute(_WRITE, tenants, keys, list(taken.values()))
    except DATABASE_ERRORS:
        for key, used_at in taken.items():
            _uses.setdefault(key, used_at)
        raise
    return len(taken)


async def keep_writing(database: Database, *, interval_seconds: float = INTERVAL_SECONDS) -> None:
    """Write every minute until cancelled; a lost database costs nothing but time."""
    while True:
        await asyncio.sleep(interval_seconds)
        with outlived("key_uses_wait"):
            await write_uses(database)

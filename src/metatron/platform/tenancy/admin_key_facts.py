"""What an admin API key stands for: looked up by its hash at the gate, by its id afterwards."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from metatron.kernel.database.database import Database
from metatron.platform.tenancy.operator_facts import OperatorFacts, grants_of

_KEY = """
select k.id, k.expires_at, g.scope, g.subject_ids, g.resource, g.action
from tenancy.admin_key k join tenancy.admin_key_grant g on g.key_id = k.id
where k.revoked_at is null
"""
_BY_DIGEST = _KEY + "and k.digest = $1"
_BY_ID = _KEY + "and k.id = $1"


@dataclass(frozen=True, slots=True)
class AdminKeyFacts:
    """A key nobody has ended; it ends by itself at `expires_at`."""

    expires_at: datetime
    holder: OperatorFacts
    """What it may do: its grants, under the key's own id."""


async def resolve_admin_key(database: Database, digest: bytes) -> AdminKeyFacts | None:
    """Return what the key with this SHA-256 stands for; None for an unknown or ended one."""
    return await _look_up(database, _BY_DIGEST, digest)


async def admin_key_holder(database: Database, key_id: UUID) -> OperatorFacts | None:
    """Return what a key may do now; None once somebody has ended it."""
    found = await _look_up(database, _BY_ID, key_id)
    return None if found is None else found.holder


async def _look_up(database: Database, statement: str, key: bytes | UUID) -> AdminKeyFacts | None:
    rows = await database.look_ups.fetch(statement, key)
    if not rows:
        return None
    key_id = UUID(str(rows[0]["id"]))
    return AdminKeyFacts(rows[0]["expires_at"], OperatorFacts(key_id, key_id, grants_of(rows)))


def notice_of(digest: bytes) -> str:
    """Return the notice on `metatron_access` that makes every process forget the key."""
    return f"admin_key:{digest.hex()[:16]}"

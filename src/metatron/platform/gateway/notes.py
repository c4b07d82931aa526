"""Writes down what looks like an attack: to the log at once, to the audit trail within measure."""

import time
from uuid import UUID

import structlog

from metatron.kernel.context import Context
from metatron.kernel.database.database import Database
from metatron.kernel.database.session import session_now
from metatron.kernel.events.event import Event, publish
from metatron.kernel.ids import PLATFORM_TENANT_ID
from metatron.platform.gateway.events import AdminKeyRefused, CredentialsMismatched
from metatron.platform.tenancy.interface import KeyFacts

QUIET_SECONDS = 1.0
MOST_CALLERS = 10_000
log = structlog.get_logger(__name__)
_noted_at: dict[str, float] = {}


async def note_mismatch(
    database: Database, caller: Context, user_id: UUID, key: KeyFacts, tenant_id: UUID
) -> None:
    """Record that a person's token and another organisation's key came together."""
    log.warning("tenant_mismatch", user_id=str(user_id), key_id=str(key.key_id))
    event = CredentialsMismatched(
        aggregate_id=user_id,
        user_id=user_id,
        key_id=key.key_id,
        tenant_of_token_id=tenant_id,
        tenant_of_key_id=key.tenant.id,
    )
    await _record(database, caller, event)


async def note_admin_key_refused(database: Database, caller: Context) -> None:
    """Record a wrong admin key."""
    log.warning("admin_key_refused", ip=caller.ip)
    await _record(database, caller, AdminKeyRefused(aggregate_id=PLATFORM_TENANT_ID))


async def _record(database: Database, caller: Context, event: Event) -> None:
    """Publish at most one event a second and address, so that a flood fills no table."""
    key, now = f"{event.name}/{caller.ip}", time.monotonic()
    if now - _noted_at.get(key, float("-inf")) < QUIET_SECONDS:
        return
    if len(_noted_at) >= MOST_CALLERS:
        _noted_at.clear()
    _noted_at[key] = now
    async with database.transaction(caller) as session:
        await publish(session, caller, event, now=await session_now(session))

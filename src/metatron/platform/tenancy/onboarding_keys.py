"""The text of an onboarding's first API key: shown once to an operator, or forgotten in a day."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from metatron.kernel.context import Context
from metatron.kernel.database.database import Database
from metatron.kernel.errors import NotFound
from metatron.platform.tenancy.onboarding import load_onboarding
from metatron.platform.tenancy.site import site

FORGET = "tenancy.forget_key"
_READ = text("""
select outcome ->> 'sealed_key' from tenancy.onboarding_step
where onboarding_id = :id and name = 'api_key' and state = 'done'
""")
_ERASE = """
update tenancy.onboarding_step set outcome = outcome - 'sealed_key'
where onboarding_id = :id and name = 'api_key'
"""


async def take_key(session: AsyncSession, *, onboarding_id: UUID) -> str:
    """Return the key's text and erase it; raises `NotFound` when it is not there (any more)."""
    await load_onboarding(session, onboarding_id)
    sealed = (await session.execute(_READ, {"id": onboarding_id})).scalar_one_or_none()
    if sealed is None:
        raise NotFound
    await session.execute(text(_ERASE), {"id": onboarding_id})
    return site().box.open(sealed.encode())


async def forget_key(
    database: Database, context: Context, *, now: datetime, onboarding_id: str
) -> None:
    """Erase a key's text that nobody has taken; runs as a job."""
    assert context.actor_kind == "system", "forgetting is the system's own work"
    assert now is not None
    await database.system.execute(_ERASE.replace(":id", "$1"), UUID(onboarding_id))

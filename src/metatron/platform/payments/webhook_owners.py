"""Whose message it is, when a provider's message names no organisation (a bank's dispute)."""

from uuid import UUID

import asyncpg
import structlog

from metatron.kernel.database.database import Database
from metatron.kernel.database.holdings import Holdings
from metatron.kernel.errors import Busy
from metatron.platform.payments.adapter import ProviderEvent

log = structlog.get_logger(__name__)

_HOLDS = "select exists (select from payments.instruction)"
# The index is led by the tenant: from tenant to tenant, one probe each.
_OWNER = """
with recursive tenant as (
  (select tenant_id from payments.instruction order by tenant_id limit 1)
  union all
  select (select i.tenant_id from payments.instruction i where i.tenant_id > tenant.tenant_id
          order by i.tenant_id limit 1)
  from tenant where tenant.tenant_id is not null)
select tenant.tenant_id from tenant where exists (
  select from payments.instruction i where i.tenant_id = tenant.tenant_id
  and i.provider = $1 and i.provider_reference = $2) limit 1
"""


async def find_tenant(database: Database, provider: str, event: ProviderEvent) -> UUID | None:
    """Return the organisation whose instruction has the reference the message is about.

    Only for verified messages. A database that is away is passed over: the provider sends its
    message again when it is not answered, and a missed one shows up on the statement.
    """
    if event.observation is None:
        return None
    for pool in await database.keep(Holdings).sources(_HOLDS):
        try:
            found = await pool.fetchval(_OWNER, provider, event.observation.source_reference)
        except (asyncpg.PostgresError, asyncpg.InterfaceError, OSError, Busy) as error:
            if pool is database.system:
                raise
            log.warning("webhook_owner_not_looked_for", error=type(error).__name__)
            continue
        if found is not None:
            return UUID(str(found))
    return None

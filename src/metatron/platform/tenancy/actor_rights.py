"""What somebody who once acted may do now: for work that goes on in their name."""

from dataclasses import dataclass
from uuid import UUID

from metatron.kernel.clock import utc_now
from metatron.kernel.database.database import Database
from metatron.platform.tenancy.facts import KEY_ENDS_AT, resolve_access
from metatron.platform.tenancy.rights import rights

# A key that was rotated has a successor, who goes on with what it began.
_KEY = f"""
with recursive line as (
  select k.id, k.replaced_by, k.application_id, k.state, {KEY_ENDS_AT} as ends_at, k.scopes
  from tenancy.api_key k join tenancy.tenant t on t.id = k.tenant_id
  where k.tenant_id = $1 and k.id = $2
  union all
  select k.id, k.replaced_by, k.application_id, k.state, {KEY_ENDS_AT} as ends_at, k.scopes
  from tenancy.api_key k join tenancy.tenant t on t.id = k.tenant_id
  join line on k.id = line.replaced_by where k.tenant_id = $1
)
select l.scopes from line l
join tenancy.application a on a.tenant_id = $1 and a.id = l.application_id
where l.state = 'active' and a.state = 'active' and l.ends_at > $3 limit 1
"""


@dataclass(frozen=True, slots=True)
class ActorRights:
    """What an active member or a valid API key holds; a key carries no role."""

    permissions: frozenset[str]
    role_ids: frozenset[UUID] = frozenset()


async def rights_of_actor(
    database: Database, tenant_id: UUID, actor_id: UUID
) -> ActorRights | None:
    """Return what a person or an API key may do in a tenant now.

    None for who is no active member, and for a key that ended without a successor.
    """
    access = await resolve_access(database, tenant_id, actor_id)
    if access is not None:
        return ActorRights(access.permissions, access.role_ids)
    row = await database.system.fetchrow(_KEY, tenant_id, actor_id, utc_now())
    return row and ActorRights(frozenset(row["scopes"]) & rights().permissions)

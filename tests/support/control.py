"""Operators and API keys for tests, made by tenancy's own use cases where there are any."""

from dataclasses import dataclass
from uuid import UUID, uuid4

from metatron.kernel.clock import utc_now
from metatron.kernel.context import Context
from metatron.kernel.database.database import Database
from metatron.kernel.ids import new_id
from metatron.platform.tenancy.api_keys import create_api_key, revoke_api_key
from metatron.platform.tenancy.applications import create_application

_OPERATOR = """
insert into tenancy.operator (id, user_id, email, display_name, state, created_at)
select $1, u.id, u.email, u.display_name, 'active', now() from identity.pub_user u where u.id = $2
"""
_GRANT = """
insert into tenancy.operator_grant (id, operator_id, scope, subject_ids, resource, action)
values ($1, $2, $3, $4, $5, $6)
"""


async def make_operator(
    database: Database,
    user_id: UUID,
    *,
    resource: str = "*",
    action: str = "*",
    tenants: tuple[UUID, ...] = (),
) -> UUID:
    """Make a person an operator over everything, or over some tenants."""
    operator_id = new_id()
    scope = "tenants" if tenants else "all"
    await database.system.execute(_OPERATOR, operator_id, user_id)
    await database.system.execute(
        _GRANT, new_id(), operator_id, scope, list(tenants), resource, action
    )
    await database.system.execute(
        "select pg_notify('metatron_access', 'user:' || $1::text)", str(user_id)
    )
    return operator_id


@dataclass(frozen=True)
class MadeKey:
    """A key of a tenant: its text and its id."""

    text: str
    id: UUID


def _manager(tenant_id: UUID, scopes: frozenset[str]) -> Context:
    rights = frozenset({"tenancy:manage_api_keys", "tenancy:api_keys"}) | scopes
    return Context(tenant_id, "user", actor_id=uuid4(), permissions=rights)


async def make_key(
    database: Database,
    tenant_id: UUID,
    *scopes: str,
    ip_allow_list: tuple[str, ...] = (),
) -> MadeKey:
    """Make an API key of a new application."""
    context = _manager(tenant_id, frozenset(scopes))
    now = utc_now()
    async with database.transaction(context, door="home") as session:
        application = await create_application(
            session, context, name=f"App {new_id().hex}", now=now
        )
        made = await create_api_key(
            session,
            context,
            name="Key",
            application_id=application.id,
            kind="standard",
            scopes=scopes,
            ip_allow_list=ip_allow_list,
            now=now,
        )
        key, secret = made
        return MadeKey(secret, key.id)


async def revoke_key(database: Database, tenant_id: UUID, key_id: UUID) -> None:
    """Revoke a key."""
    context = _manager(tenant_id, frozenset())
    async with database.transaction(context, door="home") as session:
        await revoke_api_key(session, context, key_id=key_id, now=utc_now())

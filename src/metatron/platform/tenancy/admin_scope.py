"""How far the caller of an admin route reaches: an operator's or a key's grants, or everything."""

from uuid import UUID

from metatron.kernel.context import Context
from metatron.kernel.database.database import Database
from metatron.kernel.errors import NotFound
from metatron.kernel.ids import PLATFORM_TENANT_ID
from metatron.platform.tenancy.admin_key_facts import admin_key_holder
from metatron.platform.tenancy.errors import NotOperator, ScopeTooNarrow
from metatron.platform.tenancy.operator_facts import Grant, OperatorFacts, resolve_operator

_EVERYTHING = Grant("all", frozenset(), "*", "*")
_TENANTS = """
select id from tenancy.tenant where ($1 or account_id = any($2) or id = any($3))
  and ($4::uuid is null or account_id = $4)
"""
_WITHIN = """
select bool_and(
  (g.scope = 'accounts' and g.subject_ids <@ $2::uuid[]) or (g.scope = 'tenants' and not exists (
    select from unnest(g.subject_ids) s(id) left join tenancy.tenant t using (id)
    where not (s.id = any($3::uuid[]) or coalesce(t.account_id = any($2::uuid[]), false)))))
"""
_OPERATOR_WITHIN = _WITHIN + "from tenancy.operator_grant g where g.operator_id = $1"
_KEY_WITHIN = _WITHIN + "from tenancy.admin_key_grant g where g.key_id = $1"


async def acting_operator(database: Database, context: Context) -> OperatorFacts:
    """Return what the caller of an admin route may do, read afresh.

    Raises:
        NotOperator: the operator was suspended, or the key ended, a moment ago.
    """
    kind, actor_id = context.actor_kind, context.actor_id
    if kind == "system" or (kind == "admin_key" and actor_id is None):
        return OperatorFacts(PLATFORM_TENANT_ID, PLATFORM_TENANT_ID, (_EVERYTHING,))
    found = None
    if kind == "operator" and actor_id is not None:
        found = await resolve_operator(database, actor_id)
    elif kind == "admin_key" and actor_id is not None:
        found = await admin_key_holder(database, actor_id)
    if found is None:
        raise NotOperator("operators:read")
    return found


async def demand_reach(
    database: Database,
    context: Context,
    permission: str,
    *,
    tenant_id: UUID | None = None,
    account_id: UUID | None = None,
) -> None:
    """Refuse with `NotFound` what lies outside the caller's scope: foreign ids are unknown ids."""
    facts = await acting_operator(database, context)
    if not facts.reaches(tenant_id, account_id, permission):
        raise NotFound


async def scope_arguments(
    database: Database, context: Context, permission: str
) -> tuple[bool, list[UUID], list[UUID]]:
    """Return `(everything, accounts, tenants)` for a list's statement."""
    return (await acting_operator(database, context)).scope_of(permission)


async def tenants_in_reach(
    database: Database, context: Context, permission: str, *, account_id: UUID | None = None
) -> list[UUID] | None:
    """Return the tenants that the caller reaches with `permission`; None stands for all.

    With `account_id` only those of that client account: none of an account beyond the scope.
    """
    scope = await scope_arguments(database, context, permission)
    if scope[0] and account_id is None:
        return None
    rows = await database.system.fetch(_TENANTS, *scope, account_id)
    return [UUID(str(row[0])) for row in rows]


async def demand_everything(database: Database, context: Context, permission: str) -> None:
    """Refuse a caller who does not hold `permission` over the whole platform.

    Raises:
        ScopeTooNarrow: they hold it over some accounts or tenants only.
        NotOperator: the operator was suspended a moment ago.
    """
    everything, _, _ = await scope_arguments(database, context, permission)
    if not everything:
        raise ScopeTooNarrow(permission)


async def operator_in_reach(
    database: Database, context: Context, permission: str, operator_id: UUID
) -> None:
    """Refuse with `NotFound` an operator whose grants go beyond the caller's scope."""
    await _within(database, context, permission, _OPERATOR_WITHIN, operator_id)


async def admin_key_in_reach(
    database: Database, context: Context, permission: str, key_id: UUID
) -> None:
    """Refuse with `NotFound` an admin API key whose grants go beyond the caller's scope."""
    await _within(database, context, permission, _KEY_WITHIN, key_id)


async def _within(
    database: Database, context: Context, permission: str, statement: str, subject_id: UUID
) -> None:
    everything, accounts, tenants = await scope_arguments(database, context, permission)
    if everything:
        return
    if not await database.system.fetchval(statement, subject_id, accounts, tenants):
        raise NotFound

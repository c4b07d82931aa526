"""Who may give which grants: nobody gives, or takes away, more than they hold themselves."""

from collections.abc import Iterable
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from metatron.kernel.errors import InvalidInput
from metatron.platform.tenancy.errors import GrantAboveOwnRights
from metatron.platform.tenancy.operator_facts import RESOURCES, Grant, OperatorFacts
from metatron.platform.tenancy.tables import OperatorGrant, Tenant

ANY = "*"


def checked_grant(scope: str, subject_ids: Iterable[UUID], resource: str, action: str) -> Grant:
    """Return a grant that means something; raise `InvalidInput` for any other."""
    subjects = frozenset(subject_ids)
    if (scope == "all") != (not subjects):
        hint = "Name accounts or tenants, unless the scope is all."
        raise InvalidInput.field("body.grants.subject_ids", "scope_and_subjects", hint)
    grant = Grant(scope, subjects, resource, action)
    if not grant.permissions() or (resource != ANY and resource not in RESOURCES):
        hint = f"There is no {resource}:{action}."
        raise InvalidInput.field("body.grants.action", "unknown_permission", hint)
    return grant


async def read_grants(session: AsyncSession, operator_id: UUID) -> list[Grant]:
    """Return what an operator has been given."""
    rows = await session.scalars(
        select(OperatorGrant).where(OperatorGrant.operator_id == operator_id)
    )
    return [Grant(r.scope, frozenset(r.subject_ids), r.resource, r.action) for r in rows]


async def check_may_give(session: AsyncSession, giver: OperatorFacts, grants: list[Grant]) -> None:
    """Raise `GrantAboveOwnRights` unless the giver holds every right, over all it reaches."""
    for grant in grants:
        parents = await _accounts_of(session, grant)
        for permission in grant.permissions():
            everything, accounts, tenants = giver.scope_of(permission)
            if everything:
                continue
            if grant.scope == "accounts" and grant.subject_ids <= set(accounts):
                continue
            if grant.scope == "tenants" and all(
                subject in tenants or parents.get(subject) in accounts
                for subject in grant.subject_ids
            ):
                continue
            raise GrantAboveOwnRights


async def _accounts_of(session: AsyncSession, grant: Grant) -> dict[UUID, UUID | None]:
    if grant.scope != "tenants":
        return {}
    rows = await session.execute(
        select(Tenant.id, Tenant.account_id).where(Tenant.id.in_(grant.subject_ids))
    )
    return {row.id: row.account_id for row in rows}

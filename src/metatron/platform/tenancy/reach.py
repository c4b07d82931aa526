"""How far an operator's right goes: everything, listed accounts or listed tenants."""

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from metatron.kernel.context import Context
from metatron.kernel.errors import NotFound, PermissionDenied
from metatron.platform.tenancy.operator_facts import Grant, OperatorFacts
from metatron.platform.tenancy.tables import Operator, OperatorGrant


@dataclass(frozen=True, slots=True)
class Reach:
    """Where a permission holds."""

    everything: bool
    accounts: tuple[UUID, ...] = ()
    tenants: tuple[UUID, ...] = ()

    def arguments(self) -> tuple[bool, list[UUID], list[UUID]]:
        """Return the three values that list statements take."""
        return self.everything, list(self.accounts), list(self.tenants)

    def check(self, tenant_id: UUID | None, account_id: UUID | None) -> None:
        """Raise `NotFound` for what lies outside: nobody learns that it exists."""
        inside = tenant_id in self.tenants or account_id in self.accounts
        if not self.everything and not inside:
            raise NotFound

    def check_everything(self, permission: str) -> None:
        """Raise `PermissionDenied` unless the right is unbounded (needed to make new things)."""
        if not self.everything:
            raise PermissionDenied(permission)


async def operator_of(session: AsyncSession, context: Context) -> OperatorFacts | None:
    """Return the operator who asks; None for the admin key and the system, which may everything.

    Raises:
        PermissionDenied: the actor is no active operator.
    """
    if context.actor_kind in {"admin_key", "system"}:
        return None
    if context.actor_kind != "operator" or context.actor_id is None:
        raise PermissionDenied("operator")
    operator = await session.scalar(
        select(Operator).where(Operator.user_id == context.actor_id, Operator.state == "active")
    )
    if operator is None or operator.user_id is None:
        raise PermissionDenied("operator")
    rows = await session.scalars(
        select(OperatorGrant).where(OperatorGrant.operator_id == operator.id)
    )
    grants = tuple(
        Grant(row.scope, frozenset(row.subject_ids), row.resource, row.action) for row in rows
    )
    return OperatorFacts(operator.id, operator.user_id, grants)


async def reach_of(session: AsyncSession, context: Context, permission: str) -> Reach:
    """Return where the actor holds `permission`; raise `PermissionDenied` when nowhere."""
    facts = await operator_of(session, context)
    if facts is None:
        return Reach(everything=True)
    if permission not in facts.permissions:
        raise PermissionDenied(permission)
    everything, accounts, tenants = facts.scope_of(permission)
    return Reach(everything, tuple(accounts), tuple(tenants))

"""What an operator may do, and to whom: additive grants, nothing by default."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from metatron.kernel.database.database import Database
from metatron.platform.tenancy.facts import TenantFacts

RESOURCES: dict[str, tuple[str, ...]] = {
    "accounts": ("read", "write"),
    "tenants": ("read", "write", "move"),
    "onboarding": ("read", "write"),
    "operators": ("read", "write"),
    "users": ("read", "impersonate", "revoke"),
    "jobs": ("read", "retry", "drop"),
    "audit": ("read",),
    "personal_data": ("read", "write"),
    "status": ("read", "write"),
    "settings": ("read", "write"),
}
OPERATOR_PERMISSIONS = frozenset(
    f"{resource}:{action}" for resource, actions in RESOURCES.items() for action in actions
)
_GRANTS = """
select o.id, o.user_id, g.scope, g.subject_ids, g.resource, g.action
from tenancy.operator o left join tenancy.operator_grant g on g.operator_id = o.id
where o.state = 'active' and (o.user_id = $1 or o.id = $1)
"""


@dataclass(frozen=True, slots=True)
class Grant:
    """A right over everything, listed accounts or listed tenants. `*` stands for all."""

    scope: str
    subject_ids: frozenset[UUID]
    resource: str
    action: str

    def permissions(self) -> frozenset[str]:
        """Return the `resource:action` names this grant amounts to."""
        return frozenset(
            name
            for name in OPERATOR_PERMISSIONS
            if self.resource in {"*", name.split(":")[0]}
            and self.action in {"*", name.split(":")[1]}
        )

    def covers(self, tenant_id: UUID | None, account_id: UUID | None) -> bool:
        """Tell whether a tenant, or an account, lies in the grant's scope."""
        if self.scope == "all":
            return True
        wanted = tenant_id if self.scope == "tenants" else account_id
        return wanted is not None and wanted in self.subject_ids


@dataclass(frozen=True, slots=True)
class OperatorFacts:
    """An active operator."""

    operator_id: UUID
    user_id: UUID
    grants: tuple[Grant, ...]

    @property
    def permissions(self) -> frozenset[str]:
        """All `resource:action` names held somewhere; `covers_*` say where."""
        return frozenset[str]().union(*(grant.permissions() for grant in self.grants))

    def covers_tenant(self, tenant: TenantFacts, permission: str | None = None) -> bool:
        """Tell whether some grant (of `permission`, if given) reaches the tenant."""
        return self.reaches(tenant.id, tenant.account_id, permission)

    def reaches(
        self, tenant_id: UUID | None, account_id: UUID | None, permission: str | None = None
    ) -> bool:
        """Tell whether some grant (of `permission`, if given) reaches the tenant or account."""
        return any(
            grant.covers(tenant_id, account_id)
            for grant in self.grants
            if permission is None or permission in grant.permissions()
        )

    def scope_of(self, permission: str) -> tuple[bool, list[UUID], list[UUID]]:
        """Return (everything, account ids, tenant ids) that `permission` reaches, for lists."""
        chosen = [grant for grant in self.grants if permission in grant.permissions()]
        return (
            any(grant.scope == "all" for grant in chosen),
            _subjects(chosen, "accounts"),
            _subjects(chosen, "tenants"),
        )


def _subjects(grants: Iterable[Grant], scope: str) -> list[UUID]:
    chosen = [grant.subject_ids for grant in grants if grant.scope == scope]
    return sorted(frozenset[UUID]().union(*chosen))


async def resolve_operator(database: Database, user_id: UUID) -> OperatorFacts | None:
    """Return the active operator with this user id (or operator id), or None."""
    rows = await database.look_ups.fetch(_GRANTS, user_id)
    if not rows:
        return None
    return OperatorFacts(UUID(str(rows[0]["id"])), UUID(str(rows[0]["user_id"])), grants_of(rows))


def grants_of(rows: Iterable[Mapping[str, Any]]) -> tuple[Grant, ...]:
    """Return the grants that rows of scope, subjects, resource and action hold."""
    return tuple(
        Grant(
            row["scope"],
            frozenset(UUID(str(i)) for i in row["subject_ids"]),
            row["resource"],
            row["action"],
        )
        for row in rows
        if row["scope"] is not None
    )


async def operators_in_force(database: Database) -> list[UUID]:
    """Return the user ids of the operators who may act now."""
    rows = await database.system.fetch(
        "select user_id from tenancy.operator where state = 'active' and user_id is not null"
    )
    return [UUID(str(row["user_id"])) for row in rows]

"""Who asks, for which tenant, with which permissions: the argument of every use case."""

from dataclasses import dataclass, replace
from typing import Literal
from uuid import UUID

from metatron.kernel.errors import PermissionDenied
from metatron.kernel.ids import PLATFORM_TENANT_ID, new_id

ActorKind = Literal["user", "api_key", "operator", "admin_key", "service", "system", "anonymous"]


@dataclass(frozen=True, slots=True)
class Context:
    """Immutable facts about one request or job.

    `tenant_id` binds every statement to a tenant. `actor_id` names who acts and comes from the
    credential, never from a body; `impersonator_id` is the operator behind an impersonated user.
    `role_ids` are the roles a person holds in the tenant: for what is granted to roles by name.
    `unnarrowed` is what a person holds whose application's key, beside their token, allows less:
    it tells who they are, never what they may do.
    """

    tenant_id: UUID
    actor_kind: ActorKind
    actor_id: UUID | None = None
    permissions: frozenset[str] = frozenset()
    request_id: str = ""
    session_id: UUID | None = None
    application_id: UUID | None = None
    impersonator_id: UUID | None = None
    ip: str | None = None
    user_agent: str | None = None
    role_ids: frozenset[UUID] = frozenset()
    unnarrowed: frozenset[str] = frozenset()

    def allows(self, permission: str) -> bool:
        """Tell whether the actor holds `permission` (`module:verb`)."""
        return permission in self.permissions

    def has_been_given(self, permission: str) -> bool:
        """Tell whether the person behind holds `permission`, whatever they came with; for marks."""
        return permission in self.permissions or permission in self.unnarrowed

    def demand(self, permission: str) -> None:
        """Raise `PermissionDenied` unless the actor holds `permission`."""
        if permission not in self.permissions:
            raise PermissionDenied(permission)

    def demand_lasting(self, permission: str) -> None:
        """Demand `permission` for what gives rights that last: keys, invitations, roles.

        An operator in somebody's name is refused, for it would outlive the impersonation.
        """
        self.demand(permission)
        if self.impersonator_id is not None:
            raise PermissionDenied(permission)

    def for_tenant(self, tenant_id: UUID) -> "Context":
        """Return the same actor acting in another tenant, with no permission there."""
        nothing: frozenset[str] = frozenset()
        return replace(
            self,
            tenant_id=tenant_id,
            permissions=nothing,
            role_ids=frozenset(),
            unnarrowed=nothing,
        )


def system_context(tenant_id: UUID = PLATFORM_TENANT_ID, *, request_id: str = "") -> Context:
    """Return the context of the system itself (jobs, clock) inside one tenant."""
    return Context(tenant_id, "system", request_id=request_id or str(new_id()))


def anonymous_context(
    *, request_id: str = "", ip: str | None = None, user_agent: str | None = None
) -> Context:
    """Return the context of a request without credentials: the platform's tenant, no rights."""
    return Context(
        PLATFORM_TENANT_ID, "anonymous", request_id=request_id, ip=ip, user_agent=user_agent
    )

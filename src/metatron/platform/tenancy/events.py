"""All that tenancy announces. Payloads hold ids and facts, never personal data."""

from datetime import datetime
from uuid import UUID

from metatron.kernel.events.event import Event


class OrganisationCreated(Event):
    """A tenant came into being; the aggregate is the tenant."""

    name = "tenancy.organisation_created.v1"
    owner_user_id: UUID | None = None
    environment: str
    is_sandbox: bool


class SettingsUpdated(Event):
    """Name, theme, modules or limits changed; `fields` names which."""

    name = "tenancy.settings_updated.v1"
    fields: list[str]


class MemberAdded(Event):
    """A person joined; the aggregate is the member."""

    name = "tenancy.member_added.v1"
    user_id: UUID
    roles: list[str]


class MemberRolesChanged(Event):
    """A member's roles were replaced."""

    name = "tenancy.member_roles_changed.v1"
    user_id: UUID
    roles: list[str]


class MemberRemoved(Event):
    """A member lost access."""

    name = "tenancy.member_removed.v1"
    user_id: UUID


class InvitationSent(Event):
    """Somebody was asked to join."""

    name = "tenancy.invitation_sent.v1"


class InvitationWithdrawn(Event):
    """The invitation is void."""

    name = "tenancy.invitation_withdrawn.v1"


class InvitationAccepted(Event):
    """The invited person joined."""

    name = "tenancy.invitation_accepted.v1"
    user_id: UUID


class RoleSaved(Event):
    """A custom role was made or changed."""

    name = "tenancy.role_saved.v1"
    permissions: list[str]


class RoleDeleted(Event):
    """A custom role is gone."""

    name = "tenancy.role_deleted.v1"


class ApplicationCreated(Event):
    """An application may now have API keys."""

    name = "tenancy.application_created.v1"


class ApiKeyCreated(Event):
    """A key was made; its secret is nowhere but with its user."""

    name = "tenancy.api_key_created.v1"
    application_id: UUID
    scopes: list[str]


class ApiKeyRotated(Event):
    """A key has a successor; the old one ends after the overlap."""

    name = "tenancy.api_key_rotated.v1"
    successor_id: UUID
    overlap_seconds: int


class ApiKeyRevoked(Event):
    """A key ended at once."""

    name = "tenancy.api_key_revoked.v1"


class ClockAdvanced(Event):
    """A sandbox organisation's clock was moved forward."""

    name = "tenancy.clock_advanced.v1"
    seconds: int
    offset_seconds: int


class AccountSaved(Event):
    """A client account was made or changed; `fields` names what."""

    name = "tenancy.account_saved.v1"
    fields: list[str]


class AccountDeleted(Event):
    """A client account is gone from lists; its rows stay."""

    name = "tenancy.account_deleted.v1"


class TenantChanged(Event):
    """An operator changed a tenant; `fields` names what, `state` is the state afterwards.

    `reason` is why it was suspended, or put under maintenance, in the operator's words.
    """

    name = "tenancy.tenant_changed.v1"
    state: str
    fields: list[str]
    reason: str | None = None


class TenantDeleted(Event):
    """A tenant is gone for everybody; its rows stay."""

    name = "tenancy.tenant_deleted.v1"


class TenantMoved(Event):
    """A tenant's rows live elsewhere now; counts and content were compared."""

    name = "tenancy.tenant_moved.v1"
    placement: str
    tables: int
    rows: int


class OnboardingChanged(Event):
    """An onboarding process started, ended, failed or was undone."""

    name = "tenancy.onboarding_changed.v1"
    tenant_id: UUID
    state: str
    step: str = ""


class OperatorChanged(Event):
    """An operator was invited, activated, suspended or given other grants."""

    name = "tenancy.operator_changed.v1"
    change: str


class AdminKeyCreated(Event):
    """An admin API key was made; its text is nowhere but with its user."""

    name = "tenancy.admin_key_created.v1"
    ends_at: datetime


class AdminKeyRevoked(Event):
    """An admin API key was ended before its time."""

    name = "tenancy.admin_key_revoked.v1"
